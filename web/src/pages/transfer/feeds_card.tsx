// Subscribe: private links by which other calendars follow this one.
import { useEffect, useState } from "preact/hooks";
import { Confirm, Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { say } from "../../parts/messages";
import { type Feed, createFeed, endFeed, feeds, loadFeeds } from "./feeds";
import { GroupSelect, groupName } from "./group_select";

export function FeedsCard() {
  const [group, setGroup] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [ending, setEnding] = useState<Feed | null>(null);
  useEffect(() => {
    loadFeeds().catch((error: Error) => setProblem(error.message));
  }, []);

  async function make(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await copy(await createFeed(group));
    } catch (error) {
      setProblem((error as Error).message);
    }
    setBusy(false);
  }

  return (
    <section class="card" aria-labelledby="feeds-title">
      <h2 id="feeds-title">Subscribe</h2>
      <p class="faint">A private link that another calendar follows: what changes here appears there. Whoever has the link can read along.</p>
      <form class="feed-form" onSubmit={(event) => void make(event)}>
        <GroupSelect label="Link to" none="Everything" value={group} onChange={setGroup} />
        <button type="submit" disabled={busy}>
          Make a link
        </button>
      </form>
      {problem ? (
        <p class="problem" role="alert">
          {problem}
        </p>
      ) : null}
      <ul class="feed-list">
        {(feeds.value ?? []).map((feed) => (
          <li key={`${feed.group} ${feed.created}`}>
            <div class="feed-what">
              <strong class="clip" dir="auto">
                {feed.group === null ? "Everything" : (groupName(feed.group) ?? "A group that is gone")}
              </strong>
              <span class="hint">made {new Date(feed.created).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}</span>
            </div>
            {feed.url ? (
              <button type="button" onClick={() => void copy(feed.url ?? "")}>
                Copy link
              </button>
            ) : null}
            <button type="button" class="quiet" onClick={() => setEnding(feed)}>
              End
            </button>
          </li>
        ))}
      </ul>
      {ending?.url ? (
        <Confirm
          title="End this link?"
          deed="End it"
          onClose={() => setEnding(null)}
          onConfirm={async () => {
            await endFeed(ending.url ?? "");
            say("The link has ended.");
          }}
        >
          <p>Calendars that follow it get nothing any more.</p>
        </Confirm>
      ) : null}
      {ending && !ending.url ? <EndByLink onClose={() => setEnding(null)} /> : null}
    </section>
  );
}

/** Ends a link that was made elsewhere: only whoever has it can name it. */
function EndByLink({ onClose }: { onClose: () => void }) {
  const [address, setAddress] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function end(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await endFeed(address);
      say("The link has ended.");
      onClose();
    } catch (error) {
      setProblem((error as Error).message);
      setBusy(false);
    }
  }

  return (
    <Dialog title="End a link" onClose={onClose}>
      <p>This link was made in another browser, or before you signed out. Only the link itself names it: paste it here, as it stands in the calendar that follows it.</p>
      <form onSubmit={(event) => void end(event)}>
        <Field label="Link" value={address} required autocomplete="off" spellcheck={false} problem={problem} onInput={(event) => setAddress(event.currentTarget.value)} />
        <div class="actions">
          <button type="submit" class="danger" disabled={busy}>
            End it
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Put a link into the clipboard; where that is not allowed, the link is still there to be shown. */
async function copy(address: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(address);
    say("The link is copied. Paste it where your calendar asks for an address to subscribe to.");
  } catch {
    say(`Copy this link: ${address}`, "bad");
  }
}
