// A schedule in a sentence: "Every first Sunday at 10:00, Berlin time".
import { and, capital, isRun, or, ordinal, ranges } from "../../parts/enumerations";
import { zoneWords } from "../../slots/times";
import type { Schedule } from "./export";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const WEEKS = ["first", "second", "third", "fourth", "fifth"];
/** Times that are listed one by one; more are told as hours and minutes. */
const LISTED = 6;
/** What the service takes where a schedule says nothing. */
const HOUR = 2;
const MINUTE = 0;

/** Say when a schedule starts a run. What is no weekday, day, hour or minute makes it "Not understood yet". */
export function sentence(schedule: Schedule): string {
  const weekdays = numbers(schedule.weekdays.map((name) => WEEKDAYS.indexOf(String(name).toLowerCase())), 0, 6);
  const days = numbers(schedule.days_of_month, 1, 31);
  const hours = numbers(schedule.hours.length ? schedule.hours : [HOUR], 0, 23);
  const minutes = numbers(schedule.minutes.length ? schedule.minutes : [MINUTE], 0, 59);
  if (!weekdays || !days || !hours || !minutes) return "Not understood yet";
  const everyDay = (!weekdays.length || weekdays.length === 7) && (!days.length || days.length === 31);
  const time = timeOfDay(hours, minutes);
  // Offsets from UTC are whole quarters of an hour: what divides one is the same everywhere.
  if (everyDay && time.step !== null && 15 % time.step === 0) return capital(time.words);
  const said = everyDay ? (time.repeats ? time.words : `every day ${time.words}`) : `${day(weekdays, days)}${time.repeats ? ", " : " "}${time.words}`;
  return `${capital(said)}, ${zoneWords(schedule.timezone)}`;
}

interface Time {
  words: string;
  /** Whether it is told as a repetition ("every hour") rather than as times of a day ("at 10:00"). */
  repeats: boolean;
  /** Minutes between two runs of an unbroken repetition; null for anything else. */
  step: number | null;
}

function timeOfDay(hours: number[], minutes: number[]): Time {
  const allDay = hours.length === 24;
  const step = stepOf(minutes, 60);
  if (allDay && step !== null && step < 60) return { words: step === 1 ? "every minute" : `every ${step} minutes`, repeats: true, step };
  if (allDay) {
    const [first] = minutes;
    if (minutes.length === 1) return { words: first === 0 ? "every hour, on the hour" : `every hour at ${first} past`, repeats: true, step: null };
    return { words: `every hour at ${and(minutes.map(String))} past`, repeats: true, step: null };
  }
  const apart = minutes.length === 1 ? stepOf(hours, 24) : null;
  if (hours.length * minutes.length <= (apart === null ? LISTED : LISTED / 2)) {
    return { words: `at ${and(hours.flatMap((hour) => minutes.map((minute) => clock(hour, minute))))}`, repeats: false, step: null };
  }
  const [minute = 0] = minutes;
  if (apart !== null) {
    return { words: `every ${apart} hours${minute === 0 ? "" : ` at ${minute} past`}, starting at ${clock(hours[0] ?? 0, minute)}`, repeats: true, step: null };
  }
  if (isRun(hours)) {
    const from = clock(hours[0] ?? 0, minute);
    const to = clock(hours.at(-1) ?? 0, minutes.at(-1) ?? 0);
    if (minutes.length === 1) return { words: `every hour from ${from} to ${to}`, repeats: true, step: null };
    if (step !== null) return { words: `${step === 1 ? "every minute" : `every ${step} minutes`} from ${from} to ${to}`, repeats: true, step: null };
  }
  const past = step === 1 ? "every minute" : step === null ? `at ${and(minutes.map(String))} past` : `every ${step} minutes`;
  return { words: `${past} in the hours ${and(ranges(hours, String, 3))}`, repeats: true, step: null };
}

function day(weekdays: number[], days: number[]): string {
  const names = weekdays.map((place) => capital(WEEKDAYS[place] ?? ""));
  const allWeek = !weekdays.length || weekdays.length === 7;
  if (!days.length || days.length === 31) {
    if (isRun(weekdays) && weekdays.length > 2) return `${names[0]} to ${names.at(-1)}`;
    return `every ${and(names)}`;
  }
  if (allWeek) return `on the ${and(ranges(days, ordinal, 4))}${last(days)}`;
  const weeks = weeksOf(days);
  if (weeks) return `every ${and(names.map((name) => `${and(weeks)} ${name}`))}`;
  return `every ${or(names)} that is the ${or(ranges(days, ordinal, 4))}${last(days)}`;
}

/** Say that not every month has such a day, where that is so of all of them. */
const last = (days: number[]) => ((days[0] ?? 0) > 28 ? " (in months that have it)" : "");

/** Give which weeks of a month, of seven days each from its first, the days are; null when they are not whole weeks. */
function weeksOf(days: number[]): string[] | null {
  const weeks: string[] = [];
  let rest = days;
  for (const [place, name] of WEEKS.entries()) {
    const week = Array.from({ length: place === 4 ? 3 : 7 }, (_, offset) => place * 7 + 1 + offset);
    if (!week.every((one) => rest.includes(one))) continue;
    weeks.push(name);
    rest = rest.filter((one) => !week.includes(one));
  }
  return rest.length ? null : weeks;
}

/** Sort and take each once; null when one is no whole number between the bounds. */
function numbers(given: (number | string)[], low: number, high: number): number[] | null {
  if (given.some((one) => !Number.isInteger(one) || Number(one) < low || Number(one) > high)) return null;
  return [...new Set(given as number[])].sort((a, b) => a - b);
}

/** Give the step by which the numbers fill the whole from its beginning or soon after: 15 for 0, 15, 30, 45 of 60. */
function stepOf(sorted: number[], whole: number): number | null {
  const [first = 0, second] = sorted;
  if (second === undefined) return null;
  const step = second - first;
  const filled = whole % step === 0 && first < step && sorted.length === whole / step && sorted.every((one, place) => one === first + place * step);
  return filled && (first === 0 || whole === 24) ? step : null;
}

const clock = (hour: number, minute: number) => `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
