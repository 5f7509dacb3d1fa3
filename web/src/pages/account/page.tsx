// Who one is, and how to leave.
import { useEffect, useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { say } from "../../parts/messages";
import { signOut } from "../../shell/account";
import { type ApiError, call } from "../../shell/api";
import { go, link } from "../../shell/router";
import { account, forgetSession } from "../../shell/session";

interface Me {
  email: string;
  username: string;
  created: string;
}

export default function AccountPage() {
  const [me, setMe] = useState<Me | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [leaving, setLeaving] = useState(false);
  useEffect(() => {
    call<Me>("GET", "v1/me").then(setMe, (error: ApiError) => setProblem(error.message));
  }, []);
  const name = me?.username || account.value?.username;
  return (
    <div class="narrow account">
      <h1>Account</h1>
      <section class="card" aria-label="You">
        {problem ? (
          <p class="problem" role="alert">
            {problem}
          </p>
        ) : null}
        <dl class="facts">
          <dt>Name</dt>
          <dd dir="auto">{name}</dd>
          <dt>E-mail</dt>
          <dd>{me?.email ?? account.value?.email}</dd>
          <dt>Since</dt>
          <dd>{me ? new Date(me.created).toLocaleDateString(undefined, { dateStyle: "long" }) : "…"}</dd>
        </dl>
        <button type="button" onClick={() => void signOut()}>
          Sign out of this browser
        </button>
      </section>
      <section class="card" aria-labelledby="leave-title">
        <h2 id="leave-title">Leave</h2>
        <p>Your slots, groups, links and export jobs are removed for good. Export what you want to keep first.</p>
        <div class="actions">
          <a class="button" href={link("transfer")}>
            Export
          </a>
          <button type="button" class="danger" onClick={() => setLeaving(true)}>
            Delete my account…
          </button>
        </div>
      </section>
      {leaving ? <Leave onClose={() => setLeaving(false)} /> : null}
    </div>
  );
}

function Leave({ onClose }: { onClose: () => void }) {
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function leave(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      // There may be more to remove than one request can.
      while ((await call<{ state?: string } | null>("DELETE", "v1/me", { json: { password } }))?.state === "removing");
      forgetSession("signed-out");
      go(link("signin"), { replace: true });
      say("Your account is deleted, with everything that was in it.");
    } catch (error) {
      setProblem((error as Error).message);
      setBusy(false);
    }
  }

  return (
    <Dialog title="Delete your account?" onClose={() => busy || onClose()}>
      <p>Everything in it will be gone, and cannot be brought back.</p>
      <form onSubmit={(event) => void leave(event)}>
        <Field
          label="Your password"
          type="password"
          autocomplete="current-password"
          required
          value={password}
          disabled={busy}
          onInput={(event) => setPassword(event.currentTarget.value)}
        />
        {problem ? (
          <p class="problem" role="alert">
            {problem}
          </p>
        ) : null}
        <div class="actions">
          <button type="submit" class="danger" disabled={busy}>
            {busy ? "Deleting…" : "Delete everything"}
          </button>
          <button type="button" disabled={busy} onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
