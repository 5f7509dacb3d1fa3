// What has been typed and not saved yet, kept in this tab: an ended session, a reload or a wrong click loses nothing.
import { account } from "../../../shell/session";
import type { Draft } from "../export";

const place = (name: string) => `slotport.export-draft.${account.value?.id ?? ""}.${name}`;

export function keptDraft(name: string): Draft | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(place(name)) ?? "null") as Draft | null;
    return kept?.export && Array.isArray(kept._schedules) && Array.isArray(kept._transports) ? kept : null;
  } catch {
    return null;
  }
}

export function keepDraft(name: string, draft: Draft): void {
  try {
    sessionStorage.setItem(place(name), JSON.stringify(draft));
  } catch {
    // no room for it: it is still in the form
  }
}

export function forgetDraft(name: string): void {
  sessionStorage.removeItem(place(name));
}
