// A recurrence rule (RFC 5545 §3.3.10), as far as it can be said in words.

const FREQUENCIES = ["SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"] as const;
const DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];

export interface Weekday {
  /** 0 is Monday. */
  day: number;
  /** Which one of its month or year, from the end when negative; 0 for all of them. */
  nth: number;
}

export interface Rule {
  frequency: (typeof FREQUENCIES)[number];
  interval: number;
  count: number | null;
  /** As it is written. */
  until: string | null;
  /** 1 is January. */
  months: number[];
  /** Counted from the end when negative. */
  monthDays: number[];
  weekdays: Weekday[];
  /** Which one of the days of a period; null for all of them. */
  position: number | null;
  /** The day that weeks begin on; 0 is Monday. */
  weekStart: number;
  /** The weekday of the first occurrence, from whose week on others are counted. */
  firstDay: number;
}

/**
 * Take a rule apart. Null for what makes no sense, for what programs read differently, and for parts that have no words here.
 * `start` is the first occurrence of its series: a date or a wall-clock time.
 */
export function ruleOf(text: string, start: string): Rule | null {
  const parts = new Map<string, string>();
  for (const part of text.replaceAll(" ", "").toUpperCase().split(";").filter(Boolean)) {
    const [, name = "", value = ""] = /^([A-Z-]+)=(.+)$/.exec(part) ?? [];
    if (!name || parts.has(name)) return null;
    parts.set(name, value);
  }
  /** Take a part out; `otherwise` when it is not there. */
  const take = <T>(name: string, read: (value: string) => T | null, otherwise: T): T | null => {
    const value = parts.get(name);
    parts.delete(name);
    return value === undefined ? otherwise : read(value);
  };
  const frequency = take("FREQ", (value) => FREQUENCIES.find((known) => known === value) ?? null, null);
  if (frequency === null || (isShort(frequency) && start.length === 10)) return null;
  const interval = take("INTERVAL", positive, 1);
  const count = take("COUNT", positive, 0);
  const until = take("UNTIL", (value) => value, "");
  const months = take("BYMONTH", (value) => numbers(value, 1, 12), []);
  const monthDays = take("BYMONTHDAY", (value) => numbers(value, -31, 31), []);
  const weekdays = take("BYDAY", weekdaysOf, []);
  const positions = take("BYSETPOS", (value) => numbers(value, -366, 366), []);
  const weekStart = take("WKST", (value) => (DAYS.includes(value) ? DAYS.indexOf(value) : null), 0);
  // Some programs repeat the time of day at which the series begins anyway.
  const [hour, minute, second] = start.slice(11).split(":").map(Number);
  for (const [name, own] of [["BYHOUR", hour], ["BYMINUTE", minute], ["BYSECOND", second]] as const) {
    if (!parts.has(name)) continue;
    if (isShort(frequency) || take(name, whole, null) !== own) return null;
  }
  if (interval === null || count === null || until === null || months === null || monthDays === null || weekdays === null) return null;
  if (positions === null || positions.length > 1 || weekStart === null || parts.size || (count && until)) return null;
  return {
    frequency,
    interval,
    count: count || null,
    until: until || null,
    ...days(frequency, start, { months, monthDays, weekdays }),
    position: positions[0] ?? null,
    weekStart,
    firstDay: weekdayOf(start.slice(0, 10)),
  };
}

type Days = Pick<Rule, "months" | "monthDays" | "weekdays">;

/** Where a rule does not say on which days it is, they are those of the first occurrence. */
function days(frequency: Rule["frequency"], start: string, { months, monthDays, weekdays }: Days): Days {
  if (monthDays.length || weekdays.length) return { months, monthDays, weekdays };
  const [month, day] = [Number(start.slice(5, 7)), Number(start.slice(8, 10))];
  if (frequency === "WEEKLY") return { months, monthDays, weekdays: [{ day: weekdayOf(start.slice(0, 10)), nth: 0 }] };
  if (frequency === "MONTHLY") return { months, monthDays: [day], weekdays };
  if (frequency === "YEARLY") return { months: months.length ? months : [month], monthDays: [day], weekdays };
  return { months, monthDays, weekdays };
}

/** Whether it repeats within days. */
export function isShort(frequency: Rule["frequency"]): boolean {
  return ["SECONDLY", "MINUTELY", "HOURLY"].includes(frequency);
}

/** Whether a rule lets a day be one of its own; which periods it leaves out is not looked at. */
export function isOn(rule: Rule, date: string): boolean {
  const moment = new Date(`${date}T00:00:00Z`);
  const [year, month, day] = [moment.getUTCFullYear(), moment.getUTCMonth() + 1, moment.getUTCDate()];
  if (rule.position !== null) {
    const all = Array.from({ length: daysIn(year, month) }, (_, before) => `${date.slice(0, 8)}${String(before + 1).padStart(2, "0")}`);
    const fitting = all.filter((other) => isOn({ ...rule, position: null }, other));
    return fitting.at(rule.position > 0 ? rule.position - 1 : rule.position) === date;
  }
  if (rule.months.length && !rule.months.includes(month)) return false;
  const left = daysIn(year, month) - day;
  if (rule.monthDays.length && !rule.monthDays.includes(day) && !rule.monthDays.includes(-1 - left)) return false;
  const ofYear = rule.frequency === "YEARLY" && !rule.months.length;
  const before = ofYear ? (moment.getTime() - Date.parse(`${date.slice(0, 4)}-01-01T00:00:00Z`)) / 86_400_000 : day - 1;
  const after = ofYear ? (Date.parse(`${date.slice(0, 4)}-12-31T00:00:00Z`) - moment.getTime()) / 86_400_000 : left;
  const fits = ({ nth }: Weekday) => nth === 0 || nth === Math.floor(before / 7) + 1 || nth === -1 - Math.floor(after / 7);
  return !rule.weekdays.length || rule.weekdays.some((weekday) => weekday.day === weekdayOf(date) && fits(weekday));
}

/** Give the weekday of a date; 0 is Monday. */
export function weekdayOf(date: string): number {
  return (new Date(`${date}T00:00:00Z`).getUTCDay() + 6) % 7;
}

function daysIn(year: number, month: number): number {
  const last = new Date(0);
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}

function whole(value: string): number | null {
  return /^[+-]?\d{1,9}$/.test(value) ? Number(value) : null;
}

function positive(value: string): number | null {
  const number = /^\d+$/.test(value) ? whole(value) : null;
  return number ? number : null;
}

/** Read a list; null when one is none of the numbers between the bounds, or zero. */
function numbers(value: string, low: number, high: number): number[] | null {
  const found = value.split(",").map(whole);
  if (found.some((one) => one === null || one === 0 || one < low || one > high)) return null;
  return [...new Set(found as number[])].sort((a, b) => a - b);
}

/** Read a list of weekdays, either all of them or certain ones: a mixture has no words. */
function weekdaysOf(value: string): Weekday[] | null {
  const found = new Map<string, Weekday>();
  for (const one of value.split(",")) {
    const [, nth, day = ""] = /^([+-]?\d{1,2})?([A-Z]{2})$/.exec(one) ?? [];
    if (!DAYS.includes(day) || (nth !== undefined && (Number(nth) === 0 || Math.abs(Number(nth)) > 53))) return null;
    found.set(`${Number(nth ?? 0)}${day}`, { day: DAYS.indexOf(day), nth: Number(nth ?? 0) });
  }
  const weekdays = [...found.values()];
  return weekdays.some(({ nth }) => nth) && weekdays.some(({ nth }) => !nth) ? null : weekdays;
}
