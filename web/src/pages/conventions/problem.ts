import { ApiError } from "../../shell/api";

/** Put in a line what went wrong, with the fields it is about. */
export function sentence(error: unknown): string {
  if (!(error instanceof ApiError)) return (error as Error).message;
  const fields = Object.entries((error.details["fields"] ?? {}) as Record<string, string>).map(([field, fault]) => `${field}: ${fault}`);
  return fields.length ? `${error.message}: ${fields.join("; ")}.` : `${error.message}.`.replace(/\.\.$/, ".");
}
