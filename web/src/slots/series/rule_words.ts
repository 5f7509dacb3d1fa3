// A recurrence rule in words: "every 2 months on the last Friday". What would not be quite true is not said at all.
import { and, isRun, or, ordinal, ranges } from "../../parts/enumerations";
import { firstDayOfWeek } from "../times";
import type { Rule, Weekday } from "./rule";

const UNITS = { SECONDLY: "second", MINUTELY: "minute", HOURLY: "hour", DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" } as const;
const NTH = ["first", "second", "third", "fourth", "fifth"];
/** Days of a year that are told one by one. */
const LISTED = 4;
/** Days that every month has, and those that some have. */
const SURE = 28;
const WEEK = 7;

// Rules are of the Gregorian calendar, whichever one the reader's language has.
const GREGORIAN = { timeZone: "UTC", calendar: "gregory" } as const;
const WEEKDAY = new Intl.DateTimeFormat(navigator.language, { ...GREGORIAN, weekday: "long" });
const MONTH = new Intl.DateTimeFormat(navigator.language, { ...GREGORIAN, month: "long" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(navigator.language, { ...GREGORIAN, day: "numeric", month: "long" });

const weekdayName = (day: number) => WEEKDAY.format(Date.UTC(2024, 0, 1 + day));
const monthName = (month: number) => MONTH.format(Date.UTC(2024, month - 1, 1));

/** Say on which days a rule is, and how often; null where there are no words for it. */
export function daysWords(rule: Rule): string | null {
  const { frequency, interval, months, monthDays, weekdays, position } = rule;
  const every = often(interval, UNITS[frequency]);
  if (position !== null && (!weekdays.length || monthDays.length)) return null;
  switch (frequency) {
    case "DAILY":
      if (position !== null) return null;
      if (!weekdays.length && !monthDays.length) return every + only(months);
      // Of every second day, only some would be: on which days that comes out, words do not tell.
      if (interval > 1 || weekdays.some(({ nth }) => nth)) return null;
      return daysWords({ ...rule, frequency: monthDays.length ? "MONTHLY" : "WEEKLY" });
    case "WEEKLY":
      return position === null && !monthDays.length && weekdays.every(({ nth }) => !nth) ? weekly(rule) : null;
    case "MONTHLY": {
      // Every month, of those that are named, is every year in these months.
      if (interval === 1 && months.length && (position === null || months.length === 1)) return yearly(rule);
      const said = daysOfMonth(rule);
      return said && on(interval, "month", said) + only(months);
    }
    case "YEARLY":
      return yearly(rule);
    default:
      return months.length || monthDays.length || weekdays.length || position !== null ? null : every;
  }
}

function weekly({ interval, months, weekdays, weekStart, firstDay }: Rule): string {
  const days = byDay(weekdays);
  if (days.length === WEEK && interval === 1) return `every day${only(months)}`;
  const names = days.map(weekdayName);
  const said = days.length > 2 && isRun(days.map((day) => place(day, readersFirst()))) ? `from ${names[0]} to ${names.at(-1)}` : `on ${and(names)}`;
  // Which days belong to one week only matters where weeks are left out.
  const counted = [...weekdays, { day: firstDay, nth: 0 }];
  const weeks = interval > 1 && String(byDay(counted)) !== String(byDay(counted, weekStart)) ? ` (weeks begin on ${weekdayName(weekStart)})` : "";
  return `${often(interval, "week")} ${said}${weeks}${only(months)}`;
}

function yearly(rule: Rule): string | null {
  const { interval, months, monthDays, weekdays, position } = rule;
  if (months.length) {
    if (position !== null && months.length > 1) return null;
    const dates = weekdays.length || monthDays.some((day) => day < 0) ? null : datesWords(months, monthDays);
    if (dates !== null) return dates && on(interval, "year", dates);
    const said = daysOfMonth(rule);
    return said && on(interval, "year", `${said} ${monthDays.length ? "of" : "in"} ${and(months.map(monthName))}`);
  }
  if (position !== null) return null;
  if (monthDays.length) {
    const said = daysOfMonth(rule);
    if (interval === 1) return said && on(1, "month", said);
    return said && on(interval, "year", weekdays.length ? said : `${said} of every month`);
  }
  const said = weekdaysWords(weekdays);
  const rare = weekdays.some(({ nth }) => Math.abs(nth) === 53) ? " (in years that have it)" : "";
  return on(interval, "year", weekdays.some(({ nth }) => nth) ? `${said} of the year${rare}` : said);
}

/** Name the days that a rule picks from each month. */
function daysOfMonth({ monthDays, weekdays, position }: Rule): string | null {
  const plain = weekdays.every(({ nth }) => nth === 0);
  if (position !== null) return plain ? positionWords(weekdays, position) : null;
  if (!monthDays.length) {
    if (weekdays.some(({ nth }) => Math.abs(nth) > 5)) return null;
    return weekdaysWords(weekdays) + (weekdays.some(({ nth }) => Math.abs(nth) === 5) ? MONTHS_THAT_HAVE_IT : "");
  }
  if (!weekdays.length) return monthDaysWords(monthDays);
  // Both together: what is both.
  if (!plain || monthDays.some((day) => day < 0)) return null;
  return `every ${or(byDay(weekdays).map(weekdayName))} that is the ${or(ranges(monthDays, ordinal, 3))}`;
}

const MONTHS_THAT_HAVE_IT = " (in months that have it)";

function monthDaysWords(days: number[]): string {
  const fromEnd = days.filter((day) => day < 0).reverse();
  const names = [...ranges(days.filter((day) => day > 0), ordinal, 3), ...fromEnd.map((day) => `${day === -1 ? "last" : `${nthWord(-day)} to last`} day`)];
  return `the ${and(names)}${days.some((day) => Math.abs(day) > SURE) ? MONTHS_THAT_HAVE_IT : ""}`;
}

/** Name days of a year; empty where the calendar has none of them, null where there are too many to list. */
function datesWords(months: number[], days: number[]): string | null {
  if (months.length * days.length > LISTED) return null;
  // A leap year has all days that any year has.
  const dates = months.flatMap((month) => days.map((day) => new Date(Date.UTC(2024, month - 1, day))).filter((date) => date.getUTCMonth() === month - 1));
  const leap = dates.some((date) => date.getUTCMonth() === 1 && date.getUTCDate() === 29);
  return and(dates.map((date) => DAY_OF_YEAR.format(date))) + (leap ? " (in years that have it)" : "");
}

/** Name weekdays: "every Monday and Tuesday", "the first and third Tuesday". */
function weekdaysWords(weekdays: Weekday[]): string {
  if (!weekdays.some(({ nth }) => nth)) return `every ${and(byDay(weekdays).map(weekdayName))}`;
  const named = byDay(weekdays).map((day) => {
    const places = weekdays.filter((weekday) => weekday.day === day).map(({ nth }) => nth);
    const fromStart = places.filter((nth) => nth > 0).sort((a, b) => a - b);
    const fromEnd = places.filter((nth) => nth < 0).sort((a, b) => a - b);
    return `the ${and([...fromStart, ...fromEnd].map(placeWord))} ${weekdayName(day)}`;
  });
  return and(named);
}

/** Name the day that stands at a place among several weekdays of a month; null where it would never be there. */
function positionWords(weekdays: Weekday[], position: number): string | null {
  const days = byDay(weekdays);
  const count = Math.abs(position);
  // Beside four whole weeks, a month has three days at most.
  if (count > 4 * days.length + Math.min(3, days.length)) return null;
  const workdays = days.length === 5 && isRun([0, ...days.map((day) => day + 1)]);
  const among = days.length === WEEK ? "day" : workdays ? `weekday (${weekdayName(0)} to ${weekdayName(4)})` : or(days.map(weekdayName));
  return `the ${placeWord(position)} ${among}${count > 4 * days.length ? MONTHS_THAT_HAVE_IT : ""}`;
}

/** Give each weekday once, in the order of a week that begins on `first`. */
function byDay(weekdays: Weekday[], first = readersFirst()): number[] {
  return [...new Set(weekdays.map(({ day }) => day))].sort((a, b) => place(a, first) - place(b, first));
}

/** Which day of a week that begins on `first` a weekday is, counted from 0. */
const place = (day: number, first: number) => (day - first + WEEK) % WEEK;
/** On which day weeks begin in the reader's language; 0 is Monday. */
const readersFirst = () => (firstDayOfWeek() + 6) % WEEK;
const nthWord = (nth: number) => NTH[nth - 1] ?? ordinal(nth);
const placeWord = (nth: number) => (nth > 0 ? nthWord(nth) : nth === -1 ? "last" : `${nthWord(-nth)} to last`);
const often = (interval: number, unit: string) => (interval === 1 ? `every ${unit}` : `every ${interval.toLocaleString()} ${unit}s`);
/** "every year on every Monday" is every Monday. */
const on = (interval: number, unit: string, days: string) => (interval === 1 && days.startsWith("every ") ? days : `${often(interval, unit)} on ${days}`);
const only = (months: number[]) => (months.length && months.length < 12 ? `, in ${and(months.map(monthName))} only` : "");
