// Who is signed in, in this browser. One token works in all three interfaces.
import { computed, signal } from "@preact/signals";

export interface Account {
  id: number | string;
  email: string;
  name?: string;
  username?: string;
}

interface Kept {
  token: string;
  user: Account;
}

const PLACE = "slotport.session";
/** Names in `localStorage` that begin so hold what is the person's own: it goes when they sign out. */
export const OWN = "slotport.own.";

function read(): Kept | null {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "null") as Kept | null;
    return kept && typeof kept.token === "string" ? kept : null;
  } catch {
    return null;
  }
}

const kept = signal<Kept | null>(read());

/** The token of the session, or null. */
export const token = computed(() => kept.value?.token ?? null);
/** Who is signed in, or null. */
export const account = computed(() => kept.value?.user ?? null);
/** Why the last session ended, for the sign-in page to say. */
export const ended = signal<"" | "expired" | "signed-out">("");

/** Begin a session in this browser. */
export function keepSession(session: Kept): void {
  localStorage.setItem(PLACE, JSON.stringify(session));
  ended.value = "";
  kept.value = session;
}

/** End the session in this browser (in all its tabs). */
export function forgetSession(why: "expired" | "signed-out"): void {
  localStorage.removeItem(PLACE);
  if (why === "signed-out") for (const name of Object.keys(localStorage)) if (name.startsWith(OWN)) localStorage.removeItem(name);
  ended.value = why;
  kept.value = null;
}

addEventListener("storage", (event) => {
  if (event.key === PLACE || event.key === null) kept.value = read();
});
