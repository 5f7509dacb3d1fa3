// What dragging an event, or pulling its end, means for its slot.
import type { Calendar } from "@event-calendar/core";
import { ApiError } from "../../shell/api";
import { type Change, type Slot, changeSlot, readSlot } from "../../slots/slots";
import { DAY, FLOATING, HERE, dateHere, later, wallHere } from "../../slots/times";

type Times = Pick<Slot, "start" | "end"> & { allday?: boolean; timezone?: string };

/** Give the times that a slot has after it was dropped elsewhere. Its length stays, an open end stays open. */
export function moved(slot: Slot, to: Calendar.Event, delta: Calendar.Duration): Times {
  const shift = delta.days * DAY + delta.seconds * 1000;
  if (to.allDay) {
    if (slot.allday) return { start: shifted(slot.start, shift), end: slot.end && shifted(slot.end, shift), allday: true };
    const day = dateHere(to.start);
    return { start: midnight(day), end: midnight(later(day, DAY)), allday: true };
  }
  if (slot.allday) return { start: to.start.toISOString(), end: to.end.toISOString(), timezone: HERE };
  if (slot.timezone === FLOATING) {
    return { start: shifted(slot.start, shift), end: slot.end && shifted(slot.end, shift), timezone: FLOATING };
  }
  const start = to.start.getTime() + (new Date(slot.start).getTime() % 1000);
  const length = slot.end === null ? 0 : new Date(slot.end).getTime() - new Date(slot.start).getTime();
  return { start: new Date(start).toISOString(), end: slot.end && new Date(start + length).toISOString(), timezone: slot.timezone };
}

/** Give the times that a slot has after its end was pulled. */
export function resized(slot: Slot, to: Calendar.Event): Times {
  const keep = { start: slot.start, allday: slot.allday, timezone: slot.timezone };
  if (slot.allday) return { ...keep, end: midnight(dateHere(to.end)) };
  if (slot.timezone === FLOATING) return { ...keep, end: `${wallHere(to.end)}.000` };
  return { ...keep, end: to.end.toISOString() };
}

/** Give the slot with other times. */
export function withTimes(slot: Slot, times: Times): Slot {
  const { allday: _allday, timezone: _timezone, ...rest } = slot;
  return { ...rest, ...times };
}

/**
 * Save other times of a slot that still has the times it is shown with.
 * Throws `ApiError`; with status 412, `details.slot` is the slot as it is now.
 */
export async function saveTimes(slot: Slot, times: Times): Promise<Slot> {
  const { slot: now, etag } = await readSlot(slot.uid);
  const same = now.start === slot.start && now.end === slot.end && !now.allday === !slot.allday && (now.timezone ?? "") === (slot.timezone ?? "");
  if (!same) {
    throw new ApiError("This slot was moved by somebody else meanwhile. It is shown where it is now.", 412, "revision_mismatch", { slot: now });
  }
  const change: Change = { start: times.start, end: times.end };
  if (!times.allday !== !slot.allday) Object.assign(change, { allday: Boolean(times.allday), timezone: times.allday ? null : times.timezone });
  return (await changeSlot(slot.uid, change, etag)).slot;
}

/** Give a printed time so many milliseconds later, printed the same way. */
function shifted(time: string, milliseconds: number): string {
  const floating = !time.endsWith("Z");
  const text = new Date(new Date(floating ? `${time.slice(0, 23)}Z` : time).getTime() + milliseconds).toISOString();
  return floating ? text.slice(0, -1) : text;
}

function midnight(day: string): string {
  return `${day}T00:00:00.000Z`;
}
