// Times as the clock on a wall shows them. A wall-clock time is `2026-11-22T20:15:00`, a date is `2026-11-22`.
import type { Slot } from "./slots";

/** The browser's own zone. */
export const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
/** A slot's `timezone` when its times belong to no zone. */
export const FLOATING = "floating";

const clocks = new Map<string, Intl.DateTimeFormat | null>();

/** Give a clock of a zone; null where this browser does not know the zone. */
function clockOf(zone: string): Intl.DateTimeFormat | null {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  let clock: Intl.DateTimeFormat | null = null;
  try {
    const digits = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
    clock = new Intl.DateTimeFormat("en-US", { ...digits, timeZone: zone, hourCycle: "h23", calendar: "iso8601", numberingSystem: "latn" });
  } catch {
    // a zone of the service's database that the browser has not
  }
  clocks.set(zone, clock);
  return clock;
}

export function isKnownZone(zone: string): boolean {
  return clockOf(zone) !== null;
}

/** Give an instant as the clocks of a zone show it; of an unknown zone, as those of UTC do. */
export function wallIn(zone: string, instant: Date): string {
  const clock = clockOf(zone);
  if (clock === null) return instant.toISOString().slice(0, 19);
  const parts = Object.fromEntries(clock.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${(parts["year"] ?? "").padStart(4, "0")}-${parts["month"]}-${parts["day"]}T${parts["hour"]}:${parts["minute"]}:${parts["second"]}`;
}

/** Give a slot's time as its own clock shows it: a date for an all-day slot, else a wall-clock time in its zone. */
export function wallOf(slot: Pick<Slot, "allday" | "timezone">, time: string): string {
  if (slot.allday) return time.slice(0, 10);
  if (slot.timezone === FLOATING) return time.slice(0, 19);
  return wallIn(slot.timezone || "UTC", new Date(time));
}

/** Give a wall-clock time or date so many milliseconds later, without any zone's leaps. */
export function later(wall: string, milliseconds: number): string {
  const moved = new Date(Date.parse(`${wall.length === 10 ? `${wall}T00:00:00` : wall}Z`) + milliseconds).toISOString();
  return moved.slice(0, wall.length === 10 ? 10 : 19);
}

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Give a date of this browser as `2026-11-22`. */
export function dateHere(moment: Date): string {
  return wallHere(moment).slice(0, 10);
}

/** Give a moment as this browser's clock shows it. */
export function wallHere(moment: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  const date = `${String(moment.getFullYear()).padStart(4, "0")}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
  return `${date}T${two(moment.getHours())}:${two(moment.getMinutes())}:${two(moment.getSeconds())}`;
}

/** All zones the browser knows, with `zone` among them. */
export function zones(zone: string): string[] {
  const known = typeof Intl.supportedValuesOf === "function" ? Intl.supportedValuesOf("timeZone") : [HERE];
  return [...new Set([...known, HERE, zone])].filter((name) => name !== "" && name !== FLOATING && name !== "UTC").sort();
}

/** Say whose clock it is: "Berlin time". */
export function zoneWords(name: string): string {
  if (!name || name === "UTC" || name === "Etc/UTC") return "UTC";
  const [area, ...place] = name.split("/");
  if (!place.length || area === "Etc") return name;
  return `${place.at(-1)?.replaceAll("_", " ")} time`;
}

/** The day on which weeks begin in the reader's language; 0 is Sunday. */
export function firstDayOfWeek(): 0 | 1 | 2 | 3 | 4 | 5 | 6 {
  const locale = new Intl.Locale(navigator.language) as Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };
  return (((locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1) % 7) as 0 | 1 | 2 | 3 | 4 | 5 | 6;
}
