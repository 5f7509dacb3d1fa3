// The groups of whoever is signed in, loaded once and shared by the pages that need them.
import { effect, signal } from "@preact/signals";
import { call } from "../shell/api";
import { token } from "../shell/session";

export interface Group {
  uuid: string;
  name: string;
  image: string;
  public: boolean;
  description: string;
}

interface Known {
  list: Group[];
  /** Whether there are more than the pages show. */
  more: boolean;
}

/** The service's largest page, and how many of them a page of ours asks for. */
const PAGE = 100;
const MAX_PAGES = 10;
/** Colours there are for groups; they are in the calendar's style sheet. */
export const TONES = 10;

/** Null until they are loaded. */
export const groups = signal<Known | null>(null);

let owner: string | null = null;
effect(() => {
  if (token.value !== owner) groups.value = null;
  owner = token.value;
});

/** Load the groups anew. Throws `ApiError`. */
export async function loadGroups(): Promise<void> {
  const whose = token.value;
  const list: Group[] = [];
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const answer: { data: Group[]; paging: { after: string | null } } = await call("GET", "v1/groups", { query: { limit: PAGE, after } });
    list.push(...answer.data);
    after = answer.paging.after;
    if (after === null) break;
  }
  if (token.value === whose) groups.value = { list, more: after !== null };
}

export type GroupChange = Partial<Pick<Group, "name" | "public" | "description">>;

export async function createGroup(group: GroupChange): Promise<Group> {
  const made = await call<Group>("POST", "v1/groups", { json: group });
  await loadGroups();
  return made;
}

export async function changeGroup(uuid: string, change: GroupChange): Promise<void> {
  await call("PATCH", `v1/groups/${uuid}`, { json: change });
  await loadGroups();
}

/** Remove a group; its slots stay. A large one takes several requests. */
export async function deleteGroup(uuid: string): Promise<void> {
  while ((await call<{ state?: string } | null>("DELETE", `v1/groups/${uuid}`))?.state === "removing");
  await loadGroups();
}

/** Give each group its colour: always the same one, and a different one than its neighbours while there are enough. */
export function tones(list: readonly Group[]): Map<string, number> {
  const given = new Map<string, number>();
  const uses = new Array<number>(TONES).fill(0);
  for (const { uuid } of [...list].sort((a, b) => (a.uuid < b.uuid ? -1 : 1))) {
    const wish = Number.parseInt(uuid.slice(0, 6), 16) % TONES;
    const least = Math.min(...uses);
    let tone = wish;
    while ((uses[tone] ?? 0) > least) tone = (tone + 1) % TONES;
    uses[tone] = (uses[tone] ?? 0) + 1;
    given.set(uuid, tone);
  }
  return given;
}
