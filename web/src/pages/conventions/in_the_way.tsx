// Names what is in the way of a time slot.
import type { ApiError } from "../../shell/api";
import type { Clash } from "./clashes";
import type { InTheWay, TimeSlot } from "./service";
import { spanText } from "./wall";

/** Say what a slot is, when and where. */
export function slotText(slot: TimeSlot): string {
  const title = slot.event.title.length > 80 ? `${slot.event.title.slice(0, 80)}…` : slot.event.title;
  const where = slot.locations.map((room) => room.title).join(", ");
  return `“${title}”, ${spanText(slot.start, slot.end)}${where ? `, ${where}` : ""}`;
}

/** What was found before it was sent. */
export function Clashes({ found, refused }: { found: Clash[]; refused: boolean }) {
  if (found.length === 0) return null;
  return (
    <div class={refused ? "clash-list bad" : "clash-list"} role="status">
      <p>{refused ? "Something is in the way:" : "Somebody would be in two places:"}</p>
      <ul>
        {found.slice(0, 20).map((clash) => (
          <li key={`${clash.kind}${clash.slot.id}`} dir="auto">
            {clash.kind === "host" ? `${clash.names.join(", ")}: ` : ""}
            {slotText(clash.slot)}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Give the time slots that a refusal names, as far as they are known. */
export function named(error: ApiError, slots: TimeSlot[]): string[] {
  const ways = (error.details["timeslots"] ?? []) as InTheWay[];
  return ways.map((way) => {
    const slot = slots.find((found) => found.id === way.id);
    return slot ? slotText(slot) : spanText(way.start, way.end);
  });
}

/** What the service refused, by name and time. */
export function Refusal({ error, slots }: { error: ApiError | null; slots: TimeSlot[] }) {
  if (!error) return null;
  const ways = named(error, slots);
  const fields = Object.entries((error.details["fields"] ?? {}) as Record<string, string>);
  return (
    <div class="clash-list bad" role="alert">
      <p>{error.message}{ways.length || fields.length ? ":" : "."}</p>
      {ways.length || fields.length ? (
        <ul>
          {ways.map((way) => (
            <li key={way} dir="auto">
              {way}
            </li>
          ))}
          {fields.map(([field, fault]) => (
            <li key={field}>
              {field}: {fault}
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
