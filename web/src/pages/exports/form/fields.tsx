// Which fields JSON, XML and CSV have, in which order and under which names.
import { useId, useState } from "preact/hooks";
import { COLUMNS, TAG, fieldWords } from "../vocabulary";
import type { PartProps } from "./form";
import { useProblem } from "./problems";

type Shown = [name: string, field: { display_name: string }];

export function Fields({ own, change }: PartProps) {
  const at = useProblem();
  const id = useId();
  const [tag, setTag] = useState("");
  const chosen = Object.entries(own.fields);
  const put = (fields: Shown[]) => change({ fields: Object.fromEntries(fields) });
  const left = COLUMNS[own.objecttype].filter((name) => !(name in own.fields));
  const add = (name: string) => {
    if (name && !(name in own.fields)) put([...chosen, [name, { display_name: name }]]);
  };
  const problem = at("export.fields", true);
  return (
    <section class="card" aria-labelledby="fields">
      <h2 id="fields">Fields</h2>
      <p class="hint">{chosen.length ? "JSON, XML and CSV have these only, in this order. iCalendar always has everything." : "Everything is exported. Choose fields to have only these in JSON, XML and CSV."}</p>
      {chosen.length ? (
        <ol class="rows">
          {chosen.map(([name, field], place) => (
            <FieldRow
              key={name}
              name={name}
              display={field.display_name}
              problem={at(`export.fields.${name}`)}
              first={place === 0}
              onDisplay={(text) => put(chosen.map((one) => (one[0] === name ? [name, { ...field, display_name: text }] : one)))}
              onUp={() => put(moved(chosen, place))}
              onRemove={() => put(chosen.filter((one) => one[0] !== name))}
            />
          ))}
        </ol>
      ) : null}
      {problem ? <p class="problem">{problem}</p> : null}
      <div class="row">
        <div class="field">
          <label for={id}>Add a field</label>
          <select
            id={id}
            value=""
            onChange={(event) => {
              add(event.currentTarget.value);
              event.currentTarget.value = "";
            }}
          >
            <option value="">Choose…</option>
            {left.map((name) => (
              <option key={name} value={name}>
                {named(name)}
              </option>
            ))}
          </select>
        </div>
        {own.objecttype === "timeslot" ? (
          <div class="field">
            <label for={`${id}-tag`}>Add a tag</label>
            <div class="beside-button">
              <input id={`${id}-tag`} value={tag} dir="auto" onInput={(event) => setTag(event.currentTarget.value)} />
              <button
                type="button"
                disabled={!tag.trim()}
                onClick={() => {
                  add(TAG + tag.trim());
                  setTag("");
                }}
              >
                Add
              </button>
            </div>
          </div>
        ) : null}
      </div>
    </section>
  );
}

interface RowProps {
  name: string;
  display: string;
  problem: string | null;
  first: boolean;
  onDisplay: (text: string) => void;
  onUp: () => void;
  onRemove: () => void;
}

function FieldRow({ name, display, problem, first, onDisplay, onUp, onRemove }: RowProps) {
  const id = useId();
  return (
    <li>
      <code class="clip" id={`${id}-name`}>
        {name}
      </code>
      <input
        aria-label={`Name of ${name} in the files`}
        aria-invalid={problem ? true : undefined}
        aria-describedby={problem ? `${id}-problem` : undefined}
        value={display}
        maxLength={1000}
        placeholder={name}
        dir="auto"
        onInput={(event) => onDisplay(event.currentTarget.value)}
      />
      <button type="button" class="quiet sign" aria-label={`Move ${name} up`} disabled={first} onClick={onUp}>
        ↑
      </button>
      <button type="button" class="quiet sign" aria-label={`Remove ${name}`} onClick={onRemove}>
        ×
      </button>
      {problem ? (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      ) : null}
    </li>
  );
}

const named = (name: string) => (fieldWords(name) === name ? name : `${name} (${fieldWords(name)})`);

/** Give the list with the one at `place` moved up by one. */
function moved<T>(list: T[], place: number): T[] {
  const [one] = list.slice(place, place + 1);
  if (one === undefined || place === 0) return list;
  return [...list.slice(0, place - 1), one, ...list.slice(place - 1, place), ...list.slice(place + 1)];
}
