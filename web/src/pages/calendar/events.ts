// Slots as the calendar component wants them: an event for each occurrence.
import type { Calendar } from "@event-calendar/core";
import { type ListedSlot, type Occurrence, isSeries } from "../../slots/slots";
import { FLOATING } from "../../slots/times";

/** Stands for "in no group" among the groups that can be hidden. */
export const UNGROUPED = "";
/** How long an open end looks, and the least that anything does: a time needs some height to be seen. */
const LEAST = 30 * 60_000;
/** The most characters of a title that are drawn. */
const MOST_DRAWN = 300;

export interface Look {
  tones: Map<string, number>;
  hidden: ReadonlySet<string>;
  /** Slots that are being saved: they are not moved meanwhile. */
  saving: ReadonlySet<string>;
}

export function eventsOf(slots: readonly ListedSlot[], { tones, hidden, saving }: Look): Calendar.EventInput[] {
  const events: Calendar.EventInput[] = [];
  for (const slot of slots) {
    const groups = slot.groups?.length ? slot.groups.map(({ uuid }) => uuid) : [UNGROUPED];
    const seen = groups.find((uuid) => !hidden.has(uuid));
    if (seen === undefined) continue;
    const tone = tones.get(seen);
    const series = isSeries(slot);
    const classNames = [tone === undefined ? "tone-none" : `tone-${tone}`];
    if (slot.end === null) classNames.push("open-ended");
    if (saving.has(slot.uid)) classNames.push("saving");
    for (const occurrence of slot.occurrences ?? []) {
      events.push({
        id: `${slot.uid}\n${occurrence.start}`,
        ...span(slot, occurrence),
        title: drawn(slot.title),
        classNames,
        // The end of a series' occurrence is not there to be pulled; moving one tells why it cannot be moved.
        startEditable: !saving.has(slot.uid),
        durationEditable: !series && !saving.has(slot.uid),
        extendedProps: { slot, series },
      });
    }
  }
  return events;
}

/** Give the slot that an event is drawn for. */
export function slotOf(event: Calendar.Event): ListedSlot {
  return event.extendedProps["slot"] as ListedSlot;
}

function span(slot: ListedSlot, { start, end }: Occurrence): { start: string | Date; end: string | Date; allDay: boolean } {
  if (slot.allday) return { start: start.slice(0, 10), end: end.slice(0, 10), allDay: true };
  const from = new Date(start);
  const to = new Date(Math.max(new Date(end).getTime(), from.getTime() + (end === start ? LEAST : 0)));
  if (slot.timezone !== FLOATING) return { start: from, end: to, allDay: false };
  return { start: from.toISOString().slice(0, 19), end: to.toISOString().slice(0, 19), allDay: false };
}

/** Give a title as it is drawn: one line, never endless, never nothing. */
export function drawn(title: string): string {
  const line = title.slice(0, MOST_DRAWN * 2).replace(/\s+/gu, " ").trim();
  const characters = [...line];
  return characters.length > MOST_DRAWN ? `${characters.slice(0, MOST_DRAWN).join("")}…` : line || "(no title)";
}
