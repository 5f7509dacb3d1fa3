// Sends a file to be imported, or looked through, and waits for what comes of it.
import { ApiError, call, send } from "../../shell/api";

export interface Options {
  /** Uuid of the group that everything goes to; empty to go by the file's own. */
  group: string;
  strict: boolean;
  /** Whether to say only what would happen. */
  dryRun: boolean;
}

export interface Rejected {
  entry: number;
  line: number;
  uid: string | null;
  reason: string;
}

export interface Report {
  created: number;
  updated: number;
  unchanged: number;
  rejected: Rejected[];
  /** There when more were rejected than are listed. */
  rejected_total?: number;
  ignored: Record<string, number>;
  notes: string[];
  group: string | null;
}

export interface Progress {
  phase: "sending" | "uploading" | "processing";
  done: number;
  /** Null when it is not known yet. */
  total: number | null;
  /** Whether the service could not be asked just now. */
  waiting: boolean;
}

interface Status extends Report {
  state: "pending" | "processing" | "done" | "failed";
  done: number;
  total: number;
  error?: { code: string; message: string };
}

/** What still goes through in one request, with room for how it is wrapped; larger files are put to a place of their own. */
const LARGEST_REQUEST = 3_500_000;
const SHORTEST_WAIT = 500;
const LONGEST_WAIT = 3_000;
/** Polls that may fail one after the other: some minutes without a connection. */
const MOST_FAILURES = 100;

export interface Outcome {
  report: Report;
  /** Where a large file was put; after a dry run it is still there, to be imported. */
  upload: string | null;
}

/** Import a file, from where it was put already if it was. Throws `ApiError`; aborted, a `DOMException`. */
export async function runImport(file: File, options: Options, upload: string | null, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Outcome> {
  const asked = { group: options.group || undefined, strict: options.strict || undefined, dry_run: options.dryRun || undefined };
  if (file.size > LARGEST_REQUEST) {
    const begin = (place: string) => call<{ import: string }>("POST", "v1/import", { json: { upload: place, ...asked }, signal });
    let place = upload ?? (await putFile(file, onProgress, signal));
    const begun = await begin(place).catch(async (error: unknown) => {
      // An upload is kept for a day or two: who looks at a preview for longer sends the file again.
      if (!upload || !(error instanceof ApiError) || error.code !== "upload_not_found") throw error;
      place = await putFile(file, onProgress, signal);
      return begin(place);
    });
    return { report: await follow(begun.import, onProgress, signal), upload: place };
  }
  onProgress({ phase: "sending", done: 0, total: null, waiting: false });
  const body = new FormData();
  body.append("file", file, file.name);
  const response = await send("POST", "v1/import", { query: asked, body, signal });
  const answer = (await response.json()) as Report | { import: string };
  // A request that runs out of time goes on as a job.
  return { report: "import" in answer ? await follow(answer.import, onProgress, signal) : answer, upload: null };
}

/** Put a file to a place of its own, and give that place's id. */
async function putFile(file: File, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<string> {
  onProgress({ phase: "uploading", done: 0, total: file.size, waiting: false });
  const place = await call<{ upload: string; method: string; url: string; headers: Record<string, string> }>("POST", "v1/import/uploads", { signal });
  // fetch tells nothing about how far a request's body is.
  await new Promise<void>((resolve, reject) => {
    const request = new XMLHttpRequest();
    const fail = (status: number) => reject(new ApiError("The file could not be uploaded. Look at your connection and try again.", status, "upload_failed", {}));
    request.open(place.method, place.url);
    for (const [name, value] of Object.entries(place.headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => onProgress({ phase: "uploading", done: Math.min(loaded, file.size), total: file.size, waiting: false });
    request.onload = () => (request.status < 300 ? resolve() : fail(request.status));
    request.onerror = () => fail(0);
    request.onabort = () => reject(new DOMException("The upload was aborted.", "AbortError"));
    signal.addEventListener("abort", () => request.abort());
    request.send(file);
  });
  return place.upload;
}

/** Ask how far a job is until it is done; a poll that fails is repeated. */
async function follow(id: string, onProgress: (progress: Progress) => void, signal: AbortSignal): Promise<Report> {
  let seen: Progress = { phase: "processing", done: 0, total: null, waiting: false };
  onProgress(seen);
  let failures = 0;
  for (let wait = SHORTEST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 1.3)) {
    await pause(wait, signal);
    let status: Status;
    try {
      status = await call<Status>("GET", `v1/import/${id}`, { signal });
      failures = 0;
    } catch (error) {
      const passing = error instanceof ApiError && (error.status === 0 || error.status === 429 || error.status >= 500);
      failures += 1;
      if (!passing || failures > MOST_FAILURES) throw error;
      onProgress({ ...seen, waiting: true });
      continue;
    }
    if (status.state === "done") return status;
    if (status.state === "failed") throw new ApiError(status.error?.message ?? "The import failed.", 422, status.error?.code ?? "", { ...status.error });
    seen = { phase: "processing", done: status.done, total: status.total || null, waiting: false };
    onProgress(seen);
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("The import is not followed any more.", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Give a copy of a file that stays as it is now: what is on the disk may be edited between the preview and the import. */
export async function held(file: File): Promise<File> {
  if (file.size > LARGEST_REQUEST) return file;
  return new File([await file.arrayBuffer()], file.name, { type: file.type });
}
