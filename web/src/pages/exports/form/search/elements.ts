// The elements of a search, and which of them the editor can show without loss.
import type { ObjectType } from "../../export";
import { MOMENTS } from "../../vocabulary";

export type Bool = "must" | "should" | "must_not";
export type Mode = "fulltext" | "token" | "wildcard";

export interface Match {
  type: "match";
  bool?: Bool;
  string: string;
  fields?: string[];
  mode?: Mode;
}

export interface In {
  type: "in";
  bool?: Bool;
  fields: string[];
  in: (string | number | null)[];
}

export interface Range {
  type: "range";
  bool?: Bool;
  field: string;
  from?: string | number | null;
  to?: string | number | null;
}

export interface Complex {
  type: "complex";
  bool?: Bool;
  search: unknown[];
}

export type Element = Match | In | Range | Complex;

export interface Sort {
  field: string;
  order?: "ASC" | "DESC";
}

const texts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === "string");
const bound = (value: unknown) => value === undefined || value === null || typeof value === "string" || typeof value === "number";
const oneOf = (value: unknown, choices: string[]) => value === undefined || (typeof value === "string" && choices.includes(value));
const ATTRIBUTES: Record<string, string[]> = {
  match: ["string", "fields", "mode"],
  in: ["fields", "in"],
  range: ["field", "from", "to"],
  complex: ["search"],
};

/** Give the element if all of it can be shown in fields, else null: then it is edited as JSON. */
export function element(value: unknown): Element | null {
  if (!value || typeof value !== "object" || Array.isArray(value)) return null;
  const one = value as Record<string, unknown>;
  const known = ATTRIBUTES[String(one["type"])];
  if (!known || Object.keys(one).some((name) => name !== "type" && name !== "bool" && !known.includes(name))) return null;
  if (!oneOf(one["bool"], ["must", "should", "must_not"])) return null;
  const shown =
    one["type"] === "match"
      ? typeof one["string"] === "string" && !/[\r\n]/.test(one["string"]) && (one["fields"] === undefined || texts(one["fields"])) && oneOf(one["mode"], ["fulltext", "token", "wildcard"])
      : one["type"] === "in"
        ? texts(one["fields"]) && Array.isArray(one["in"]) && one["in"].every((item) => item === null || typeof item === "number" || (typeof item === "string" && item !== "" && !/[\r\n]|^\s|\s$/.test(item)))
        : one["type"] === "range"
          ? typeof one["field"] === "string" && bound(one["from"]) && bound(one["to"])
          : Array.isArray(one["search"]);
  return shown ? (value as Element) : null;
}

/** What a search asks for in its simple form. */
export interface Simple {
  text: string;
  /** Uuids of groups, or slugs of rooms. */
  among: string[];
  from: string;
  to: string;
}

const AMONG: Record<ObjectType, string> = { slot: "group.uuid", timeslot: "location.slug" };

/** Read a search as a simple one; null when it says more than that. */
export function simple(elements: unknown[], objecttype: ObjectType): Simple | null {
  const found: Simple = { text: "", among: [], from: "", to: "" };
  const seen = new Set<string>();
  for (const value of elements) {
    const one = element(value);
    if (!one || (one.bool ?? "must") !== "must" || one.type === "complex" || seen.has(one.type)) return null;
    seen.add(one.type);
    if (one.type === "match") {
      if (one.fields?.length || (one.mode ?? "fulltext") !== "fulltext") return null;
      found.text = one.string;
    } else if (one.type === "in") {
      if (one.fields.length !== 1 || one.fields[0] !== AMONG[objecttype] || !texts(one.in) || !one.in.length) return null;
      found.among = one.in;
    } else {
      if (one.field !== "start" || !day(one.from) || !day(one.to)) return null;
      found.from = String(one.from ?? "");
      found.to = String(one.to ?? "");
    }
  }
  return found;
}

const day = (value: unknown) => value === undefined || value === null || value === "" || /^\d{4}-\d\d-\d\d$/.test(String(value));

/** Give the elements of a simple search. */
export function elementsOf({ text, among, from, to }: Simple, objecttype: ObjectType): Element[] {
  const elements: Element[] = [];
  if (text) elements.push({ type: "match", string: text });
  if (among.length) elements.push({ type: "in", fields: [AMONG[objecttype]], in: among });
  if (from || to) elements.push({ type: "range", field: "start", ...(from ? { from } : {}), ...(to ? { to } : {}) });
  return elements;
}

/** Something to begin an element of a type with. */
export function blankElement(type: Element["type"], bool: Bool, fields: string[]): Element {
  const [first = "start"] = fields;
  switch (type) {
    case "match":
      return { type, bool, string: "", mode: "fulltext" };
    case "in":
      return { type, bool, fields: [first], in: [] };
    case "range":
      return { type, bool, field: MOMENTS[0] ?? first, from: null, to: null };
    case "complex":
      return { type, bool, search: [] };
  }
}
