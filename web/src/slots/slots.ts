// Slots of whoever is signed in: what they look like on the wire, and the calls that read and change them.
import { ApiError, call, send } from "../shell/api";

export type Visibility = "private" | "friends" | "foaf" | "public";

export interface Location {
  name: string;
  country: string;
  postalcode: string;
  city: string;
  address: string;
  latitude: number | null;
  longitude: number | null;
}

export interface Occurrence {
  start: string;
  end: string;
}

/** As the service prints it. Times end in `Z`, except those of a floating slot; an all-day slot's stand at midnight UTC. */
export interface Slot {
  uid: string;
  title: string;
  visibility: Visibility;
  start: string;
  end: string | null;
  location: Location | null;
  description?: string;
  allday?: boolean;
  timezone?: string;
  groups?: { uuid: string }[];
  /** The calendar text it came with, if any. */
  ical?: string;
}

export interface ListedSlot extends Slot {
  occurrences?: Occurrence[];
}

/** A slot and the revision that a change is made to. */
export interface Read {
  slot: Slot;
  etag: string;
}

/** What a change may say; what it does not name stays. */
export type Change = Partial<Omit<Slot, "uid" | "groups" | "timezone" | "ical">> & { timezone?: string | null; groups?: string[] };

export interface Page {
  data: ListedSlot[];
  paging: { after: string | null };
}

/** The largest page the service gives. */
const LARGEST_PAGE = 100;

/** Give the path of a slot: its uid as it is, or `~` and the base64url of its UTF-8 where a path cannot carry it. */
export function pathOf(uid: string): string {
  if (/^[A-Za-z0-9_.-][A-Za-z0-9_.@-]*$/.test(uid) && uid !== "." && uid !== "..") return `v1/slots/${uid}`;
  const bytes = Array.from(new TextEncoder().encode(uid), (byte) => String.fromCharCode(byte)).join("");
  return `v1/slots/~${btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "")}`;
}

/** Give what takes place in a window page by page, recurring slots with their occurrences there. Throws `ApiError`. */
export async function* windowPages(earliest: Date, latest: Date, signal: AbortSignal): AsyncGenerator<Page> {
  const query = { filter: "between", earliest: earliest.toISOString(), latest: latest.toISOString(), occurrences: true };
  let after: string | null = null;
  let limit = LARGEST_PAGE;
  do {
    let page: Page;
    try {
      page = await call<Page>("GET", "v1/slots", { query: { ...query, limit, after }, signal });
    } catch (error) {
      // Of slots with long texts not so many fit into one answer.
      if (!(error instanceof ApiError) || error.status !== 413 || limit === 1) throw error;
      limit = Math.ceil(limit / 4);
      continue;
    }
    yield page;
    after = page.paging.after;
    if (after === null) return;
  } while (!signal.aborted);
}

async function read(response: Response): Promise<Read> {
  return { slot: (await response.json()) as Slot, etag: response.headers.get("ETag") ?? "" };
}

export async function readSlot(uid: string, signal?: AbortSignal): Promise<Read> {
  return read(await send("GET", pathOf(uid), { signal }));
}

export async function createSlot(change: Change): Promise<Read> {
  return read(await send("POST", "v1/slots", { json: change }));
}

/** Change a slot that still is at a revision. Throws `ApiError` with status 412 when it is not. */
export async function changeSlot(uid: string, change: Change, etag: string): Promise<Read> {
  return read(await send("PATCH", pathOf(uid), { json: change, headers: { "If-Match": etag } }));
}

export async function deleteSlot(uid: string, etag: string): Promise<void> {
  await send("DELETE", pathOf(uid), { headers: { "If-Match": etag } });
}

/** Whether a slot recurs, or has several components: then its times are those of its first occurrence. */
export function isSeries(slot: Slot): boolean {
  const text = slot.ical ?? "";
  if (!RECURS.test(text)) return false;
  // A time zone that the text describes has rules of its own, for when its clocks are changed.
  return !text.includes("BEGIN:VTIMEZONE") || RECURS.test(text.replace(/^BEGIN:VTIMEZONE$.*?^END:VTIMEZONE$/gms, ""));
}

const RECURS = /^(RRULE|RDATE|RECURRENCE-ID)[;:]/m;
