// A search as conditions that can stand inside each other: everything that a search can say.
import { useState } from "preact/hooks";
import { Field, SelectField, TextField } from "../../../../parts/field";
import type { ObjectType } from "../../export";
import { SEARCHED, TAG, fieldWords } from "../../vocabulary";
import { useProblem } from "../problems";
import { type Bool, type Complex, type Element, type In, type Match, type Mode, type Range, blankElement, element } from "./elements";
import { FieldNames } from "./field_names";
import { JsonField } from "./json_field";

const TYPES: Record<Element["type"], string> = { match: "Text contains", in: "Is one of", range: "Is between", complex: "A group of conditions" };
const BOOLS: Record<Bool, string> = { must: "must hold", should: "may hold (one of these has to)", must_not: "must not hold" };
const MODES: Record<Mode, string> = { fulltext: "these words, in any order", token: "these words, next to each other", wildcard: "this pattern, with * and ?" };

interface ListProps {
  objecttype: ObjectType;
  path: string;
  elements: unknown[];
  onChange: (elements: unknown[]) => void;
}

export function Conditions({ objecttype, path, elements, onChange }: ListProps) {
  // Elements have no name of their own; these outlive the removal of others, since editors keep what was typed.
  const [keys, setKeys] = useState(() => elements.map((_, place) => place));
  const add = (type: Element["type"]) => {
    onChange([...elements, blankElement(type, "must", SEARCHED[objecttype])]);
    setKeys([...keys, Math.max(-1, ...keys) + 1]);
  };
  return (
    <div class="conditions">
      {elements.length ? null : <p class="hint">No condition: everything is taken.</p>}
      {elements.map((one, place) => (
        <Condition
          key={keys[place] ?? place}
          objecttype={objecttype}
          path={`${path}[${place}]`}
          number={place + 1}
          value={one}
          onChange={(changed) => onChange(elements.map((before, other) => (other === place ? changed : before)))}
          onRemove={() => {
            onChange(elements.filter((_, other) => other !== place));
            setKeys(keys.filter((_, other) => other !== place));
          }}
        />
      ))}
      <div class="presets" role="group" aria-label="Add a condition">
        <span class="faint">Add</span>
        {(Object.keys(TYPES) as Element["type"][]).map((type) => (
          <button key={type} type="button" onClick={() => add(type)}>
            {TYPES[type]}
          </button>
        ))}
      </div>
    </div>
  );
}

interface ConditionProps {
  objecttype: ObjectType;
  path: string;
  number: number;
  value: unknown;
  onChange: (value: unknown) => void;
  onRemove: () => void;
}

