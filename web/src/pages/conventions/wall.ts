// From a convention's clocks to instants, and how its times are written. A wall-clock time is `2026-05-01T10:00:00`.
import { DAY, later, wallIn } from "../../slots/times";

/**
 * Give the instant, in milliseconds, at which the clocks of a zone show a time. A time that occurs twice is its first
 * occurrence, one that is skipped is taken with the offset before the leap: what the service does with such a time.
 */
export function instantIn(zone: string, wall: string): number {
  const asUtc = Date.parse(`${wall.length === 16 ? `${wall}:00` : wall}Z`);
  const before = asUtc - offset(zone, asUtc - DAY);
  const after = asUtc - offset(zone, asUtc + DAY);
  for (const moment of [before, after]) if (Date.parse(`${wallIn(zone, new Date(moment))}Z`) === asUtc) return moment;
  return before;
}

/** Give how far a zone's clocks are ahead of UTC at an instant, in milliseconds. */
function offset(zone: string, instant: number): number {
  const whole = Math.floor(instant / 1000) * 1000;
  return Date.parse(`${wallIn(zone, new Date(whole))}Z`) - whole;
}

/** Give the offset of a zone at an instant as `+02:00`. */
export function offsetText(zone: string, instant: number): string {
  const minutes = Math.round(offset(zone, instant) / 60_000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`;
}

/** Give the end that a board shows: on clocks that were put back, a time slot is drawn as long as it takes. */
export function shownEnd(start: string, end: string, minutes: number): string {
  return end.slice(0, 19) > start.slice(0, 19) ? end.slice(0, 19) : later(start.slice(0, 19), minutes * 60_000);
}

const LONG = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
const SHORT = new Intl.DateTimeFormat(undefined, { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" });

/** Name a date such as `2026-05-01`. */
export function dayName(day: string, style: "long" | "short" = "short"): string {
  return (style === "long" ? LONG : SHORT).format(new Date(`${day}T12:00:00Z`));
}

/** Say from when to when something is: `Fri 1 May, 10:00–11:30`. */
export function spanText(start: string, end: string): string {
  const sameDay = start.slice(0, 10) === end.slice(0, 10);
  return `${dayName(start.slice(0, 10))}, ${start.slice(11, 16)}–${sameDay ? "" : `${dayName(end.slice(0, 10))}, `}${end.slice(11, 16)}`;
}
