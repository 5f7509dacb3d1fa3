// What the form of a slot holds, and the change that it asks the service for.
import type { Change, Location, Slot, Visibility } from "../../slots/slots";
import { DAY, FLOATING, HERE, HOUR, dateHere, isKnownZone, later, wallHere, wallOf } from "../../slots/times";

export interface Form {
  title: string;
  allday: boolean;
  /** Wall-clock times in `zone`; in an all-day slot their dates count, and the end's is the last day. */
  start: string;
  end: string;
  openEnd: boolean;
  /** An IANA name, `UTC`, or `FLOATING`. */
  zone: string;
  groups: string[];
  visibility: Visibility;
  location: Location;
  description: string;
}

const NOWHERE: Location = { name: "", country: "", postalcode: "", city: "", address: "", latitude: null, longitude: null };

/** Give the form of a new slot: at a chosen time, else in the next full hour. */
export function blank(start: Date | null, end: Date | null, allday: boolean): Form {
  const now = new Date();
  const next = new Date(now.getFullYear(), now.getMonth(), now.getDate(), now.getHours() + 1);
  // A day that was clicked on has no hour: the form has one at hand for when the slot turns out to have one.
  const from = start === null ? wallHere(next) : allday ? `${dateHere(start)}T09:00:00` : wallHere(start);
  const lastDay = allday && end !== null ? later(dateHere(end), -DAY) : from.slice(0, 10);
  const to = allday ? `${lastDay}T10:00:00` : end === null ? later(from, HOUR) : wallHere(end);
  return {
    title: "",
    allday,
    start: from,
    end: to,
    openEnd: false,
    zone: HERE,
    groups: [],
    visibility: "private",
    location: NOWHERE,
    description: "",
  };
}

/** Give the form of a slot as it is. */
export function formOf(slot: Slot): Form {
  const start = wallOf(slot, slot.start);
  const end = slot.end === null ? later(start, slot.allday ? 0 : HOUR) : wallOf(slot, slot.end);
  const lastDay = slot.allday && slot.end !== null ? later(end, -DAY) : end;
  return {
    title: slot.title,
    allday: Boolean(slot.allday),
    start: slot.allday ? `${start}T09:00:00` : start,
    end: slot.allday ? `${lastDay}T10:00:00` : end,
    openEnd: slot.end === null,
    zone: slot.allday ? HERE : zoneOf(slot.timezone),
    groups: (slot.groups ?? []).map(({ uuid }) => uuid),
    visibility: slot.visibility,
    location: slot.location ?? NOWHERE,
    description: slot.description ?? "",
  };
}

/** Give the zone that the form is in: a zone that this browser does not know is left as it is, and its times are told in UTC. */
function zoneOf(zone: string | undefined): string {
  return zone && (zone === FLOATING || isKnownZone(zone)) ? zone : "UTC";
}

/** Give the change that makes `after` of `before`; from null, the whole of a new slot. Nothing that stays is named. */
export function changeOf(before: Form | null, after: Form): Change {
  const change: Change = times(before, after);
  if (before?.title !== after.title) change.title = after.title;
  if (before?.visibility !== after.visibility) change.visibility = after.visibility;
  if ((before?.description ?? "") !== after.description) change.description = after.description;
  if (!same(before?.location ?? NOWHERE, after.location)) change.location = after.location;
  if (!same([...(before?.groups ?? [])].sort(), [...after.groups].sort())) change.groups = after.groups;
  return change;
}

function times(before: Form | null, after: Form): Change {
  const clock = before === null || before.allday !== after.allday || (!after.allday && before.zone !== after.zone);
  const change: Change = {};
  if (clock) {
    change.allday = after.allday;
    change.timezone = after.allday ? null : after.zone === "UTC" ? null : after.zone;
  }
  if (clock || start(before) !== start(after)) change.start = start(after);
  if (clock || end(before) !== end(after)) change.end = end(after);
  return change;
}

function start(form: Form): string {
  return form.allday ? form.start.slice(0, 10) : onClock(form, form.start);
}

/** Give a time as the service reads it: without offset it would be in the zone that the slot has there. */
function onClock(form: Form, time: string): string {
  return form.zone === "UTC" ? `${time}Z` : time;
}

/** The service's end of an all-day slot is the day after its last. */
function end(form: Form): string | null {
  if (form.openEnd) return null;
  return form.allday ? later(form.end.slice(0, 10), DAY) : onClock(form, form.end);
}

/** Why the times cannot be saved; null when they can. */
export function faultOf(form: Form): string | null {
  if (form.openEnd) return null;
  const [from, to] = form.allday ? [form.start.slice(0, 10), form.end.slice(0, 10)] : [form.start, form.end];
  return to < from ? (form.allday ? "The last day is before the first." : "The end is before the start.") : null;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
