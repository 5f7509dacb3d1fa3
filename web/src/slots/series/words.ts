// When a series happens, in a sentence: "Every week on Monday and Wednesday, until 3 May 2027, with 2 dates left out".
import { and, capital } from "../../parts/enumerations";
import type { Slot } from "../slots";
import { DAY, HERE, isKnownZone, later, zoneWords } from "../times";
import { type Rule, isOn, isShort, ruleOf } from "./rule";
import { daysWords } from "./rule_words";
import { MOST_LISTED, type Series, onClock, seriesOf } from "./text";

/** The most characters of a text that are shown as they are. */
const MOST_SHOWN = 200;

// Rules are of the Gregorian calendar, whichever one the reader's language has.
const SETTINGS = { timeZone: "UTC", calendar: "gregory" } as const;
const DATE = new Intl.DateTimeFormat(navigator.language, { ...SETTINGS, dateStyle: "long" });
const WEEKDAY_AND_DATE = new Intl.DateTimeFormat(navigator.language, { ...SETTINGS, dateStyle: "full" });
const CLOCK = new Intl.DateTimeFormat(navigator.language, { ...SETTINGS, timeStyle: "short" });

/** Say when a slot that recurs does so: never more than its text says, and at worst in the text's own words. */
export function seriesWords(slot: Slot): string {
  const series = seriesOf(slot);
  const { start, rules, exceptRules, changed, changedFrom } = series;
  if (!series.hasWhole) return `${changed.length === 1 ? "One time" : `${count(changed)} times`} of a series, without the series itself`;
  const rule = start !== null && rules[0] !== undefined && rules.length === 1 && !exceptRules.length ? ruleOf(rules[0], start) : null;
  const said = start !== null && rule ? ruleWords(rule, series, start) : null;
  const otherwise = changedFrom === null ? "" : `, and otherwise from ${isWall(changedFrom) ? DATE.format(moment(changedFrom)) : "some day"} on`;
  if (rules.length || start === null) return (said ?? textWords(series)) + exceptions(series, said === null ? null : rule) + otherwise;
  const dates = 1 + series.added.filter((time) => time !== start).length;
  return (dates === 1 ? "On one date" : `On ${dates.toLocaleString()} dates`) + exceptions({ ...series, added: [] }, null) + otherwise;
}

/** Say what a rule says; null where there are no words for it. */
function ruleWords(rule: Rule, { zone, leftOut }: Series, start: string): string | null {
  const days = daysWords(rule);
  const end = rule.until === null ? "" : endWords(rule, rule.until, zone, start);
  if (!days || end === null) return null;
  const times = rule.count === null ? "" : rule.count === 1 ? ", once" : `, ${rule.count.toLocaleString()} times`;
  // The first occurrence is one, whatever the rule says of it. Some programs leave it out again.
  const isOdd = !isOn(rule, start.slice(0, 10)) && !leftOut.some((time) => start.startsWith(time));
  const first = isOdd ? `, and first on ${WEEKDAY_AND_DATE.format(moment(start))}` : "";
  const namesDays = !(rule.frequency === "DAILY" || isShort(rule.frequency)) || rule.months.length || rule.weekdays.length || rule.monthDays.length;
  const clock = zone !== null && zone !== HERE && (namesDays || end || first) ? ` (${clockWords(zone)})` : "";
  return capital(days) + times + end + first + clock;
}

/** Say when a rule ends; null where it ends before it begins, or at what is no time. */
function endWords(rule: Rule, until: string, zone: string | null, start: string): string | null {
  const end = onClock(until, zone);
  if (end === null) {
    // Of a clock that nobody here knows, it is not known which day it shows.
    const instant = onClock(until, null);
    return instant && `, until ${momentWords(instant)} UTC`;
  }
  if (isShort(rule.frequency) && end.length > 10) return end < start ? null : `, until ${momentWords(end)}`;
  // An end before the hour of the series is the end of the day before.
  const isEarlier = end.length > 10 && start.length > 10 && end.slice(11) < start.slice(11);
  const last = isEarlier ? later(end.slice(0, 10), -DAY) : end.slice(0, 10);
  return last < start.slice(0, 10) ? null : `, until ${DATE.format(moment(last))}`;
}

/** Say a rule in its own words. */
function textWords({ rules, exceptRules }: Series): string {
  if (!rules.length) return "On dates of its own";
  const except = exceptRules.length ? `, but not ${exceptRules.join(" and ")}` : "";
  const text = `${rules.join(" and ")}${except}`;
  return `By ${rules.length === 1 ? "a rule" : "rules"} of its own: ${cut(text)}`;
}

/** Say how many dates are not as the rule has them; where it was not understood, how many are listed. */
function exceptions({ start, added, leftOut, changed }: Series, rule: Rule | null): string {
  const more = added.filter((time) => time !== start);
  // What would not have taken place is not left out: programs that move a series forget about such dates.
  const isMissed = (time: string) => {
    if (rule === null || start === null || !isWall(time) || more.some((other) => other.startsWith(time))) return true;
    if (time < start.slice(0, time.length) || !isOn(rule, time.slice(0, 10))) return false;
    return time.length === 10 || isShort(rule.frequency) || time.slice(11) === start.slice(11);
  };
  const all = [
    { times: more, word: "added" },
    { times: leftOut.filter(isMissed), word: "left out" },
    { times: changed, word: "changed" },
  ].filter(({ times }) => times.length);
  const words = all.map(({ times, word }, place) => `${count(times)} ${place ? "" : times.length === 1 ? "date " : "dates "}${word}`);
  return words.length ? `, with ${and(words)}` : "";
}

function clockWords(zone: string): string {
  return isKnownZone(zone) ? zoneWords(zone) : `on the clock of “${cut(zone)}”`;
}

const momentWords = (wall: string) => `${DATE.format(moment(wall))}${wall.length > 10 ? `, ${CLOCK.format(moment(wall))}` : ""}`;
const count = (times: string[]) => `${times.length.toLocaleString()}${times.length < MOST_LISTED ? "" : " or more"}`;
const cut = (text: string) => (text.length > MOST_SHOWN ? `${[...text.slice(0, MOST_SHOWN * 2)].slice(0, MOST_SHOWN).join("")}…` : text);
/** Whether a time could be put on the series' clock; else it stands there as it was written. */
const isWall = (time: string) => time.includes("-");
const moment = (wall: string) => new Date(`${wall.length === 10 ? `${wall}T00:00:00` : wall}Z`);
