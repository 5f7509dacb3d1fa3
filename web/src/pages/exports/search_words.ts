// A search in words.
import { FIELDS } from "./vocabulary";

interface Said {
  type?: unknown;
  bool?: unknown;
  fields?: unknown;
  field?: unknown;
  string?: unknown;
  in?: unknown;
  from?: unknown;
  to?: unknown;
  search?: unknown;
}
/** Values that are named; of more it is said how many. */
const NAMED = 3;

/** Say what a search takes. */
export function searchWords(search: unknown): string {
  const { search: elements } = (search ?? {}) as { search?: unknown };
  return Array.isArray(elements) && elements.length ? all(elements as Said[]) : "Everything";
}

function all(elements: Said[]): string {
  const of = (bool: string) => elements.filter((element) => (element.bool ?? "must") === bool).map(one);
  const should = of("should");
  return [...of("must"), ...(should.length ? [should.length > 1 ? `(${should.join(" or ")})` : should.join("")] : []), ...of("must_not").map((text) => `not ${text}`)].join(" and ");
}

function one(element: Said): string {
  switch (element.type) {
    case "match":
      return `${names(element.fields) || "any text"} contains “${String(element.string)}”`;
    case "in":
      return `${names(element.fields)} is ${values(element.in)}`;
    case "range": {
      const from = element.from == null ? "" : ` from ${String(element.from)}`;
      const to = element.to == null ? "" : ` to ${String(element.to)}`;
      return `${names([element.field])}${from}${to}`;
    }
    case "complex":
      return `(${Array.isArray(element.search) ? all(element.search as Said[]) : ""})`;
    default:
      return JSON.stringify(element);
  }
}

const names = (fields: unknown) => (Array.isArray(fields) ? fields.map((field) => FIELDS[String(field)] ?? String(field)).join(" or ") : "");

function values(given: unknown): string {
  const list = Array.isArray(given) ? given.map((value) => (value === null ? "empty" : String(value))) : [];
  return list.length > NAMED ? `one of ${list.length.toLocaleString()} values` : list.join(" or ");
}
