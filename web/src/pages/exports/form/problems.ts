// What the service refused, brought to the field it speaks of.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import { ApiError } from "../../../shell/api";

interface Refused {
  /** Such as `export.search.search[0].fields[1]`. */
  path: string;
  reason: string;
}

const NOTHING: Refused = { path: "", reason: "" };
export const Problems = createContext<Refused>(NOTHING);

/** Find the place and the reason in an error of the service. */
export function refusedPlace(error: unknown): Refused {
  if (!(error instanceof ApiError)) return NOTHING;
  if (error.code === "error.user.export_name_required") return { path: "export.name", reason: error.message };
  const { path, attribute, description } = error.details;
  if (typeof path !== "string") return NOTHING;
  const missing = error.code === "error.api.attribute_expected" && typeof attribute === "string";
  const text = typeof description === "string" ? description : error.message;
  const reason = error.details["expected"] === "integer" ? "A whole number is expected." : text.slice(text.indexOf(": ") + 1).trim();
  return { path: missing ? [path, attribute].filter(Boolean).join(".") : path, reason: missing ? "This is needed." : reason.charAt(0).toUpperCase() + reason.slice(1) };
}

/** Give a function that gives the problem at a path or, unless `exact`, anywhere inside it. */
export function useProblem(): (path: string, exact?: boolean) => string | null {
  const { path: refused, reason } = useContext(Problems);
  return (path, exact = false) => {
    const inside = refused === path || (!exact && refused.startsWith(path) && /^[.[]/.test(refused.slice(path.length)));
    return refused && inside ? reason : null;
  };
}
