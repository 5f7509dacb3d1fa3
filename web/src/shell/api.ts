// Calls the three interfaces: one place that knows addresses, tokens and how each interface speaks of errors.
import { forgetSession, token } from "./session";

/** The address that all paths hang from: where the page was served, so that stages and base paths work. */
export const base = new URL(".", document.baseURI);

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Call {
  query?: Query;
  json?: unknown;
  body?: BodyInit;
  headers?: Record<string, string>;
  /** Public key of the convention that a call under /entities is about. */
  convention?: string;
  signal?: AbortSignal;
}

/** What the service refused, or why it could not be reached. `message` is for people. */
export class ApiError extends Error {
  constructor(
    message: string,
    /** The HTTP status; 0 when there was no answer. */
    readonly status: number,
    /** The interface's own code, such as `group_not_found` or `error.user.export_not_done`; empty where it has none. */
    readonly code: string,
    /** What the interface said beside it: parameters, details. */
    readonly details: Record<string, unknown>,
    readonly headers: Headers = new Headers(),
  ) {
    super(message);
  }
}

/** Give the full address of a path such as `v1/slots`. */
export function url(path: string, query: Query = {}): URL {
  const address = new URL(path.replace(/^\//, ""), base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") address.searchParams.set(name, String(value));
  }
  return address;
}

/** Call the service and give the response, whatever its body. Throws `ApiError` for everything but success. */
export async function send(method: string, path: string, call: Call = {}): Promise<Response> {
  const headers = new Headers(call.headers);
  if (!headers.has("Accept")) headers.set("Accept", "application/json");
  if (token.value && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${token.value}`);
  if (call.convention) headers.set("Convention", call.convention);
  let body = call.body;
  if (call.json !== undefined) {
    headers.set("Content-Type", "application/json");
    body = JSON.stringify(call.json);
  }
  let response: Response;
  try {
    response = await fetch(url(path, call.query), { method, headers, body, signal: call.signal, credentials: "omit" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("The service cannot be reached. Look at your connection and try again.", 0, "unreachable", {});
  }
  if (response.ok) return response;
  throw await refusal(response);
}

/** Call the service and give the JSON of its answer; null when it has none. */
export async function call<T = unknown>(method: string, path: string, options: Call = {}): Promise<T> {
  const response = await send(method, path, options);
  const text = await response.text();
  return (text ? JSON.parse(text) : null) as T;
}

async function refusal(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => "");
  let said: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text);
    if (parsed && typeof parsed === "object") said = parsed as Record<string, unknown>;
  } catch {
    // not JSON: nothing of ours
  }
  const { message, code, details } = words(said, response.status);
  // A wrong password, asked for once more before something grave, ends no session.
  const nobody = (response.status === 401 && code !== "wrong_credentials") || code === "error.user.not_authenticated";
  if (nobody && token.value) forgetSession("expired");
  return new ApiError(message, response.status, code, details, response.headers);
}

/** The three interfaces' ways of saying no: `{error: {code, message}}`, `{realm, code, …}`, `{status: false, error, details}`. */
function words(said: Record<string, unknown>, status: number): { message: string; code: string; details: Record<string, unknown> } {
  const error = said["error"];
  if (error && typeof error === "object") {
    const { code, message, ...details } = error as Record<string, unknown>;
    return { message: String(message ?? code ?? status), code: String(code ?? ""), details };
  }
  if (typeof said["code"] === "string") {
    const parameters = (said["parameters"] ?? {}) as Record<string, unknown>;
    const description = typeof said["description"] === "string" ? said["description"] : exportWords(said["code"], parameters, said["uuid"]);
    return { message: description, code: said["code"], details: { ...said, ...parameters } };
  }
  if (typeof error === "string") return { message: error, code: "", details: (said["details"] ?? {}) as Record<string, unknown> };
  if (typeof said["message"] === "string") return { message: said["message"], code: "", details: said };
  return { message: status >= 500 ? "Something went wrong on our side. Try again in a moment." : `The service answered ${status}.`, code: "", details: said };
}

const EXPORT_WORDS: Record<string, string> = {
  "error.user.not_authenticated": "You are not signed in any more.",
  "error.user.export_not_found": "This export does not exist, or is not yours.",
  "error.user.export_file_not_found": "This export has no such file.",
  "error.user.export_already_running": "This export is running already.",
  "error.user.export_not_running": "This export is not running.",
  "error.user.export_not_done": "This export has not finished yet.",
  "error.user.export_name_required": "An export with a schedule needs a name.",
  "error.user.version_mismatch": "Somebody changed this export since you opened it. Open it again, and make your changes there.",
  "error.user.login_failed": "E-mail or password is wrong.",
  "error.user.login_blocked": "Too many failed attempts. Try again later.",
  "error.user.session_not_found": "You are not signed in any more.",
};

function exportWords(code: string, parameters: Record<string, unknown>, uuid: unknown): string {
  if (uuid) return `Something went wrong on our side (${String(uuid)}).`;
  const known = EXPORT_WORDS[code];
  if (known) return known;
  const named = Object.entries(parameters).map(([name, value]) => `${name}: ${String(value)}`);
  return `${code.split(".").pop()?.replaceAll("_", " ") ?? code}${named.length ? ` (${named.join(", ")})` : ""}`;
}
