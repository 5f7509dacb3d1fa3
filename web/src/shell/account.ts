// Signing up, in and out.
import { call } from "./api";
import { go, link } from "./router";
import { type Account, forgetSession, keepSession, token } from "./session";

/** Sign in. Throws `ApiError` when e-mail or password is wrong. */
export async function signIn(email: string, password: string): Promise<void> {
  const answer = await call<{ authToken: string; user: Account }>("POST", "v1/users/signin", { json: { email, password } });
  keepSession({ token: answer.authToken, user: answer.user });
}

/** Make an account and sign in to it. */
export async function signUp(email: string, password: string, username: string): Promise<void> {
  await call("POST", "v1/users", { json: { email, password, username } });
  await signIn(email, password);
}

/** End the session here and on the service. */
export async function signOut(): Promise<void> {
  const ending = token.value ? call("POST", "v1/users/signout").catch(() => undefined) : undefined;
  forgetSession("signed-out");
  go(link("signin"));
  await ending;
}
