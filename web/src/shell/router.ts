// Which page is shown, from the fragment of the address: `#/exports/12?tab=log` is the page "exports" with ["12"] and {tab: "log"}.
import { computed, signal } from "@preact/signals";

export interface Place {
  /** The first part of the path; "" is the start. */
  page: string;
  /** The parts that follow, decoded. */
  parts: string[];
  query: URLSearchParams;
  /** The key of `#server_error:<key>`, to which the service redirects; null elsewhere. */
  serverError: string | null;
}

const fragment = signal(location.hash);
addEventListener("hashchange", () => {
  fragment.value = location.hash;
});

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Where the reader is. */
export const place = computed<Place>(() => parse(fragment.value));

export function parse(hash: string): Place {
  if (hash.startsWith("#server_error:")) {
    return { page: "", parts: [], query: new URLSearchParams(), serverError: decode(hash.slice("#server_error:".length)) };
  }
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?", 2);
  const [page = "", ...parts] = path.split("/").map(decode);
  return { page, parts, query: new URLSearchParams(query), serverError: null };
}

/** Give the link to a page: `link("exports", 12)` is `#/exports/12`. */
export function link(page: string, ...parts: (string | number)[]): string {
  return `#/${[page, ...parts.map((part) => encodeURIComponent(part))].join("/")}`;
}

/** Go to a link, with or without leaving a step to go back to. */
export function go(to: string, { replace = false } = {}): void {
  if (replace) {
    history.replaceState(null, "", to);
    fragment.value = location.hash;
  } else location.hash = to;
}
