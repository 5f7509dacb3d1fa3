// What a recurring slot's calendar text says of when it recurs (RFC 5545 §3.8.5), without making sense of its rules.
import { FLOATING, isKnownZone, wallIn } from "../times";
import type { Slot } from "../slots";

export interface Series {
  /** Its first occurrence on its own clock: a date or a wall-clock time; null when the text does not say. */
  start: string | null;
  /** Whose clock that is: an IANA name, or what the text calls a zone of its own; null for days and floating times. */
  zone: string | null;
  rules: string[];
  /** Rules for what is left out: programs of today have none, and do not look at them. */
  exceptRules: string[];
  /** Occurrences that are listed one by one, those that are left out, and those that are described apart, on the same clock. */
  added: string[];
  leftOut: string[];
  changed: string[];
  /** The first occurrence from which on they are all described apart. */
  changedFrom: string | null;
  /** Whether there is more than single occurrences of a series. */
  hasWhole: boolean;
}

interface Line {
  name: string;
  params: string;
  value: string;
}

/** Times of one kind that are looked at, as in the service. */
export const MOST_LISTED = 10_000;
const NAMED = /^(?:BEGIN|END|DTSTART|RRULE|EXRULE|RDATE|EXDATE|RECURRENCE-ID)[;:]/i;
const LINE = /^([\w.-]+)((?:;(?:[^":]|"[^"]*")*)?):(.*)$/s;

/** Read the text of a slot that has one. */
export function seriesOf(slot: Slot): Series {
  const events = eventsOf(slot.ical ?? "");
  const whole = events.find((lines) => !valueOf(lines, "RECURRENCE-ID")) ?? [];
  const single = events.map((lines) => valueOf(lines, "RECURRENCE-ID")).filter((line) => line !== undefined);
  const began = valueOf(whole, "DTSTART");
  const zone = began ? zoneOf(began, slot) : null;
  const times = (lines: Line[]) => {
    const found = new Set<string>();
    for (const { params, value } of lines) {
      // What is on a third clock stays as it is written.
      const isOwn = !tzidOf(params) || tzidOf(params) === tzidOf(began?.params ?? "");
      for (const time of new Set(value.split(","))) {
        if (found.size < MOST_LISTED) found.add((isOwn && onClock(time, zone)) || time);
      }
    }
    return [...found];
  };
  const all = (name: string) => whole.filter((line) => line.name === name);
  return {
    start: began ? onClock(began.value.replace("Z", ""), zone) : null,
    zone,
    rules: all("RRULE").map(({ value }) => value),
    exceptRules: all("EXRULE").map(({ value }) => value),
    added: times(all("RDATE")),
    leftOut: times(all("EXDATE")),
    changed: times(single),
    changedFrom: times(single.filter(({ params }) => /;RANGE="?THISANDFUTURE/i.test(params))).sort()[0] ?? null,
    hasWhole: events.length > single.length,
  };
}

/**
 * Give a time of the text as the clock of a series shows it: what ends in `Z` is an instant, everything else is on that clock.
 * A period counts by its start. Null for what is no time, and for an instant where nobody here knows the clock.
 */
export function onClock(value: string, zone: string | null): string | null {
  const [, year, month, day, hour, minute, second, utc] = /^(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?(?:\/.*)?$/.exec(value.trim()) ?? [];
  if (!year) return null;
  const date = `${year}-${month}-${day}`;
  const wall = hour ? `${date}T${hour}:${minute}:${second}` : date;
  const instant = new Date(hour ? `${wall}Z` : `${date}T00:00:00Z`);
  // What no calendar has, a 30 February, would be taken for a day in March.
  if (Number.isNaN(instant.getTime()) || !instant.toISOString().startsWith(wall)) return null;
  if (!utc || zone === null) return wall;
  return isKnownZone(zone) ? wallIn(zone, instant) : null;
}

/** Give the zone of a first occurrence; the service has found out which one a TZID means. */
function zoneOf({ params, value }: Line, slot: Slot): string | null {
  const tzid = tzidOf(params);
  const resolved = tzid && slot.timezone !== FLOATING ? slot.timezone : undefined;
  if (!value.includes("T") || (tzid && slot.timezone === FLOATING)) return null;
  if (value.endsWith("Z")) return resolved ?? "UTC";
  return tzid ? (resolved ?? tzid) : null;
}

function tzidOf(params: string): string {
  return /;TZID=("[^"]*"|[^;:]*)/i.exec(params)?.[1]?.replaceAll('"', "") ?? "";
}

/** Give of each event in the text the lines that say when it is; what is nested inside it, such as alarms, says nothing of that. */
function eventsOf(text: string): Line[][] {
  const events: Line[][] = [];
  const open: string[] = [];
  for (const raw of text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/)) {
    const [, name = "", params = "", value = ""] = (NAMED.test(raw) && LINE.exec(raw)) || [];
    const line = { name: name.toUpperCase(), params, value };
    if (line.name === "BEGIN") {
      open.push(value.trim().toUpperCase());
      if (open.length === 1 && open[0] !== "VTIMEZONE") events.push([]);
    } else if (line.name === "END") open.pop();
    else if (line.name && open.length === 1 && open[0] !== "VTIMEZONE") events.at(-1)?.push(line);
  }
  return events;
}

/** Of several properties of one name the last counts, as in the service. */
function valueOf(lines: Line[], name: string): Line | undefined {
  return lines.findLast((line) => line.name === name);
}
