// A day of the month has room for some events only; the others are behind "+n more". The calendar component could hide them, too,
// but measures each of them again whenever one is hidden: a thousand events would take it a minute.
import type { Calendar } from "@event-calendar/core";
import { isNarrow } from "../../parts/narrow";
import { DAY, dateHere, later } from "../../slots/times";

/** Heights in CSS pixels, as the style sheet draws them. */
const WEEKDAYS = 34;
const DAY_HEAD = 29;
const EVENT = 22;
const EVENT_ON_PHONE = 18;

/** How many events a day has room for, where so many weeks share a height. */
export function roomOf(height: number, weeks: number): number {
  const event = isNarrow.peek() ? EVENT_ON_PHONE : EVENT;
  return Math.max(2, Math.floor(((height - WEEKDAYS) / Math.max(1, weeks) - DAY_HEAD) / event));
}

/** Give the days that an event takes place on, of those from `first` up to, not including, `end`. */
export function daysOf(event: Calendar.EventInput, first: string, end: string): string[] {
  const from = dayOf(event.start);
  const to = dayOf(event.end);
  const endsAtMidnight = typeof event.end === "string" ? event.allDay || event.end.endsWith("T00:00:00") : midnight(event.end);
  const last = endsAtMidnight && to > from ? later(to, -DAY) : to;
  const days = [];
  for (let day = from < first ? first : from; day <= last && day < end; day = later(day, DAY)) days.push(day);
  return days;
}

/** Give the events that have room, and for each day with more an event that says how many more. */
export function withinRoom(events: readonly Calendar.EventInput[], room: number, first: string, end: string): Calendar.EventInput[] {
  const placed = events
    .map((event) => ({ event, days: daysOf(event, first, end) }))
    .filter(({ days }) => days.length)
    .sort((a, b) => byTime(a.event, b.event));
  const total = new Map<string, number>();
  for (const { days } of placed) for (const day of days) total.set(day, (total.get(day) ?? 0) + 1);
  const used = new Map<string, number>();
  const hidden = new Map<string, number>();
  const shown: Calendar.EventInput[] = [];
  // The last place of a day that has too many is that of "+n more".
  const full = (day: string) => (used.get(day) ?? 0) >= ((total.get(day) ?? 0) > room ? room - 1 : room);
  for (const { event, days } of placed) {
    const counts = days.some(full) ? hidden : used;
    if (counts === used) shown.push(event);
    for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
  }
  for (const [day, more] of hidden) shown.push(moreEvent(day, more));
  return shown;
}

/** The order in which a day is filled: what takes whole days, then what comes first. */
export function order(a: Calendar.Event, b: Calendar.Event): number {
  return Number(isMore(a)) - Number(isMore(b)) || rank(a) - rank(b);
}

/** The same order, for events as the calendar component is given them. */
export function byTime(a: Calendar.EventInput, b: Calendar.EventInput): number {
  return rank(a) - rank(b);
}

export function isMore(event: Pick<Calendar.Event, "extendedProps">): boolean {
  return "more" in event.extendedProps;
}

function moreEvent(day: string, more: number): Calendar.EventInput {
  return {
    id: `+${day}`,
    start: day,
    end: later(day, DAY),
    allDay: true,
    title: `+${more.toLocaleString()} more`,
    classNames: ["more"],
    startEditable: false,
    durationEditable: false,
    extendedProps: { more: day },
  };
}

/** Small for what comes first: what takes several days or a whole one goes before what has an hour. */
function rank({ start, end, allDay }: Pick<Calendar.EventInput, "start" | "end" | "allDay">): number {
  const from = new Date(start).getTime();
  return allDay || new Date(end).getTime() - from >= DAY ? from - 1e14 : from;
}

function dayOf(time: string | Date): string {
  return typeof time === "string" ? time.slice(0, 10) : dateHere(time);
}

function midnight(time: Date): boolean {
  return time.getHours() + time.getMinutes() + time.getSeconds() === 0;
}