function Condition({ objecttype, path, number, value, onChange, onRemove }: ConditionProps) {
  const at = useProblem();
  const [asJson] = useState(() => element(value) === null);
  const one = asJson ? null : element(value);
  const own = at(path, true) ?? at(`${path}.type`) ?? at(`${path}.bool`);
  return (
    <fieldset class="condition">
      <legend>{one ? TYPES[one.type] : "A condition as JSON"}</legend>
      <button type="button" class="quiet sign remove" aria-label={`Remove condition ${number}`} onClick={onRemove}>
        ×
      </button>
      {one ? (
        <>
          <SelectField label="This condition" value={one.bool ?? "must"} onChange={(event) => onChange({ ...one, bool: event.currentTarget.value as Bool })}>
            {Object.entries(BOOLS).map(([name, words]) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </SelectField>
          <Inner objecttype={objecttype} path={path} one={one} onChange={onChange} />
        </>
      ) : (
        <JsonField label="Condition" value={value} problem={at(path)} onChange={onChange} />
      )}
      {one && own ? <p class="problem">{own}</p> : null}
    </fieldset>
  );
}

interface InnerProps<E> {
  objecttype: ObjectType;
  path: string;
  one: E;
  onChange: (value: E) => void;
}

function Inner({ one, ...rest }: InnerProps<Element>) {
  switch (one.type) {
    case "match":
      return <MatchFields one={one} {...rest} />;
    case "in":
      return <InFields one={one} {...rest} />;
    case "range":
      return <RangeFields one={one} {...rest} />;
    case "complex":
      return <ComplexFields one={one} {...rest} />;
  }
}

function MatchFields({ objecttype, path, one, onChange }: InnerProps<Match>) {
  const at = useProblem();
  return (
    <>
      <div class="row">
        <Field label="Text" value={one.string} maxLength={1000} dir="auto" problem={at(`${path}.string`)} onInput={(event) => onChange({ ...one, string: event.currentTarget.value })} />
        <SelectField label="As" value={one.mode ?? "fulltext"} problem={at(`${path}.mode`)} onChange={(event) => onChange({ ...one, mode: event.currentTarget.value as Mode })}>
          {Object.entries(MODES).map(([name, words]) => (
            <option key={name} value={name}>
              {words}
            </option>
          ))}
        </SelectField>
      </div>
      <FieldNames
        label="In the fields"
        empty="all that hold text"
        objecttype={objecttype}
        moments={false}
        chosen={one.fields ?? []}
        problem={at(`${path}.fields`)}
        onChange={(fields) => onChange(fields.length ? { ...one, fields } : without(one, "fields"))}
      />
    </>
  );
}

function InFields({ objecttype, path, one, onChange }: InnerProps<In>) {
  const at = useProblem();
  const [text, setText] = useState(() => one.in.filter((value) => value !== null).join("\n"));
  const nothing = one.in.includes(null);
  const put = (typed: string, empty: boolean) => onChange({ ...one, in: [...typed.split("\n").map((line) => line.trim()).filter(Boolean), ...(empty ? [null] : [])] });
  return (
    <>
      <FieldNames label="Fields" empty="choose one" objecttype={objecttype} moments chosen={one.fields} problem={at(`${path}.fields`)} onChange={(fields) => onChange({ ...one, fields })} />
      <TextField
        label="Values"
        rows={3}
        dir="auto"
        value={text}
        hint="One on a line, compared exactly."
        problem={at(`${path}.in`)}
        onInput={(event) => {
          setText(event.currentTarget.value);
          put(event.currentTarget.value, nothing);
        }}
      />
      <div class="check">
        <label>
          <input type="checkbox" checked={nothing} onChange={(event) => put(text, event.currentTarget.checked)} /> or there is nothing
        </label>
      </div>
    </>
  );
}

function RangeFields({ objecttype, path, one, onChange }: InnerProps<Range>) {
  const at = useProblem();
  const moment = one.field === "start" || one.field === "end";
  const hint = moment ? "Such as 2026-03-01 or 2026-03-01T09:00:00+01:00." : undefined;
  const known = [...new Set([...SEARCHED[objecttype], one.field])];
  return (
    <div class="row">
      {one.field.startsWith(TAG) ? (
        <Field label="Field" value={one.field} problem={at(`${path}.field`)} onInput={(event) => onChange({ ...one, field: event.currentTarget.value })} />
      ) : (
        <SelectField label="Field" value={one.field} problem={at(`${path}.field`)} onChange={(event) => onChange({ ...one, field: event.currentTarget.value })}>
          {known.map((name) => (
            <option key={name} value={name}>
              {fieldWords(name)}
            </option>
          ))}
          {objecttype === "timeslot" ? <option value={TAG}>A tag…</option> : null}
        </SelectField>
      )}
      <Field label="From" hint={hint} value={one.from ?? ""} problem={at(`${path}.from`)} onInput={(event) => onChange({ ...one, from: event.currentTarget.value || null })} />
      <Field label="To" hint="Both ends belong to it." value={one.to ?? ""} problem={at(`${path}.to`)} onInput={(event) => onChange({ ...one, to: event.currentTarget.value || null })} />
    </div>
  );
}

function ComplexFields({ objecttype, path, one, onChange }: InnerProps<Complex>) {
  return <Conditions objecttype={objecttype} path={`${path}.search`} elements={one.search} onChange={(search) => onChange({ ...one, search })} />;
}

function without(one: Match, name: "fields"): Match {
  const { [name]: _, ...rest } = one;
  return rest;
}
