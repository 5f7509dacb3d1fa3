// The public list of conventions; who is signed in makes one.
import { useEffect, useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { Field } from "../../parts/field";
import { link } from "../../shell/router";
import { account } from "../../shell/session";
import { NewConvention } from "./new_convention";
import { type Convention, everything, isManaged } from "./service";
import { dayName } from "./wall";

const MOST = 60;

export function Catalog() {
  const [found, setFound] = useState<Convention[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [search, setSearch] = useState("");
  const [making, setMaking] = useState(false);
  const [most, setMost] = useState(MOST);
  const user = account.value;

  useEffect(() => {
    let gone = false;
    setProblem(null);
    everything<Convention>("entities/conventions").then(
      (list) => gone || setFound(list),
      (error: Error) => gone || setProblem(error.message),
    );
    return () => {
      gone = true;
    };
  }, [user?.id]);

  const wanted = search.trim().toLowerCase();
  const matching = (found ?? []).filter((one) => `${one.title}\n${one.location}\n${one.series}`.toLowerCase().includes(wanted));
  const own = matching.filter(isManaged);
  const others = matching.filter((one) => !isManaged(one)).sort(byDate);
  return (
    <section class="conventions">
      <div class="bar">
        <h1>Conventions</h1>
        {user ? (
          <button type="button" class="primary" onClick={() => setMaking(true)}>
            New convention
          </button>
        ) : (
          <a class="button" href={`${link("signin")}?to=${encodeURIComponent("#/conventions")}`}>
            Sign in to make one
          </a>
        )}
      </div>
      {problem ? <p class="problem" role="alert">{problem}</p> : null}
      {!found && !problem ? <Busy label="Looking for conventions" /> : null}
      {found && found.length > 8 ? <Field label="Search" type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} /> : null}
      {own.length ? <List title="You manage" items={own.sort(byDate)} /> : null}
      {others.length ? <List title={own.length ? "All others" : "All conventions"} items={others.slice(0, most)} /> : null}
      {others.length > most ? (
        <button type="button" onClick={() => setMost(most + 200)}>
          Show more ({others.length - most})
        </button>
      ) : null}
      {found && matching.length === 0 ? (
        <p class="empty">{search ? "No convention matches." : user ? "There are no conventions yet. Make the first one." : "There are no conventions yet."}</p>
      ) : null}
      {making ? <NewConvention onClose={() => setMaking(false)} /> : null}
    </section>
  );
}

/** The latest first; those without dates last. */
function byDate(a: Convention, b: Convention): number {
  return (b["start-date"] ?? "").localeCompare(a["start-date"] ?? "") || a.title.localeCompare(b.title);
}

function List({ title, items }: { title: string; items: Convention[] }) {
  return (
    <>
      <h2>{title}</h2>
      <ul class="convention-list">
        {items.map((one) => (
          <li key={one.id} class="card">
            <a class="convention-title" href={link("conventions", one.slug)} dir="auto">
              {one.title}
            </a>
            <p class="faint">
              {[datesOf(one), one.location].filter(Boolean).map((text) => (
                <span key={text} dir="auto" class="clip">
                  {text}
                </span>
              ))}
            </p>
            {isManaged(one) ? <span class="tag busy-tag">Manager</span> : null}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Say when a convention is. */
export function datesOf(one: Convention): string {
  const first = one["start-date"] ?? one["end-date"];
  const last = one["end-date"] ?? one["start-date"];
  if (!first || !last) return "";
  return first === last ? `${dayName(first)} ${first.slice(0, 4)}` : `${dayName(first)} – ${dayName(last)} ${last.slice(0, 4)}`;
}
