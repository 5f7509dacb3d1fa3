// Who may change the convention.
import { useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { Confirm } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { say } from "../../parts/messages";
import { call } from "../../shell/api";
import { account } from "../../shell/session";
import type { TabProps } from "./convention";
import { useList } from "./listing";
import { sentence } from "./problem";
import type { Account } from "./service";

export function Managers({ convention }: TabProps) {
  const key = convention["public-key"];
  const { items, problem, reload } = useList<Account>("entities/managers", key);
  const [email, setEmail] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [dismissing, setDismissing] = useState<Account | null>(null);
  const own = account.value?.email.toLowerCase();

  async function appoint(event: SubmitEvent) {
    event.preventDefault();
    setBusy(true);
    setRefused(null);
    try {
      await call("POST", "entities/managers", { convention: key, json: { email: email.trim() } });
      setEmail("");
      await reload();
      say("They are a manager now.");
    } catch (error) {
      setRefused(sentence(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <>
      <h2>Managers</h2>
      {problem ? <p class="problem" role="alert">{problem}</p> : null}
      {!items && !problem ? <Busy label="Looking for managers" /> : null}
      <ul class="people card">
        {items?.map((person) => (
          <li key={person.id}>
            <span class="clip" dir="auto">
              {person.name} <span class="faint">{person.email}</span>
            </span>
            {person.email.toLowerCase() === own ? (
              <span class="tag">you</span>
            ) : (
              <button type="button" class="quiet" aria-label={`Dismiss ${person.name || person.email}`} onClick={() => setDismissing(person)}>
                Dismiss
              </button>
            )}
          </li>
        ))}
      </ul>
      <form class="add-line" onSubmit={appoint}>
        <Field label="E-mail of a user" type="email" required maxLength={320} value={email} problem={refused} hint="They need an account here." onInput={(event) => setEmail(event.currentTarget.value)} />
        <button type="submit" disabled={busy}>
          Make manager
        </button>
      </form>
      {dismissing ? (
        <Confirm
          title="Dismiss this manager?"
          deed="Dismiss"
          onClose={() => setDismissing(null)}
          onConfirm={async () => {
            await call("DELETE", `entities/managers/${dismissing.id}`, { convention: key });
            await reload();
            say("They are no manager any more.");
          }}
        >
          <p><bdi>{dismissing.name || dismissing.email}</bdi> will see and change no more than visitors do.</p>
        </Confirm>
      ) : null}
    </>
  );
}
