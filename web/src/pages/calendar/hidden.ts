// Which groups are not shown, remembered in this browser.
import { signal } from "@preact/signals";
import { OWN } from "../../shell/session";

const PLACE = `${OWN}hidden-groups`;

function remembered(): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((uuid) => typeof uuid === "string") : []);
  } catch {
    return new Set();
  }
}

/** Uuids of the hidden groups; `UNGROUPED` among them hides what is in none. */
export const hiddenGroups = signal<ReadonlySet<string>>(remembered());

export function toggleGroup(uuid: string): void {
  const hidden = new Set(hiddenGroups.value);
  if (!hidden.delete(uuid)) hidden.add(uuid);
  hiddenGroups.value = hidden;
  localStorage.setItem(PLACE, JSON.stringify([...hidden]));
}
