// All export jobs, a page at a time: one request for a page, repeated while something on it runs.
import { useCallback, useMemo } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { SelectField } from "../../parts/field";
import { Pager } from "../../parts/pager";
import { Progress } from "../../parts/progress";
import { go, link } from "../../shell/router";
import { type Overview, list, running } from "./export";
import { usePolled } from "./polling";
import { StartStop } from "./start_stop";
import { StateTag, TYPES, When, formats, objects } from "./words";

const SIZE = 25;
/** How long a run that is due may take to show. */
const SLACK = 3_000;
const STATES = { running: "pending|processing", done: "done", failed: "failed", new: "new" };

interface Shown {
  count: number;
  offset: number;
  objects: Overview[];
}

export function List({ query }: { query: URLSearchParams }) {
  const state = query.get("state") ?? "";
  const type = query.get("type") ?? "";
  const asked = query.get("offset") ?? "";
  const offset = /^\d{1,9}$/.test(asked) ? Number(asked) : 0;
  const filter = [type in TYPES && `type:${type}`, state in STATES && `status:${STATES[state as keyof typeof STATES]}`].filter(Boolean).join("+");
  const load = useCallback((signal: AbortSignal) => list(filter, SIZE, offset, signal), [filter, offset]);
  const { value, problem, look } = usePolled<Shown>(load, due);
  const show = (changed: Record<string, string | number>) => go(address({ state, type, ...changed }));
  return (
    <>
      <div class="bar">
        <h1>Export jobs</h1>
        <a class="button primary" href={link("exports", "new")}>
          New export
        </a>
      </div>
      {value && (value.count || filter) ? (
        <div class="export-filters">
          <SelectField label="State" value={state} onChange={(event) => show({ state: event.currentTarget.value })}>
            <option value="">All</option>
            <option value="running">Running</option>
            <option value="done">Done</option>
            <option value="failed">Failed</option>
            <option value="new">Not run yet</option>
          </SelectField>
          <SelectField label="Type" value={type} onChange={(event) => show({ type: event.currentTarget.value })}>
            <option value="">All</option>
            {Object.entries(TYPES).map(([name, words]) => (
              <option key={name} value={name}>
                {words}
              </option>
            ))}
          </SelectField>
        </div>
      ) : null}
      {problem ? (
        <p class="problem" role="alert">
          {problem.message}{" "}
          <button type="button" onClick={look}>
            Try again
          </button>
        </p>
      ) : null}
      {value === null ? (
        problem ? null : <Busy label="Loading the exports" />
      ) : value.objects.length ? (
        <>
          <Table objects={value.objects} onChanged={look} />
          <Pager
            label="Pages of exports"
            offset={value.offset}
            size={SIZE}
            count={value.count}
            onPage={(to) => {
              show({ offset: to });
              scrollTo(0, 0);
            }}
          />
        </>
      ) : filter || value.count ? (
        <div class="card empty">
          <p>{value.count ? "There is nothing on this page." : "No export fits this choice."}</p>
          <a href={link("exports")}>Show all</a>
        </div>
      ) : (
        <First />
      )}
    </>
  );
}

function Table({ objects: shown, onChanged }: { objects: Overview[]; onChanged: () => void }) {
  return (
    <div class="table-box">
      <table class="export-list">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col" class="beside">
              Next run
            </th>
            <th scope="col" class="beside">
              Created
            </th>
            <th scope="col" class="beside">
              <span class="visually-hidden">Start or stop</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map((one) => (
            <Row key={one.export._id} shown={one} onChanged={onChanged} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ shown, onChanged }: { shown: Overview; onChanged: () => void }) {
  const { _id, name, type } = shown.export;
  const made = useMemo(() => [objects(shown), formats(shown.export).join(", "), ...(type === "export_incremental" ? [TYPES[type]] : [])].join(" · "), [shown]);
  return (
    <tr>
      <td class="export-name">
        <a class="clip" dir="auto" href={link("exports", _id)}>
          {name}
        </a>
        <span class="hint">{made}</span>
        {shown._next_run ? (
          <span class="hint narrow-only">
            Next run <When at={shown._next_run} />
          </span>
        ) : null}
      </td>
      <td>
        <StateTag state={shown._state} />
        {running(shown._state) ? <Progress label={`Progress of ${name}`} done={shown._progress.done} total={shown._progress.total || null} /> : null}
      </td>
      <td class="beside">{shown._next_run ? <When at={shown._next_run} /> : <span class="faint">—</span>}</td>
      <td class="beside">
        <When at={shown._date_created} />
      </td>
      <td class="beside number">
        <StartStop shown={shown} onDone={onChanged} />
      </td>
    </tr>
  );
}

function First() {
  return (
    <section class="card empty export-first">
      <h2>No export jobs yet</h2>
      <p>
        An export job is a saved recipe: which slots to take, in which formats, and when. It runs when you start it or by a schedule, keeps its files here for download behind a link that
        lasts, and can mail them, post to a webhook or copy them elsewhere.
      </p>
      <a class="button primary" href={link("exports", "new")}>
        Define the first export
      </a>
    </section>
  );
}

/** When a page of the list is worth another look: while something runs, and when the next run begins. */
function due(page: Shown): "changing" | number | null {
  if (page.objects.some((one) => running(one._state))) return "changing";
  const next = page.objects.flatMap((one) => (one._next_run ? [Date.parse(one._next_run) + SLACK] : []));
  return next.length ? Math.min(...next) : null;
}

function address(query: Record<string, string | number>): string {
  const given = new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value ? [[name, String(value)]] : [])));
  return given.size ? `${link("exports")}?${given}` : link("exports");
}
