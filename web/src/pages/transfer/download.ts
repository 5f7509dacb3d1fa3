// Gets a file from the service, whose token does not belong into an address, and hands it to the browser to keep.
import { send } from "../../shell/api";

/** Export, and let the browser save the file. Gives its name. Throws `ApiError`. */
export async function downloadExport(format: string, group: string, signal: AbortSignal): Promise<string> {
  // What is too large for one answer is redirected to the bucket, which the browser follows by itself.
  const response = await send("POST", `v1/export/${format}`, { query: { group }, signal });
  const name = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? `Timeslot-Export${EXTENSIONS[format] ?? ""}`;
  save(await response.blob(), name);
  return name;
}

const EXTENSIONS: Record<string, string> = { timeslot: ".json", ical: ".ical", google: ".ical", outlook: ".csv" };

function save(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const anchor = document.createElement("a");
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  // The browser has begun to read it once this task is over; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
