// The fields that searches and columns can name, with words for them. The service refuses any other.
import type { ObjectType } from "./export";

/** Words for fields of searches, and what they share with columns. */
export const FIELDS: Record<string, string> = {
  uid: "UID",
  title: "Title",
  description: "Description",
  visibility: "Visibility",
  start: "Start",
  end: "End",
  "location.name": "Place",
  "location.city": "City",
  "location.country": "Country",
  "group.uuid": "Group (id)",
  "group.name": "Group",
  id: "Id",
  "event.title": "Event",
  "event.id": "Event (id)",
  "location.slug": "Room",
  "location.area": "Area",
  "host.email": "Host (e-mail)",
};

export const MOMENTS = ["start", "end"];

/** What a search can look at. */
export const SEARCHED: Record<ObjectType, string[]> = {
  slot: ["title", "description", "start", "end", "location.name", "location.city", "location.country", "group.name", "group.uuid", "visibility", "uid"],
  timeslot: ["event.title", "start", "end", "location.slug", "location.area", "host.email", "id", "event.id"],
};

/** What JSON, XML and CSV can be reduced to, in the order in which everything is printed. */
export const COLUMNS: Record<ObjectType, string[]> = {
  slot: [
    "uid",
    "title",
    "description",
    "visibility",
    "start",
    "end",
    "allday",
    "timezone",
    "location.name",
    "location.address",
    "location.postalcode",
    "location.city",
    "location.country",
    "location.latitude",
    "location.longitude",
    "group.uuid",
    "group.name",
    "media",
    "notes",
    "settings",
    "ical",
  ],
  timeslot: [
    "id",
    "start",
    "end",
    "duration",
    "event.id",
    "event.title",
    "event.teaser",
    "event.description",
    "event.status",
    "location.slug",
    "location.title",
    "location.area",
    "host.name",
    "host.email",
    "min_attendees",
    "max_attendees",
    "notes_to_attendees",
  ],
};

/** Begins the names of a convention's tags as fields. */
export const TAG = "tag.";

export const fieldWords = (name: string) => FIELDS[name] ?? name;
