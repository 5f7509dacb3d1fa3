// One convention: what everybody sees of it, and the tabs of its managers.
import type { ComponentType } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { say } from "../../parts/messages";
import { ApiError, call, url } from "../../shell/api";
import { link } from "../../shell/router";
import { account } from "../../shell/session";
import { datesOf } from "./catalog";
import { type Convention, type Managed, isManaged } from "./service";

export interface TabProps {
  convention: Managed;
  onChange: (convention: Convention) => void;
}

interface Tab {
  title: string;
  load: () => Promise<ComponentType<TabProps>>;
}

const TABS: Record<string, Tab> = {
  board: { title: "Board", load: () => import("./board").then((module) => module.Board) },
  events: { title: "Events", load: () => import("./events").then((module) => module.Events) },
  rooms: { title: "Rooms", load: () => import("./rooms").then((module) => module.Rooms) },
  tags: { title: "Tags", load: () => import("./tags").then((module) => module.Tags) },
  managers: { title: "Managers", load: () => import("./managers").then((module) => module.Managers) },
  files: { title: "Import", load: () => import("./files").then((module) => module.Files) },
  settings: { title: "Settings", load: () => import("./settings").then((module) => module.Settings) },
};

export function ConventionPage({ slug, tab }: { slug: string; tab: string }) {
  const [convention, setConvention] = useState<Convention | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const user = account.value;
  useEffect(() => {
    let gone = false;
    setProblem(null);
    call<Convention>("GET", `entities/conventions/${encodeURIComponent(slug)}`).then(
      (found) => gone || setConvention(found),
      (error: ApiError) => gone || setProblem(error),
    );
    return () => {
      gone = true;
    };
  }, [slug, user?.id]);
  useEffect(() => {
    if (convention) document.title = `${convention.title.slice(0, 100)} · Slotport`;
  }, [convention?.title]);

  if (problem) {
    return (
      <section class="narrow">
        <h1>{problem.status === 404 ? "There is no such convention" : "This convention cannot be shown"}</h1>
        {problem.status === 404 ? null : <p role="alert">{problem.message}</p>}
        <p>
          <a href={link("conventions")}>See all conventions</a>
        </p>
      </section>
    );
  }
  if (!convention) return <Busy label="Opening the convention" />;
  const managed = isManaged(convention);
  return (
    <section class="convention">
      <p class="crumbs">
        <a href={link("conventions")}>Conventions</a>
      </p>
      <div class="bar">
        <h1 class="long-title" dir="auto">
          {convention.title}
        </h1>
        <a class="button" href={schedule(convention, "")}>
          Public schedule
        </a>
      </div>
      {managed ? <Tabs slug={slug} tab={tab} /> : null}
      {tab === "" ? <Overview convention={convention} managed={managed} /> : managed ? <TabView key={tab} name={tab} convention={convention} onChange={setConvention} /> : <NotYours />}
    </section>
  );
}

function Tabs({ slug, tab }: { slug: string; tab: string }) {
  const place = useRef<HTMLElement>(null);
  // On a phone the tabs are wider than the window.
  useEffect(() => {
    const current = place.current?.querySelector<HTMLElement>("[aria-current]");
    if (place.current && current) place.current.scrollLeft = current.offsetLeft - place.current.offsetLeft - 40;
  }, [tab]);
  return (
    <nav class="tabs" aria-label="Convention" ref={place}>
      <a href={link("conventions", slug)} aria-current={tab === "" ? "page" : undefined}>
        Overview
      </a>
      {Object.entries(TABS).map(([name, one]) => (
        <a key={name} href={link("conventions", slug, name)} aria-current={tab === name ? "page" : undefined}>
          {one.title}
        </a>
      ))}
    </nav>
  );
}

function TabView({ name, ...props }: TabProps & { name: string }) {
  const [View, setView] = useState<ComponentType<TabProps> | null>(null);
  const [failed, setFailed] = useState(false);
  const tab = TABS[name];
  useEffect(() => {
    tab?.load().then(
      (view) => setView(() => view),
      () => setFailed(true),
    );
  }, [name]);
  if (!tab) return <p>There is nothing here.</p>;
  if (failed) return <p role="alert" class="problem">This could not be loaded. Look at your connection and open it again.</p>;
  return View ? <View {...props} /> : <Busy label={`Opening ${tab.title}`} />;
}

function NotYours() {
  return (
    <p class="warning" role="alert">
      {account.value ? "Only managers of this convention see this." : "Sign in as a manager of this convention to see this."}
    </p>
  );
}

/** Give the address of a convention's public schedule: the page, or a file such as `.ics`. */
export function schedule(convention: Convention, suffix: string): string {
  return url(`conventions/${encodeURIComponent(convention.slug)}/schedule${suffix}`).href;
}

function Overview({ convention, managed }: { convention: Convention; managed: boolean }) {
  const feed = schedule(convention, ".ics");
  const facts: [string, string][] = [
    ["When", datesOf(convention)],
    ["Where", convention.location],
    ["Series", convention.series],
    ["Time zone", convention.timezone],
  ];
  return (
    <div class="overview">
      <div class="card">
        <h2>About</h2>
        <dl>
          {facts
            .filter(([, value]) => value)
            .map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ))}
          {/^https?:\/\//.test(convention.website) ? (
            <div>
              <dt>Website</dt>
              <dd>
                <a class="clip" href={convention.website} rel="noopener nofollow">
                  {convention.website}
                </a>
              </dd>
            </div>
          ) : null}
        </dl>
      </div>
      <div class="card">
        <h2>Follow it</h2>
        <p>A calendar that subscribes has every change by itself.</p>
        <div class="actions">
          <a class="button primary" href={feed.replace(/^https?:/, "webcal:")}>
            Subscribe
          </a>
          <button type="button" onClick={() => void copy(feed)}>
            Copy the calendar's address
          </button>
        </div>
        <p class="hint">
          As a file: <Download convention={convention} suffix=".ics" />, <Download convention={convention} suffix=".csv" />,{" "}
          <Download convention={convention} suffix=".json" />, <Download convention={convention} suffix=".xml" />
        </p>
      </div>
      {managed ? <FirstSteps slug={convention.slug} /> : null}
    </div>
  );
}

export function Download({ convention, suffix }: { convention: Convention; suffix: string }) {
  return (
    <a href={schedule(convention, suffix)} download={`${convention.slug}${suffix}`}>
      {suffix.slice(1).toUpperCase()}
    </a>
  );
}

function FirstSteps({ slug }: { slug: string }) {
  return (
    <div class="card">
      <h2>Make a schedule</h2>
      <ol class="steps">
        <li>
          <a href={link("conventions", slug, "rooms")}>Add the rooms</a> in which something happens.
        </li>
        <li>
          <a href={link("conventions", slug, "events")}>Add the events</a>, or <a href={link("conventions", slug, "files")}>import a schedule</a>.
        </li>
        <li>
          <a href={link("conventions", slug, "board")}>Drag them into rooms</a> on the board.
        </li>
        <li>What has a time is public, until you <a href={link("conventions", slug, "events")}>set it to an earlier status</a>.</li>
      </ol>
    </div>
  );
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say("The address is copied.");
  } catch {
    say(text, "bad");
  }
}
