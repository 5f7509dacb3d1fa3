// The simple form of a search: a text, groups or rooms, a time.
import { useEffect, useState } from "preact/hooks";
import { Check, Field } from "../../../../parts/field";
import { call } from "../../../../shell/api";
import type { ObjectType } from "../../export";
import { type Element, type Simple, elementsOf } from "./elements";

interface Group {
  uuid: string;
  name: string;
}
/** Pages of a hundred groups that are asked for. */
const MOST_PAGES = 10;

interface SimpleProps {
  objecttype: ObjectType;
  value: Simple;
  /** Gives what is wrong with the element of a type. */
  at: (type: Element["type"]) => string | null;
  onChange: (elements: Element[]) => void;
}

export function SimpleSearch({ objecttype, value, at, onChange }: SimpleProps) {
  const set = (patch: Partial<Simple>) => onChange(elementsOf({ ...value, ...patch }, objecttype));
  return (
    <>
      <div class="row">
        <Field label="Text contains" value={value.text} maxLength={1000} dir="auto" placeholder="anything" hint="All of these words." problem={at("match")} onInput={(event) => set({ text: event.currentTarget.value })} />
        <Field label="From" type="date" value={value.from} max={value.to || "9999-12-31"} onInput={(event) => set({ from: event.currentTarget.value })} />
        <Field label="To" type="date" value={value.to} min={value.from || undefined} max="9999-12-31" problem={at("range")} onInput={(event) => set({ to: event.currentTarget.value })} />
      </div>
      {objecttype === "slot" ? (
        <Groups chosen={value.among} onChange={(among) => set({ among })} />
      ) : (
        <Rooms chosen={value.among} problem={at("in")} onChange={(among) => set({ among })} />
      )}
    </>
  );
}

function Groups({ chosen, onChange }: { chosen: string[]; onChange: (uuids: string[]) => void }) {
  const [groups, setGroups] = useState<Group[]>([]);
  const [problem, setProblem] = useState("");
  useEffect(() => {
    const leaving = new AbortController();
    allGroups(leaving.signal).then(setGroups, (error: Error) => leaving.signal.aborted || setProblem(error.message));
    return () => leaving.abort();
  }, []);
  // a group that is gone, or that could not be asked for, stays chosen until somebody unticks it
  const shown = [...groups, ...chosen.filter((uuid) => !groups.some((group) => group.uuid === uuid)).map((uuid) => ({ uuid, name: uuid }))];
  if (problem && !shown.length) return <p class="problem">{problem}</p>;
  if (!shown.length) return null;
  return (
    <fieldset>
      <legend>In one of these groups</legend>
      <div class="choices">
        {shown.map(({ uuid, name }) => (
          <Check
            key={uuid}
            label={name}
            checked={chosen.includes(uuid)}
            onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, uuid] : chosen.filter((one) => one !== uuid))}
          />
        ))}
      </div>
      {chosen.length ? null : <p class="hint">None chosen: slots of any group, and of none.</p>}
    </fieldset>
  );
}

async function allGroups(signal: AbortSignal): Promise<Group[]> {
  const found: Group[] = [];
  let after: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer: { data: Group[]; paging: { after: string | null } } = await call("GET", "v1/groups", { query: { limit: 100, after }, signal });
    found.push(...answer.data);
    after = answer.paging.after;
    if (!after) break;
  }
  return found;
}

function Rooms({ chosen, problem, onChange }: { chosen: string[]; problem: string | null; onChange: (slugs: string[]) => void }) {
  const [text, setText] = useState(() => chosen.join(", "));
  return (
    <Field
      label="In one of these rooms"
      value={text}
      placeholder="any"
      problem={problem}
      hint="Their short names, with commas between."
      onInput={(event) => {
        setText(event.currentTarget.value);
        onChange(event.currentTarget.value.split(",").map((slug) => slug.trim()).filter(Boolean));
      }}
    />
  );
}
