// Private links that calendars subscribe to. The service tells a link once; this browser remembers it until its owner signs out.
import { effect, signal } from "@preact/signals";
import { call } from "../../shell/api";
import { OWN, account } from "../../shell/session";

export interface Feed {
  group: string | null;
  created: string;
  /** Known only in the browser it was made in. */
  url?: string;
}

interface MadeFeed extends Feed {
  url: string;
  passkey: string;
}

const PLACE = `${OWN}feeds`;

/** Null until they are loaded. */
export const feeds = signal<Feed[] | null>(null);

effect(() => {
  if (!account.value) feeds.value = null;
});

function remembered(): Feed[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(kept) ? (kept as Feed[]) : [];
  } catch {
    return [];
  }
}

export async function loadFeeds(): Promise<void> {
  const { feeds: list } = await call<{ feeds: Feed[] }>("GET", "v1/feeds");
  const known = new Map(remembered().map((feed) => [`${feed.group} ${feed.created}`, feed.url]));
  const shown = list.map((feed) => ({ ...feed, url: known.get(`${feed.group} ${feed.created}`) }));
  localStorage.setItem(PLACE, JSON.stringify(shown.filter(({ url }) => url)));
  feeds.value = shown.sort((a, b) => (a.created < b.created ? 1 : -1));
}

/** Make a link to all slots, or to those of a group. */
export async function createFeed(group: string): Promise<string> {
  const { url, created, group: of } = await call<MadeFeed>("POST", "v1/feeds", { json: group ? { group } : {} });
  localStorage.setItem(PLACE, JSON.stringify([...remembered(), { group: of, created, url }]));
  await loadFeeds();
  return url;
}

/** End a link, so that whoever has it gets nothing any more. Takes the link, or the key in it. */
export async function endFeed(address: string): Promise<void> {
  const key = address.trim().split(/[?#]/)[0]?.split("/").pop()?.replace(/\.ics$/, "") ?? "";
  await call("DELETE", `v1/feeds/${encodeURIComponent(key)}`);
  await loadFeeds();
}
