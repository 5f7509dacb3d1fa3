// The files of the export: as folders while one page holds the list of all, page by page beyond that.
import { useCallback, useState } from "preact/hooks";
import { Busy } from "../../../parts/busy";
import { Pager } from "../../../parts/pager";
import { type Export, type File, fileAddress, files, folder, zipAddress } from "../export";
import { usePolled } from "../polling";
import { size } from "../words";
import { DownloadButton } from "./download_button";

const SIZE = 100;

interface Shown {
  folders: { name: string; files: number; size: number }[];
  files: File[];
}

export function Files({ shown }: { shown: Export }) {
  const [wanted, setWhere] = useState("");
  const [offset, setOffset] = useState(0);
  const { _id: id } = shown.export;
  const total = shown._files_total;
  const open = (path: string) => {
    setWhere(path);
    setOffset(0);
  };
  const whole = total <= shown._files.length;
  // a new run may have no such folder
  const where = !whole || shown._files.some((file) => file.path.startsWith(`${wanted}/`)) ? wanted : "";
  return (
    <section class="card" aria-labelledby="files">
      <h2 id="files">Files</h2>
      {total === 0 ? (
        <p class="faint">{shown._state === "done" ? "The files of the last run have been removed, as was asked for." : "None yet."}</p>
      ) : (
        <>
          <div class="bar file-bar">
            <Trail path={where} onOpen={open} />
            {where ? (
              <DownloadButton path={zipAddress(id, where)}>Folder as ZIP</DownloadButton>
            ) : null}
          </div>
          {whole ? (
            <Here id={id} shown={inFolder(shown._files, where)} where={where} offset={offset} onPage={setOffset} onOpen={open} />
          ) : (
            <Asked key={`${shown._log.at(-1)?.event._id} ${where}`} id={id} where={where} onOpen={open} />
          )}
        </>
      )}
    </section>
  );
}

function Trail({ path, onOpen }: { path: string; onOpen: (path: string) => void }) {
  const parts = path ? path.split("/") : [];
  return (
    <nav class="trail" aria-label="Folder">
      {parts.length ? (
        <button type="button" class="quiet" onClick={() => onOpen("")}>
          All files
        </button>
      ) : (
        <span class="faint">All files</span>
      )}
      {parts.map((part, place) => {
        const own = parts.slice(0, place + 1).join("/");
        return place === parts.length - 1 ? (
          <span key={own} class="clip" dir="auto" aria-current="true">
            / {part}
          </span>
        ) : (
          <button key={own} type="button" class="quiet" onClick={() => onOpen(own)}>
            / {part}
          </button>
        );
      })}
    </nav>
  );
}

interface HereProps {
  id: number;
  shown: Shown;
  where: string;
  offset: number;
  onPage: (offset: number) => void;
  onOpen: (path: string) => void;
}

/** A folder of a list that is there as a whole. */
function Here({ id, shown, where, offset, onPage, onOpen }: HereProps) {
  const rows = [...shown.folders.map((one) => ({ folder: one })), ...shown.files.map((one) => ({ file: one }))];
  return (
    <>
      <Table>
        {rows.slice(offset, offset + SIZE).map((row) =>
          "folder" in row ? (
            <tr key={`${row.folder.name}/`}>
              <td>
                <button type="button" class="quiet folder" onClick={() => onOpen(where ? `${where}/${row.folder.name}` : row.folder.name)}>
                  <span class="clip" dir="auto">
                    {row.folder.name}/
                  </span>
                </button>
                <span class="hint">{row.folder.files.toLocaleString()} files</span>
              </td>
              <td class="number">{size(row.folder.size)}</td>
              <td class="number">
                <DownloadButton
                  quiet
                  path={zipAddress(id, where ? `${where}/${row.folder.name}` : row.folder.name)}
                  label={`Download the folder ${row.folder.name} as ZIP`}
                >
                  ZIP
                </DownloadButton>
              </td>
            </tr>
          ) : (
            <FileRow key={row.file.path} id={id} file={row.file} name={row.file.path.slice(where ? where.length + 1 : 0)} />
          ),
        )}
      </Table>
      <Pager label="Pages of files" offset={offset} size={SIZE} count={rows.length} onPage={onPage} />
    </>
  );
}

/** A page of a list that is too long to have here: of all files, or of all that lie in a folder however deep. */
function Asked({ id, where, onOpen }: { id: number; where: string; onOpen: (path: string) => void }) {
  const [offset, setOffset] = useState(0);
  const load = useCallback(
    async (signal: AbortSignal) => {
      if (!where) {
        const page = await files(id, SIZE, offset, signal);
        return { offset, files: page.objects, count: page.count };
      }
      const page = await folder(id, where, SIZE, offset, signal);
      return { offset, files: page.files, count: offset + page.files.length + (page.more ? 1 : 0) };
    },
    [id, where, offset],
  );
  const { value, problem, look } = usePolled(load, () => null);
  if (problem) {
    return (
      <p class="problem" role="alert">
        {problem.message}{" "}
        <button type="button" onClick={look}>
          Try again
        </button>
      </p>
    );
  }
  if (value === null) return <Busy label="Loading the files" />;
  return (
    <>
      <Table>
        {value.files.map((file) => {
          const cut = file.path.lastIndexOf("/");
          const inside = file.path.slice(0, Math.max(cut, 0));
          return <FileRow key={file.path} id={id} file={file} name={file.path.slice(cut + 1)} folder={inside === where ? "" : inside} onOpen={onOpen} />;
        })}
      </Table>
      <Pager label="Pages of files" offset={value.offset} size={SIZE} count={value.count} onPage={setOffset} />
    </>
  );
}

function Table({ children }: { children: preact.ComponentChildren }) {
  return (
    <div class="table-box">
      <table class="files">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col">
              <span class="visually-hidden">Download</span>
            </th>
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

function FileRow({ id, file, name, folder: inside = "", onOpen }: { id: number; file: File; name: string; folder?: string; onOpen?: (path: string) => void }) {
  return (
    <tr>
      <td>
        {inside ? (
          <button type="button" class="quiet folder" onClick={() => onOpen?.(inside)}>
            {inside}/
          </button>
        ) : null}
        <span class="clip" dir="auto">
          {name}
        </span>
        {file.sha256 ? (
          <details class="digest">
            <summary aria-label={`SHA-256 of ${name}`}>SHA-256</summary>
            <code>{file.sha256}</code>
          </details>
        ) : null}
      </td>
      <td class="number">{size(file.size)}</td>
      <td class="number">
        <DownloadButton quiet path={fileAddress(id, file.path)} label={`Download ${name}`}>
          Download
        </DownloadButton>
      </td>
    </tr>
  );
}

/** Give what lies directly in a folder: its folders with what is in them, and its files. */
function inFolder(all: File[], where: string): Shown {
  const prefix = where ? `${where}/` : "";
  const folders = new Map<string, { name: string; files: number; size: number }>();
  const own: File[] = [];
  for (const file of all) {
    if (!file.path.startsWith(prefix)) continue;
    const rest = file.path.slice(prefix.length);
    const cut = rest.indexOf("/");
    if (cut < 0) own.push(file);
    else {
      const name = rest.slice(0, cut);
      const known = folders.get(name) ?? { name, files: 0, size: 0 };
      folders.set(name, { name, files: known.files + 1, size: known.size + file.size });
    }
  }
  return { folders: [...folders.values()], files: own };
}
