// The frame around every page: header, navigation, what is open to whom, and the message region.
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Busy } from "../parts/busy";
import { Messages } from "../parts/messages";
import { signOut } from "./account";
import { type Page, type PageProps, pages } from "./pages";
import { go, link, place } from "./router";
import { ServerErrorPage } from "./server_error";
import { account } from "./session";
import { SignIn } from "./sign_in";

export function Site() {
  const main = useRef<HTMLElement>(null);
  const shown = useRef<string | null>(null);
  const here = place.value.serverError === null ? place.value.page || "calendar" : "error";
  // Who follows a link to another page goes on reading there, from its top, as after loading one.
  useEffect(() => {
    if (shown.current !== null && shown.current !== here) {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    shown.current = here;
  }, [here]);
  return (
    <>
      {/* A fragment belongs to the router, so skipping to the content moves the focus and leaves the address. */}
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current?.focus(); }}>
        Skip to the content
      </a>
      <Header />
      <main id="main" class="page" tabIndex={-1} ref={main}>
        <Content />
      </main>
      <Messages />
    </>
  );
}

function Header() {
  const here = place.value.serverError === null ? place.value.page || "calendar" : "";
  const user = account.value;
  const [open, setOpen] = useState(false);
  useEffect(() => setOpen(false), [place.value]);
  return (
    <header class="site-header">
      <a class="brand" href="#/">
        <span class="brand-mark" aria-hidden="true" />
        Slotport
      </a>
      <button type="button" class="menu-button quiet" aria-expanded={open} aria-controls="site-navigation" onClick={() => setOpen(!open)}>
        Menu
      </button>
      <nav id="site-navigation" aria-label="Site" class={open ? "open" : ""}>
        <ul>
          {Object.entries(pages)
            .filter(([, page]) => page.listed && (user !== null || page.open))
            .map(([name, page]) => (
              <li key={name}>
                <a href={link(name)} aria-current={name === here ? "page" : undefined}>
                  {page.title}
                </a>
              </li>
            ))}
          <li>
            <a href="docs">API</a>
          </li>
        </ul>
        {user ? (
          <div class="who">
            <a href={link("account")} aria-current={here === "account" ? "page" : undefined} title={user.email}>
              {user.username || user.name || user.email}
            </a>
            <button type="button" class="quiet" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        ) : (
          <div class="who">
            <a class="button quiet" href={link("signin")}>
              Sign in
            </a>
          </div>
        )}
      </nav>
    </header>
  );
}

function Content() {
  const here = place.value;
  if (here.serverError !== null) return <ServerErrorPage name={here.serverError} />;
  const user = account.value;
  if (here.page === "signin" || here.page === "signup") {
    if (user) return <Forward to={here.query.get("to") ?? link("calendar")} />;
    return <SignIn place={here} />;
  }
  const name = here.page || "calendar";
  const page = pages[name];
  if (!page) return <Unknown />;
  if (!page.open && !user) return <SignIn place={here} />;
  return <Loaded key={name} page={page} place={here} />;
}

function Forward({ to }: { to: string }) {
  useEffect(() => go(to.startsWith("#/") ? to : link("calendar"), { replace: true }), [to]);
  return <Busy label="Opening" />;
}

function Unknown() {
  useEffect(() => {
    document.title = "Not found · Slotport";
  }, []);
  return (
    <section class="narrow">
      <h1>There is nothing here</h1>
      <p>
        The address names no page of this site. <a href="#/">Go to the start.</a>
      </p>
    </section>
  );
}

function Loaded({ page, place: where }: { page: Page; place: PageProps["place"] }) {
  const [View, setView] = useState<ComponentType<PageProps> | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    document.title = `${page.title} · Slotport`;
    page.load().then(
      (module) => setView(() => module.default),
      () => setFailed(true),
    );
  }, [page]);
  if (failed) {
    return (
      <section class="narrow">
        <h1>{page.title}</h1>
        <p role="alert">This page could not be loaded. The site may have been updated, or the connection was lost.</p>
        <button type="button" onClick={() => location.reload()}>
          Load again
        </button>
      </section>
    );
  }
  return View ? <View place={where} /> : <Busy label={`Opening ${page.title}`} />;
}
