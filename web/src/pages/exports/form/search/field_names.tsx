// A choice of several fields by name.
import { useId, useState } from "preact/hooks";
import type { ObjectType } from "../../export";
import { MOMENTS, SEARCHED, TAG, fieldWords } from "../../vocabulary";

interface NamesProps {
  label: string;
  /** What it means that none is chosen. */
  empty: string;
  objecttype: ObjectType;
  /** Whether fields that hold times can be chosen. */
  moments: boolean;
  chosen: string[];
  problem: string | null;
  onChange: (names: string[]) => void;
}

export function FieldNames({ label, empty, objecttype, moments, chosen, problem, onChange }: NamesProps) {
  const id = useId();
  const [tag, setTag] = useState<string | null>(null);
  const left = SEARCHED[objecttype].filter((name) => !chosen.includes(name) && (moments || !MOMENTS.includes(name)));
  const add = (name: string) => onChange(chosen.includes(name) ? chosen : [...chosen, name]);
  return (
    <div class="field" role="group" aria-labelledby={`${id}-label`}>
      <span class="label" id={`${id}-label`}>
        {label}
      </span>
      <div class="presets">
        {chosen.map((name) => (
          <span key={name} class="chip">
            <span class="clip" dir="auto">
              {fieldWords(name)}
            </span>
            <button type="button" class="quiet sign" aria-label={`Without ${fieldWords(name)}`} onClick={() => onChange(chosen.filter((one) => one !== name))}>
              ×
            </button>
          </span>
        ))}
        <select
          aria-label={`${label}: add`}
          aria-invalid={problem ? true : undefined}
          aria-describedby={problem ? `${id}-problem` : undefined}
          value=""
          onChange={(event) => {
            const name = event.currentTarget.value;
            event.currentTarget.value = "";
            if (name === TAG) setTag("");
            else if (name) add(name);
          }}
        >
          <option value="">{chosen.length ? "+ Field" : empty}</option>
          {left.map((name) => (
            <option key={name} value={name}>
              {fieldWords(name)}
            </option>
          ))}
          {objecttype === "timeslot" ? <option value={TAG}>A tag…</option> : null}
        </select>
        {tag === null ? null : (
          <>
            <input aria-label="Name of the tag" dir="auto" value={tag} onInput={(event) => setTag(event.currentTarget.value)} />
            <button
              type="button"
              disabled={!tag.trim()}
              onClick={() => {
                add(TAG + tag.trim());
                setTag(null);
              }}
            >
              Add
            </button>
          </>
        )}
      </div>
      {problem ? (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      ) : null}
    </div>
  );
}
