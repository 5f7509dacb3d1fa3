// The service's states, formats, sizes and times in words.
import type { Definition, Overview, State } from "./export";

const STATES: Record<State, { text: string; tag: string }> = {
  new: { text: "Not run yet", tag: "" },
  pending: { text: "Starting", tag: "busy-tag" },
  processing: { text: "Running", tag: "busy-tag" },
  failed: { text: "Failed", tag: "bad" },
  done: { text: "Done", tag: "good" },
};

/** `waiting`: what it is called that has not begun, where that is not the run itself. */
export function StateTag({ state, waiting }: { state: State; waiting?: string }) {
  return <span class={`tag ${STATES[state].tag}`}>{state === "pending" && waiting ? waiting : STATES[state].text}</span>;
}

export const TYPES: Record<Definition["type"], string> = {
  export: "Everything, each time",
  export_incremental: "Only what changed",
  download: "Download",
};

export function formats({ json, xml, csv, ical }: Definition): string[] {
  return [json && "JSON", xml && "XML", csv && "CSV", ical && "iCalendar"].filter((name): name is string => Boolean(name));
}

export const objects = ({ export: { objecttype } }: Pick<Overview, "export">) => (objecttype === "slot" ? "Slots" : "Time slots");

/** Print a size in bytes with the unit that suits it. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const step = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${(bytes / 1000 ** step).toLocaleString(undefined, { maximumFractionDigits: 1 })} ${units[step - 1]}`;
}

const SHORT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const LONG = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "long" });

/** A moment in the reader's own time zone; in full when pointed at. */
export function When({ at }: { at: string }) {
  const moment = new Date(at);
  return (
    <time dateTime={at} title={LONG.format(moment)}>
      {SHORT.format(moment)}
    </time>
  );
}
