// Sign in, and sign up: one form with two faces.
import { useEffect, useState } from "preact/hooks";
import { Field } from "../parts/field";
import { signIn, signUp } from "./account";
import { ApiError } from "./api";
import { type Place, link } from "./router";
import { ended } from "./session";

const REASONS = { expired: "Your session has ended. Sign in again to go on.", "signed-out": "You have signed out.", "": "" };

export function SignIn({ place }: { place: Place }) {
  const making = place.page === "signup";
  const [problem, setProblem] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    document.title = `${making ? "Sign up" : "Sign in"} · Slotport`;
    setProblem(null);
  }, [making]);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const value = (name: string) => String(form.get(name) ?? "");
    setBusy(true);
    setProblem(null);
    try {
      if (making) await signUp(value("email"), value("password"), value("username"));
      else await signIn(value("email"), value("password"));
    } catch (error) {
      setProblem(error as ApiError);
    } finally {
      setBusy(false);
    }
  }

  const asked = place.page && place.page !== "signin" && place.page !== "signup" ? location.hash : (place.query.get("to") ?? "");
  const rest = asked ? `?to=${encodeURIComponent(asked)}` : "";
  return (
    <div class="welcome">
      <div class="welcome-words">
        <p class="lead">Your time, in one place. From any calendar, to any.</p>
        <p>
          Slotport takes in Google, Outlook and every .ics file without losing a thing, gives them back in any format, on a schedule if you like, and publishes the
          programme of your <a href={link("conventions")}>convention</a>.
        </p>
      </div>
      <section class="card sign-in">
        <h1>{making ? "Make an account" : "Sign in"}</h1>
        {ended.value && !making ? <p class="note" role="status">{REASONS[ended.value]}</p> : null}
        <form onSubmit={submit} key={making ? "signup" : "signin"}>
          {making ? <Field label="Name" name="username" required maxLength={1000} autocomplete="name" /> : null}
          <Field label="E-mail" name="email" type="email" required autocomplete="email" maxLength={320} />
          <Field
            label="Password"
            name="password"
            type="password"
            required
            minLength={making ? 8 : undefined}
            autocomplete={making ? "new-password" : "current-password"}
            hint={making ? "At least 8 characters." : undefined}
          />
          {problem ? <p class="problem" role="alert">{problem.message}</p> : null}
          <div class="actions">
            <button type="submit" class="primary" disabled={busy}>
              {making ? "Sign up" : "Sign in"}
            </button>
            {making ? <a href={link("signin") + rest}>I have an account</a> : <a href={link("signup") + rest}>Make an account</a>}
          </div>
        </form>
      </section>
    </div>
  );
}
