// What the service keeps of a convention, and the calls that read and change it.
import { ApiError, call, send } from "../../shell/api";
import { later } from "../../slots/times";
import { instantIn } from "./wall";

export interface Convention {
  id: string;
  title: string;
  slug: string;
  series: string;
  website: string;
  location: string;
  "start-date": string | null;
  "end-date": string | null;
  timezone: string;
  /** The following are there for managers only. */
  "host-clash"?: "warn" | "refuse";
  "hide-host-emails"?: boolean;
  "public-key"?: string;
  "secret-key"?: string;
}

export interface Managed extends Convention {
  "host-clash": "warn" | "refuse";
  "hide-host-emails": boolean;
  "public-key": string;
  "secret-key": string;
}

export function isManaged(convention: Convention): convention is Managed {
  return convention["public-key"] !== undefined;
}

export interface Room {
  slug: string;
  title: string;
  area: string | null;
  "max-attendees": string | null;
  parallel: boolean;
}

export interface Person {
  name: string;
  email?: string | null;
}

export interface Account {
  id: string;
  email: string;
  name: string;
}

export interface ConEvent {
  id: string;
  title: string;
  teaser: string | null;
  description: string | null;
  "requires-registration": boolean;
  duration: string | null;
  "min-attendees": string | null;
  "max-attendees": string | null;
  "notes-to-attendees": string | null;
  "notes-to-staff"?: string | null;
  "logistical-requirements"?: string | null;
  "scheduling-constraints"?: string | null;
  tags: Record<string, string | string[]>;
  user: Person;
  price: string;
  status: string;
}

/** What the numbers of an event's status mean; the service makes scheduled and approved ones public. */
export const STATUSES = ["Submitted", "Has teaser", "Content approved", "Logistics approved", "Scheduled", "Approved", "Cancelled"] as const;
export const CANCELLED = "6";

export function isPublic(event: ConEvent): boolean {
  return event.status === "4" || event.status === "5";
}

export interface TimeSlot {
  id: string;
  /** Minutes. */
  duration: string;
  event: ConEvent;
  /** By the convention's clocks, with their offset. */
  start: string;
  end: string;
  locations: Room[];
  hosts: Person[];
  "notes-to-attendees": string | null;
  "max-attendees": string | null;
}

export interface Warning {
  code: string;
  message: string;
}

export interface TagType {
  title: string;
  requirement: "1" | "*" | "+";
  public: boolean;
  values: string[];
}

/** What is in the way of a time slot, as the service names it. */
export interface InTheWay {
  id: string;
  start: string;
  end: string;
}

/** Read a list to its end: the service says where it goes on. */
export async function everything<T>(path: string, convention?: string): Promise<T[]> {
  const found: T[] = [];
  for (let after: string | null = ""; after !== null; ) {
    const response: Response = await send("GET", path, { query: { after }, convention });
    found.push(...((await response.json()) as T[]));
    after = following(response);
  }
  return found;
}

function following(response: Response): string | null {
  const next = /<([^>]+)>;\s*rel="next"/.exec(response.headers.get("Link") ?? "")?.[1];
  return next ? new URL(next, document.baseURI).searchParams.get("after") : null;
}

/** Read all time slots; null when they are still what `etag` names. */
export async function timeSlots(convention: Managed, etag = ""): Promise<{ slots: TimeSlot[]; etag: string } | null> {
  const key = convention["public-key"];
  try {
    const headers: Record<string, string> = etag ? { "If-None-Match": etag } : {};
    const response = await send("GET", "entities/timeslots", { convention: key, headers });
    const slots = (await response.json()) as TimeSlot[];
    for (let after = following(response); after !== null; ) {
      const more = await send("GET", "entities/timeslots", { convention: key, query: { after } });
      slots.push(...((await more.json()) as TimeSlot[]));
      after = following(more);
    }
    return { slots, etag: response.headers.get("ETag") ?? "" };
  } catch (error) {
    if (error instanceof ApiError && error.status === 304) return null;
    throw error;
  }
}

