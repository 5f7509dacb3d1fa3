// Which colour is which group; a click hides or shows it.
import { useState } from "preact/hooks";
import { type Group, type groups as known } from "../../slots/groups";
import { UNGROUPED } from "./events";

interface LegendProps {
  groups: typeof known.value;
  tones: Map<string, number>;
  hidden: ReadonlySet<string>;
  onToggle: (uuid: string) => void;
  onManage: () => void;
}

/** More groups than this get a field to find one. */
const MANY = 15;

export function Legend({ groups, tones, hidden, onToggle, onManage }: LegendProps) {
  const [sought, setSought] = useState("");
  const [open, setOpen] = useState(() => matchMedia("(min-width: 60rem)").matches);
  const list = groups?.list ?? [];
  const found = named(list, sought);
  return (
    <details class="legend" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        Groups{hidden.size ? <span class="faint"> · {hidden.size} hidden</span> : null}
      </summary>
      {list.length > MANY ? (
        <input type="search" aria-label="Find a group" placeholder="Find a group" value={sought} onInput={(event) => setSought(event.currentTarget.value)} />
      ) : null}
      <ul>
        {found.map((group) => (
          <Entry key={group.uuid} name={group.name} tone={tones.get(group.uuid)} shown={!hidden.has(group.uuid)} onToggle={() => onToggle(group.uuid)} />
        ))}
        {sought ? null : <Entry name="No group" tone={undefined} shown={!hidden.has(UNGROUPED)} onToggle={() => onToggle(UNGROUPED)} />}
      </ul>
      {groups?.more ? <p class="hint">There are more groups than are listed here.</p> : null}
      <button type="button" class="quiet manage" onClick={onManage}>
        Manage groups
      </button>
    </details>
  );
}

function Entry({ name, tone, shown, onToggle }: { name: string; tone: number | undefined; shown: boolean; onToggle: () => void }) {
  return (
    <li>
      <label class={`legend-entry ${tone === undefined ? "tone-none" : `tone-${tone}`}`}>
        <input type="checkbox" checked={shown} onChange={onToggle} />
        <span class="clip" dir="auto">
          {name}
        </span>
      </label>
    </li>
  );
}

/** Give the groups whose name has a text in it. */
export function named(list: readonly Group[], sought: string): Group[] {
  const text = sought.trim().toLocaleLowerCase();
  return list.filter((group) => group.name.toLocaleLowerCase().includes(text));
}
