// Which objects are taken and in which order: simply, as conditions inside each other, or as the JSON that both make.
import { useId, useState } from "preact/hooks";
import type { PartProps } from "../form";
import { useProblem } from "../problems";
import { Conditions } from "./conditions";
import { type Sort, element, simple } from "./elements";
import { JsonField } from "./json_field";
import { Order } from "./order";
import { SimpleSearch } from "./simple";

type View = "simple" | "conditions" | "json";
const VIEWS: [View, string][] = [
  ["simple", "Simple"],
  ["conditions", "Conditions"],
  ["json", "JSON"],
];

export function Search({ own, change }: PartProps) {
  const at = useProblem();
  const id = useId();
  const parts = partsOf(own.search);
  const plain = parts ? simple(parts.elements, own.objecttype) : null;
  const [view, setView] = useState<View>(plain ? "simple" : parts ? "conditions" : "json");
  // text that is no JSON yet would be lost in another view
  const [broken, setBroken] = useState(false);
  const able: Record<View, boolean> = { simple: plain !== null && !broken, conditions: parts !== null && !broken, json: true };
  const shown = able[view] ? view : able.conditions ? "conditions" : "json";
  const put = (elements: unknown[], sort: unknown[] | undefined) => change({ search: { ...(elements.length ? { search: elements } : {}), ...(sort?.length ? { sort } : {}) } });
  return (
    <section class="card" aria-labelledby={id}>
      <div class="bar card-bar">
        <h2 id={id}>Which ones</h2>
        <div class="switch" role="group" aria-label="How to say it">
          {VIEWS.map(([name, words]) => (
            <button key={name} type="button" aria-pressed={shown === name} disabled={!able[name]} onClick={() => setView(name)}>
              {words}
            </button>
          ))}
        </div>
      </div>
      {shown === "conditions" && !plain ? <p class="hint">This says more than the simple form can show.</p> : null}
      {shown === "simple" && plain && parts ? <SimpleSearch objecttype={own.objecttype} value={plain} at={(type) => at(`export.search.search[${parts.elements.findIndex((one) => element(one)?.type === type)}]`)} onChange={(elements) => put(elements, parts.sort)} /> : null}
      {shown === "conditions" && parts ? (
        <Conditions objecttype={own.objecttype} path="export.search.search" elements={parts.elements} onChange={(elements) => put(elements, parts.sort)} />
      ) : null}
      {shown === "json" ? (
        <JsonField label="Search as JSON" rows={14} value={own.search ?? {}} problem={at("export.search")} onChange={(search) => change({ search })} onWrong={setBroken} />
      ) : (
        parts && <Order objecttype={own.objecttype} sort={parts.sort} onChange={(sort) => put(parts.elements, sort)} />
      )}
    </section>
  );
}

/** Take a search apart; null when there is more to it than elements and order, which only JSON can show. */
function partsOf(search: unknown): { elements: unknown[]; sort: Sort[] } | null {
  const given = search ?? {};
  if (typeof given !== "object" || Array.isArray(given)) return null;
  const { search: elements, sort, ...more } = given as Record<string, unknown>;
  if (Object.keys(more).length || !(elements == null || Array.isArray(elements)) || !(sort == null || Array.isArray(sort))) return null;
  const orders = (sort ?? []) as Sort[];
  const known = orders.every(
    (one) => one && typeof one === "object" && typeof one.field === "string" && (one.order === undefined || one.order === "ASC" || one.order === "DESC") && Object.keys(one).every((name) => name === "field" || name === "order"),
  );
  return known ? { elements: elements ?? [], sort: orders } : null;
}