/** Where and when somebody wants an event to be. `start` is a wall-clock time of the convention. */
export interface Booking {
  start: string;
  /** Minutes. */
  duration: number;
  locations: string[];
  /** Null leaves them to the service: the event's owner, or who they are already. */
  hosts: Person[] | null;
  /** Of this time alone; not there when they are left as they are. */
  notes?: string;
  /** People at most; empty for as many as the event has. */
  most?: string;
}

export interface Saved {
  slot: TimeSlot;
  warnings: Warning[];
}

/** Give an event a time. Throws `ApiError`: for what is in the way, with `details.timeslots`. */
export async function book(convention: Managed, event: string, booking: Booking): Promise<Saved> {
  const { start, duration, locations, hosts } = booking;
  const json = { event, start, duration, locations, ...(hosts ? { hosts: hosts.map(named) } : {}), ...details(booking) };
  return saved(await call("POST", "entities/timeslots", { convention: convention["public-key"], json }));
}

/** Change when, where and with whom a time slot is. Throws `ApiError`. */
export async function rebook(convention: Managed, slot: TimeSlot, booking: Booking): Promise<Saved> {
  const had = slot.locations.map((room) => room.slug);
  const hosts = booking.hosts ?? slot.hosts;
  const json: Record<string, unknown> = {
    locations: booking.locations.filter((slug) => !had.includes(slug)),
    "remove-locations": had.filter((slug) => !booking.locations.includes(slug)),
    hosts: hosts.filter((host) => !slot.hosts.some((other) => samePerson(host, other))).map(named),
    "remove-hosts": slot.hosts.filter((host) => !hosts.some((other) => samePerson(host, other))).map(named),
  };
  // What stays is not sent: a time in the hour that occurs twice would be taken for the first.
  if (booking.start !== slot.start.slice(0, 19)) json["start"] = booking.start;
  if (booking.duration !== Number(slot.duration)) json["duration"] = booking.duration;
  const { "max-attendees": most, "notes-to-attendees": notes } = details(booking);
  if (most !== undefined && most !== slot["max-attendees"]) json["max-attendees"] = most;
  if (notes !== undefined && notes !== (slot["notes-to-attendees"] ?? "")) json["notes-to-attendees"] = notes;
  return saved(await call("PUT", `entities/timeslots/${slot.id}`, { convention: convention["public-key"], json }));
}

function details(booking: Booking): { "notes-to-attendees"?: string; "max-attendees"?: string } {
  return { ...(booking.notes === undefined ? {} : { "notes-to-attendees": booking.notes }), ...(booking.most ? { "max-attendees": booking.most } : {}) };
}

function saved(answer: TimeSlot & { warnings?: Warning[] }): Saved {
  const { warnings = [], ...slot } = answer;
  return { slot, warnings };
}

function named(person: Person): Record<string, string> {
  return person.email ? { email: person.email, name: person.name } : { name: person.name };
}

export function samePerson(a: Person, b: Person): boolean {
  return key(a) === key(b);
}

function key(person: Person): string {
  return person.email ? person.email.trim().toLowerCase() : `name:${person.name.trim().toLowerCase()}`;
}

/** Give the instants, in milliseconds, that a booking begins and ends at. */
export function span(booking: Booking, timezone: string): [number, number] {
  const start = instantIn(timezone, booking.start);
  return [start, start + booking.duration * 60_000];
}

/** Give the days on which there is something to show: the convention's own and those of its time slots. */
export function days(convention: Convention, slots: TimeSlot[]): string[] {
  const found = new Set(slots.map((slot) => slot.start.slice(0, 10)));
  const first = convention["start-date"] ?? convention["end-date"];
  const last = convention["end-date"] ?? convention["start-date"];
  for (let day = first, count = 0; day && last && day <= last && count < 62; day = later(day, 86_400_000), count += 1) found.add(day);
  return [...found].sort();
}
