// Builds the site into chalicelib/web/site: scripts and styles whose names hold their content's hash, the page that names
// them, and SOURCE.json, which says what everything was made from. `node build.mjs [folder]` builds into another folder.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, "..", "chalicelib", "web", "site");
const sources = ["build.mjs", "package.json", "package-lock.json", "tsconfig.json", "src"];

const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/** All files under the sources, in a stable order, by path with forward slashes. */
async function sourceFiles() {
  const found = [];
  for (const name of sources) {
    const path = join(here, name);
    const inside = name === "src" ? await readdir(path, { recursive: true, withFileTypes: true }) : null;
    if (inside === null) found.push(path);
    else found.push(...inside.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name)));
  }
  return found.map((path) => relative(here, path).split(sep).join("/")).sort();
}

await rm(out, { recursive: true, force: true });
const shared = { bundle: true, minify: true, absWorkingDir: here, legalComments: "external", charset: "utf8", metafile: true, write: true };
const script = await build({
  ...shared,
  entryPoints: [{ in: "src/main.tsx", out: "main" }, { in: "src/schedule/schedule.ts", out: "schedule" }],
  outdir: join(out, "assets"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  format: "esm",
  splitting: true,
  target: ["es2022"],
  jsx: "automatic",
  jsxImportSource: "preact",
});
const style = await build({
  ...shared,
  entryPoints: [{ in: "src/styles/site.css", out: "site" }, { in: "src/schedule/schedule.css", out: "schedule" }],
  outdir: join(out, "assets"),
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".svg": "file" },
});

const outputs = { ...script.metafile.outputs, ...style.metafile.outputs };
const entries = {};
for (const [path, output] of Object.entries(outputs)) {
  if (output.entryPoint && !path.endsWith(".map")) {
    const key = output.entryPoint.replace(/^src\//, "");
    if (["main.tsx", "schedule/schedule.ts", "styles/site.css", "schedule/schedule.css"].includes(key)) entries[key] = path.split("/").pop();
  }
}
// What the first view needs beside its entry: the chunks that the entry imports statically.
const preloads = [];
const mainPath = Object.keys(outputs).find((path) => path.endsWith(`/${entries["main.tsx"]}`));
for (const item of outputs[mainPath].imports) if (item.kind === "import-statement") preloads.push(item.path.split("/").pop());

const page = (await readFile(join(here, "src", "index.html"), "utf8"))
  .replaceAll("%style%", entries["styles/site.css"])
  .replaceAll("%script%", entries["main.tsx"])
  .replaceAll("%preloads%", preloads.map((name) => `<link rel="modulepreload" href="assets/${name}">`).join("\n"));
await writeFile(join(out, "index.html"), page);
await mkdir(join(out, "assets"), { recursive: true });
const icon = await readFile(join(here, "src", "icon.svg"));
const iconName = `icon-${sha256(icon).slice(0, 8).toUpperCase()}.svg`;
await writeFile(join(out, "assets", iconName), icon);
await writeFile(join(out, "index.html"), page.replaceAll("%icon%", iconName));

const lock = JSON.parse(await readFile(join(here, "package-lock.json"), "utf8")).packages;
const digests = {};
for (const name of await sourceFiles()) digests[name] = sha256(await readFile(join(here, name)));
const built = {};
for (const entry of await readdir(out, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  built[relative(out, path).split(sep).join("/")] = sha256(await readFile(path));
}
const packages = Object.entries(lock)
  .filter(([path, item]) => path && !item.dev && !item.devOptional && !item.optional)
  .map(([path, item]) => ({ name: path.replace(/^.*node_modules\//, ""), version: item.version, integrity: item.integrity }));
const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(
  join(out, "SOURCE.json"),
  `${JSON.stringify({ made_by: "node web/build.mjs", entries: { ...entries, icon: iconName }, packages, sources: sorted(digests), files: sorted(built) }, null, 1)}\n`,
);
