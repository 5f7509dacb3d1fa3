// When it runs: any of the schedules, each with all its conditions together, and a sentence that says what that means.
import { useId, useState } from "preact/hooks";
import { Field } from "../../../parts/field";
import type { Schedule } from "../export";
import { sentence } from "../schedule_sentence";
import { printNumbers, readNumbers } from "./numbers";
import { useProblem } from "./problems";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const NUMBERS = [
  { name: "days_of_month", label: "Days of the month", low: 1, high: 31, hint: "Such as 1-7 or 1, 15. Empty: every day." },
  { name: "hours", label: "Hours", low: 0, high: 23, hint: "Such as 6, 18 or 9-17; * is every hour." },
  { name: "minutes", label: "Minutes", low: 0, high: 59, hint: "Such as 0, 30 or */5." },
] as const;
const MOST = 20;

const range = (low: number, high: number, step = 1) => Array.from({ length: Math.floor((high - low) / step) + 1 }, (_, place) => low + place * step);
const PRESETS: { words: string; schedule: Omit<Schedule, "timezone"> }[] = [
  { words: "Every night", schedule: { weekdays: [], days_of_month: [], hours: [2], minutes: [0] } },
  { words: "Weekdays", schedule: { weekdays: DAYS.slice(0, 5), days_of_month: [], hours: [8], minutes: [0] } },
  { words: "Once a week", schedule: { weekdays: ["monday"], days_of_month: [], hours: [6], minutes: [0] } },
  { words: "First Sunday", schedule: { weekdays: ["sunday"], days_of_month: range(1, 7), hours: [10], minutes: [0] } },
  { words: "Once a month", schedule: { weekdays: [], days_of_month: [1], hours: [6], minutes: [0] } },
  { words: "Every hour", schedule: { weekdays: [], days_of_month: [], hours: range(0, 23), minutes: [0] } },
  { words: "Every 5 minutes", schedule: { weekdays: [], days_of_month: [], hours: range(0, 23), minutes: range(0, 55, 5) } },
];

const ownZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function Schedules({ schedules, onChange }: { schedules: Schedule[]; onChange: (schedules: Schedule[]) => void }) {
  const at = useProblem();
  // Typed texts live in the editors, so that each needs a name of its own that outlives the removal of others.
  const [keys, setKeys] = useState(() => schedules.map((_, place) => place));
  const [next, setNext] = useState(schedules.length);
  const add = (schedule: Omit<Schedule, "timezone">) => {
    onChange([...schedules, { ...schedule, timezone: schedules.at(-1)?.timezone ?? ownZone() }]);
    setKeys([...keys, next]);
    setNext(next + 1);
  };
  const zones = useId();
  const problem = at("_schedules", true);
  return (
    <section class="card" aria-labelledby="schedules">
      <h2 id="schedules">Schedule</h2>
      {schedules.length ? (
        <datalist id={zones}>
          <option value="UTC" />
          {Intl.supportedValuesOf("timeZone").map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      ) : null}
      {schedules.length ? null : <p class="hint">It runs when you start it. Add a schedule to have it run by itself.</p>}
      {schedules.map((schedule, place) => (
        <Editor
          key={keys[place]}
          place={place}
          zones={zones}
          schedule={schedule}
          onChange={(changed) => onChange(schedules.map((one, other) => (other === place ? changed : one)))}
          onRemove={() => {
            onChange(schedules.filter((_, other) => other !== place));
            setKeys(keys.filter((_, other) => other !== place));
          }}
        />
      ))}
      {problem ? <p class="problem">{problem}</p> : null}
      {schedules.length < MOST ? (
        <div class="presets" role="group" aria-label="Add a schedule">
          <span class="faint">{schedules.length ? "And also" : "Add"}</span>
          {PRESETS.map(({ words, schedule }) => (
            <button key={words} type="button" onClick={() => add(schedule)}>
              {words}
            </button>
          ))}
        </div>
      ) : null}
    </section>
  );
}

interface EditorProps {
  place: number;
  schedule: Schedule;
  /** Id of the list of time zones. */
  zones: string;
  onChange: (schedule: Schedule) => void;
  onRemove: () => void;
}

function Editor({ place, schedule, zones, onChange, onRemove }: EditorProps) {
  const at = useProblem();
  const path = `_schedules[${place}]`;
  const toggle = (day: string) => {
    const chosen = schedule.weekdays.includes(day) ? schedule.weekdays.filter((one) => one !== day) : [...schedule.weekdays, day];
    onChange({ ...schedule, weekdays: DAYS.filter((one) => chosen.includes(one)) });
  };
  const problem = at(path, true) ?? at(`${path}.weekdays`);
  return (
    <fieldset class="schedule">
      <legend class="visually-hidden">{`Schedule ${place + 1}`}</legend>
      <div class="sentence-line">
        <output class="sentence" aria-label={`Schedule ${place + 1} in words`}>
          {sentence(schedule)}
        </output>
        <button type="button" class="quiet sign" aria-label={`Remove schedule ${place + 1}`} onClick={onRemove}>
          ×
        </button>
      </div>
      <div class="field" role="group" aria-label="Days of the week">
        <span class="label" aria-hidden="true">
          Days of the week
        </span>
        <div class="weekdays">
          {DAYS.map((day) => (
            <button key={day} type="button" aria-pressed={schedule.weekdays.includes(day)} onClick={() => toggle(day)}>
              <span>
                {`${day.charAt(0).toUpperCase()}${day.slice(1, 3)}`}
                <span class="visually-hidden">{day.slice(3)}</span>
              </span>
            </button>
          ))}
        </div>
        <p class="hint">{schedule.weekdays.length ? "" : "None chosen: every day."}</p>
      </div>
      <div class="row">
        {NUMBERS.map(({ name, label, low, high, hint }) => (
          <Numbers key={name} label={label} low={low} high={high} hint={hint} value={schedule[name]} problem={at(`${path}.${name}`)} onChange={(value) => onChange({ ...schedule, [name]: value })} />
        ))}
        <Field
          label="Time zone"
          value={schedule.timezone}
          list={zones}
          problem={at(`${path}.timezone`)}
          hint="Such as Europe/Berlin, or UTC."
          onInput={(event) => onChange({ ...schedule, timezone: event.currentTarget.value.trim() })}
        />
      </div>
      {problem ? <p class="problem">{problem}</p> : null}
    </fieldset>
  );
}

interface NumbersProps {
  label: string;
  low: number;
  high: number;
  hint: string;
  value: (number | string)[];
  problem: string | null;
  onChange: (value: (number | string)[]) => void;
}

function Numbers({ label, low, high, hint, value, problem, onChange }: NumbersProps) {
  const [text, setText] = useState(() => printNumbers(value, low, high));
  return (
    <Field
      label={label}
      value={text}
      hint={hint}
      problem={problem}
      autocomplete="off"
      onInput={(event) => {
        setText(event.currentTarget.value);
        onChange(readNumbers(event.currentTarget.value, low, high));
      }}
    />
  );
}
