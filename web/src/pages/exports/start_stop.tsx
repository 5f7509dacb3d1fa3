// Begins a run, or ends the one that is going; ending asks first.
import { useState } from "preact/hooks";
import { Confirm } from "../../parts/dialog";
import { say } from "../../parts/messages";
import { useDeed } from "./deed";
import { type Export, type Overview, running, start, stop } from "./export";

export function StartStop({ shown, onDone, primary = false }: { shown: Overview; onDone: (after: Export) => void; primary?: boolean }) {
  const [busy, run] = useDeed();
  const [asking, setAsking] = useState(false);
  const { _id: id, name } = shown.export;
  const going = running(shown._state);
  const begin = async () => {
    onDone(await start(id));
    say("Started.");
  };
  const end = async () => {
    onDone(await stop(id));
    say("Stopped.");
  };
  return (
    <>
      {going ? (
        <button type="button" aria-label={primary ? undefined : `Stop ${name}`} onClick={() => setAsking(true)}>
          Stop
        </button>
      ) : (
        <button type="button" class={primary ? "primary" : ""} aria-label={primary ? undefined : `Start ${name}`} disabled={busy} onClick={() => void run(begin)}>
          Start
        </button>
      )}
      {asking ? (
        <Confirm title="Stop this run?" deed="Stop the run" onConfirm={end} onClose={() => setAsking(false)}>
          <p>It ends for good and what it has written so far is removed. You can start a new run at any time.</p>
        </Confirm>
      ) : null}
    </>
  );
}
