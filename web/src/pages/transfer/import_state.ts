// Where the import is that this tab does. It goes on while other pages are looked at.
import { effect, signal } from "@preact/signals";
import { ApiError } from "../../shell/api";
import { token } from "../../shell/session";
import { loadGroups } from "../../slots/groups";
import { nearestDay } from "./first_day";
import { type Options, type Progress, type Rejected, type Report, held, runImport } from "./import_run";

export type Choice = Omit<Options, "dryRun">;

interface About {
  file: File;
  choice: Choice;
}

export type ImportState =
  | { step: "choose" }
  | ({ step: "working"; dryRun: boolean; progress: Progress } & About)
  | ({ step: "preview"; report: Report; upload: string | null } & About)
  | ({ step: "done"; report: Report; day: string | null } & About)
  | ({ step: "failed"; message: string; rejected: Rejected[] } & About);

export const importing = signal<ImportState>({ step: "choose" });

let running: AbortController | null = null;

/** Look a file through, and show what an import would do. */
export async function preview(file: File, choice: Choice): Promise<void> {
  let kept = file;
  try {
    kept = await held(file);
  } catch {
    importing.value = { step: "failed", file, choice, message: "The file cannot be read. Choose it again.", rejected: [] };
    return;
  }
  await run(kept, choice, true, null);
}

/** Import the file that was looked through. */
export async function importNow(): Promise<void> {
  const state = importing.peek();
  if (state.step !== "preview") return;
  await run(state.file, state.choice, false, state.upload);
  if (importing.peek().step === "done") await loadGroups().catch(() => undefined);
}

/** Begin anew; what has been handed over to the service already goes on there. */
export function startOver(): void {
  running?.abort();
  running = null;
  importing.value = { step: "choose" };
}

async function run(file: File, choice: Choice, dryRun: boolean, upload: string | null): Promise<void> {
  running?.abort();
  const own = new AbortController();
  running = own;
  const about = { file, choice };
  const onProgress = (progress: Progress) => {
    if (running === own) importing.value = { step: "working", dryRun, progress, ...about };
  };
  onProgress({ phase: "sending", done: 0, total: null, waiting: false });
  try {
    const { report, upload: kept } = await runImport(file, { ...choice, dryRun }, upload, onProgress, own.signal);
    const day = dryRun ? null : await nearestDay(file);
    if (running === own) importing.value = dryRun ? { step: "preview", report, upload: kept, ...about } : { step: "done", report, day, ...about };
  } catch (error) {
    if (running !== own) return;
    const rejected = error instanceof ApiError && Array.isArray(error.details["rejected"]) ? (error.details["rejected"] as Rejected[]) : [];
    importing.value = { step: "failed", message: (error as Error).message, rejected, ...about };
  }
}

let whose = token.peek();
effect(() => {
  if (token.value !== whose) startOver();
  whose = token.value;
});

/** What is still on its way to the service is lost with the page: the browser asks before it leaves. */
effect(() => {
  const { value } = importing;
  const onItsWay = value.step === "working" && !value.dryRun && value.progress.phase !== "processing";
  if (onItsWay) addEventListener("beforeunload", ask);
  else removeEventListener("beforeunload", ask);
});

function ask(event: Event): void {
  event.preventDefault();
}
