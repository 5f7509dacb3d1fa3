// Which groups a slot is in.
import { useState } from "preact/hooks";
import { groups } from "../../slots/groups";
import { named } from "./legend";

/** More groups than this get a field to find one. */
const MANY = 12;

export function GroupChoice({ chosen, problem, onChange }: { chosen: string[]; problem?: string; onChange: (groups: string[]) => void }) {
  const [sought, setSought] = useState("");
  const list = groups.value?.list ?? [];
  if (list.length === 0) return null;
  const toggle = (uuid: string) => onChange(chosen.includes(uuid) ? chosen.filter((each) => each !== uuid) : [...chosen, uuid]);
  return (
    <fieldset class="group-choice">
      <legend>Groups</legend>
      {list.length > MANY ? (
        <input type="search" aria-label="Find a group" placeholder="Find a group" value={sought} onInput={(event) => setSought(event.currentTarget.value)} />
      ) : null}
      <div class="group-choices">
        {named(list, sought).map((group) => (
          <label key={group.uuid} class="group-chip">
            <input type="checkbox" checked={chosen.includes(group.uuid)} onChange={() => toggle(group.uuid)} />
            <span class="clip" dir="auto">
              {group.name}
            </span>
          </label>
        ))}
      </div>
      {problem ? <p class="problem">{problem}</p> : null}
    </fieldset>
  );
}
