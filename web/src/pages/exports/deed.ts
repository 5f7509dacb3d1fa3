// Something a button does: once at a time however often it is pressed, and what goes wrong is said.
import { useRef, useState } from "preact/hooks";
import { say } from "../../parts/messages";

/** Give whether a deed is under way, and what runs one; while one is, others are not begun. */
export function useDeed(): [boolean, (deed: () => Promise<void>) => Promise<void>] {
  const [busy, setBusy] = useState(false);
  const going = useRef(false);
  async function run(deed: () => Promise<void>) {
    if (going.current) return;
    going.current = true;
    setBusy(true);
    try {
      await deed();
    } catch (error) {
      if (!(error instanceof DOMException && error.name === "AbortError")) say((error as Error).message, "bad");
    } finally {
      going.current = false;
      setBusy(false);
    }
  }
  return [busy, run];
}
