// What happened, the latest first.
import type { Event, Export } from "../export";
import { reasonWords } from "../reasons";
import { When } from "../words";

type Kind = "good" | "bad" | "warn" | "";
const FIRST = 20;

export function Log({ shown }: { shown: Export }) {
  const events = shown._log.toReversed();
  return (
    <section class="card" aria-labelledby="log">
      <h2 id="log">Log</h2>
      <Lines events={events.slice(0, FIRST)} />
      {events.length > FIRST ? (
        <details>
          <summary>{(events.length - FIRST).toLocaleString()} earlier</summary>
          <Lines events={events.slice(FIRST)} />
        </details>
      ) : null}
    </section>
  );
}

function Lines({ events }: { events: Event[] }) {
  return (
    <ol class="log">
      {events.map(({ event }) => {
        const [text, kind] = words(event);
        return (
          <li key={event._id} class={kind}>
            <When at={event.timestamp} />
            <span>{text}</span>
          </li>
        );
      })}
    </ol>
  );
}

function words({ type, info }: Event["event"]): [string, Kind] {
  const said = (name: string) => String(info[name] ?? "");
  const number = (name: string) => Number(info[name] ?? 0).toLocaleString();
  switch (type) {
    case "EXPORT_INSERT":
      return ["Defined", ""];
    case "EXPORT_START":
      return [info["by"] === "schedule" ? `Started by the schedule, for ${local(said("due"))}` : "Started by hand", ""];
    case "EXPORT_FINISH":
      return [`Finished: ${number("objects")} objects in ${number("files")} files`, "good"];
    case "EXPORT_FAILED":
      return [`Failed: ${reasonWords(said("reason"))}`, "bad"];
    case "EXPORT_STOPPED":
      return ["Stopped", "warn"];
    case "EXPORT_SKIPPED":
      return [`Skipped ${local(said("due"))}: ${said("reason")}`, "warn"];
    case "EXPORT_TRANSPORT_FAILED":
      return [`Delivery ${Number(info["transport"] ?? 0) + 1} failed: ${reasonWords(said("reason"))}`, "bad"];
    default:
      return [type, ""];
  }
}

function local(moment: string): string {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? moment : date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}
