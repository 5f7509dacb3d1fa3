// In which order the objects are written.
import { SelectField } from "../../../../parts/field";
import type { ObjectType } from "../../export";
import { SEARCHED, fieldWords } from "../../vocabulary";
import { useProblem } from "../problems";
import type { Sort } from "./elements";

export function Order({ objecttype, sort, onChange }: { objecttype: ObjectType; sort: Sort[]; onChange: (sort: Sort[]) => void }) {
  const at = useProblem();
  const put = (place: number, patch: Partial<Sort>) => onChange(sort.map((one, other) => (other === place ? { ...one, ...patch } : one)));
  const left = SEARCHED[objecttype].find((name) => !sort.some((one) => one.field === name));
  return (
    <div class="order">
      {sort.map((one, place) => (
        <div key={place} class="order-row">
          <SelectField
            label={place === 0 ? "Sorted by" : "Then by"}
            value={one.field}
            problem={at(`export.search.sort[${place}]`)}
            onChange={(event) => put(place, { field: event.currentTarget.value })}
          >
            {[...new Set([...SEARCHED[objecttype], one.field])].map((name) => (
              <option key={name} value={name}>
                {fieldWords(name)}
              </option>
            ))}
          </SelectField>
          <SelectField label="Direction" value={one.order ?? "ASC"} onChange={(event) => put(place, { order: event.currentTarget.value as "ASC" | "DESC" })}>
            <option value="ASC">Rising</option>
            <option value="DESC">Falling</option>
          </SelectField>
          <button type="button" class="quiet sign" aria-label={`Do not sort by ${fieldWords(one.field)}`} onClick={() => onChange(sort.filter((_, other) => other !== place))}>
            ×
          </button>
        </div>
      ))}
      {left ? (
        <p>
          <button type="button" class="quiet" onClick={() => onChange([...sort, { field: left, order: "ASC" }])}>
            {sort.length ? "+ Then by…" : "+ Sort…"}
          </button>
          {sort.length ? null : <span class="hint"> By start, unless told.</span>}
        </p>
      ) : null}
    </div>
  );
}
