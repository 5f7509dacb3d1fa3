// When a slot is: start and end on its own clock, and what that is here.
import { useMemo } from "preact/hooks";
import { Check, Field, SelectField } from "../../parts/field";
import { FLOATING, HERE, isKnownZone, wallIn, zones } from "../../slots/times";
import type { FieldsProps } from "./slot_fields";
import type { Form } from "./slot_form";

export function WhenFields({ form, faults, onChange }: FieldsProps) {
  const names = useMemo(() => zones(form.zone), [form.zone]);
  const moment = (name: "start" | "end", label: string) => {
    const value = form.allday ? form[name].slice(0, 10) : form[name].slice(0, form[name].endsWith(":00") ? 16 : 19);
    return (
      <Field
        key={`${name} ${form.allday}`}
        label={label}
        type={form.allday ? "date" : "datetime-local"}
        step={!form.allday && value.length > 16 ? 1 : undefined}
        value={value}
        required
        problem={faults[name]}
        onChange={(event) => onChange(timed(form, name, event.currentTarget.value))}
      />
    );
  };
  return (
    <div class="when">
      <div class="checks">
        <Check label="All day" checked={form.allday} onChange={(event) => onChange({ allday: event.currentTarget.checked })} />
        <Check label="Open end" checked={form.openEnd} onChange={(event) => onChange({ openEnd: event.currentTarget.checked })} />
      </div>
      <div class="row">
        {moment("start", form.allday ? "First day" : "Start")}
        {form.openEnd ? null : moment("end", form.allday ? "Last day" : "End")}
      </div>
      {form.allday ? null : (
        <SelectField
          label="Time zone"
          value={form.zone}
          problem={faults["timezone"]}
          hint={hint(form)}
          onChange={(event) => onChange({ zone: event.currentTarget.value })}
        >
          <option value={HERE}>{HERE} (here)</option>
          {HERE === "UTC" ? null : <option value="UTC">UTC</option>}
          <option value={FLOATING}>No zone: the same on every clock</option>
          <optgroup label="All zones">
            {names
              .filter((name) => name !== HERE)
              .map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
          </optgroup>
        </SelectField>
      )}
    </div>
  );
}

/** Give the form with another start or end; the end goes with the start, as in every calendar. */
function timed(form: Form, name: "start" | "end", typed: string): Partial<Form> {
  if (!typed) return {};
  const value = form.allday ? typed + form[name].slice(10) : typed.length === 16 ? `${typed}:00` : typed;
  if (name === "end") return { end: value };
  const length = Date.parse(`${form.end}Z`) - Date.parse(`${form.start}Z`);
  const start = Date.parse(`${value}Z`);
  if (Number.isNaN(start) || Number.isNaN(length)) return { start: value };
  return { start: value, end: new Date(start + Math.max(0, length)).toISOString().slice(0, 19) };
}

/** Say what the times are on the clock here. */
function hint(form: Form): string | undefined {
  if (form.zone === FLOATING) return "Like an alarm clock: it goes with whoever travels.";
  if (form.zone === HERE || !isKnownZone(form.zone)) return undefined;
  const show = new Intl.DateTimeFormat(navigator.language, { dateStyle: "medium", timeStyle: "short" });
  const start = instantIn(form.zone, form.start);
  if (start === null) return undefined;
  const end = form.openEnd ? null : instantIn(form.zone, form.end);
  const text = end !== null && end >= start ? show.formatRange(start, end) : show.format(start);
  return `Here (${HERE}): ${text}`;
}

/** Give the instant at which a zone's clocks show a time; looked for from both sides, since offsets change. */
function instantIn(zone: string, wall: string): Date | null {
  const wished = Date.parse(`${wall}Z`);
  if (Number.isNaN(wished)) return null;
  let guess = wished;
  for (let turn = 0; turn < 3; turn += 1) guess += wished - Date.parse(`${wallIn(zone, new Date(guess))}Z`);
  return new Date(guess);
}
