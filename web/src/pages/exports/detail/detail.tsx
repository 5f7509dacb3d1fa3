// One export: where it stands, what it has made and sent, and what happened.
import { useCallback, useEffect, useState } from "preact/hooks";
import { Busy } from "../../../parts/busy";
import { Confirm } from "../../../parts/dialog";
import { say } from "../../../parts/messages";
import { Progress } from "../../../parts/progress";
import { go, link } from "../../../shell/router";
import { type Export, read, remove, running } from "../export";
import { usePolled } from "../polling";
import { reasonWords } from "../reasons";
import { sentence } from "../schedule_sentence";
import { StartStop } from "../start_stop";
import { StateTag, When } from "../words";
import { Downloads } from "./downloads";
import { Files } from "./files";
import { Log } from "./log";
import { Summary } from "./summary";
import { Transports } from "./transports";

const SLACK = 3_000;

export function Detail({ id }: { id: string }) {
  const load = useCallback((signal: AbortSignal) => read(id, signal), [id]);
  const { value: shown, problem, look, take } = usePolled(load, due);
  const name = shown?.export.name;
  useEffect(() => {
    document.title = `${name ?? "Export"} · Slotport`;
  }, [name]);
  if (shown === null) {
    if (!problem) return <Busy label="Loading the export" />;
    return (
      <section class="narrow">
        <h1>Export</h1>
        <p class="problem" role="alert">
          {problem.message}
        </p>
        <div class="actions">
          <button type="button" onClick={look}>
            Try again
          </button>
          <a href={link("exports")}>All export jobs</a>
        </div>
      </section>
    );
  }
  return (
    <article class="export">
      <p class="trail">
        <a href={link("exports")}>Export jobs</a>
      </p>
      <div class="bar">
        <h1 class="export-title" dir="auto" title={name}>
          {name}
        </h1>
        <StartStop shown={shown} onDone={take} primary />
        <a class="button" href={link("exports", id, "edit")}>
          Edit
        </a>
        <a class="button" href={`${link("exports", "new")}?from=${id}`}>
          Duplicate
        </a>
        <Delete shown={shown} />
      </div>
      {problem ? (
        <p class="problem" role="alert">
          {problem.message}
        </p>
      ) : null}
      <div class="export-columns">
        <div>
          <Standing shown={shown} />
          <Downloads shown={shown} onChanged={take} />
          <Files shown={shown} />
          <Log shown={shown} />
        </div>
        <div>
          <Schedules shown={shown} />
          <Transports shown={shown} />
          <Summary shown={shown} />
        </div>
      </div>
    </article>
  );
}

/** What the state means for whoever waits for it. */
function Standing({ shown }: { shown: Export }) {
  const { _state: state, _progress: progress } = shown;
  const last = shown._log.findLast(({ event }) => event.type === "EXPORT_FINISH" || event.type === "EXPORT_FAILED" || event.type === "EXPORT_STOPPED");
  const reason = state === "failed" && last?.event.type === "EXPORT_FAILED" ? String(last.event.info["reason"] ?? "") : "";
  return (
    <section class="card standing" aria-label="State">
      <p class="state-line" role="status">
        <StateTag state={state} />
        {state === "new" ? <span>{shown.export._version > 1 ? "It has not run since it was changed." : "It has not run yet."}</span> : null}
        {state === "failed" ? <span>{last?.event.type === "EXPORT_STOPPED" ? "The run was stopped." : "The run failed."}</span> : null}
        {state === "done" && last ? (
          <span>
            {count(progress.total, "object")} in {count(shown._files_total, "file")}, <When at={last.event.timestamp} />
          </span>
        ) : null}
      </p>
      {running(state) ? <Progress label="Progress of the run" done={progress.done} total={progress.total || null} /> : null}
      {running(state) && progress.total > 0 && progress.done === progress.total ? <p class="hint">All objects are written. Archives are made and deliveries sent.</p> : null}
      {reason ? <p class="problem">{reasonWords(reason)}</p> : null}
    </section>
  );
}

function Schedules({ shown }: { shown: Export }) {
  return (
    <section class="card" aria-labelledby="when">
      <h2 id="when">When it runs</h2>
      {shown._schedules.length ? (
        <ul class="sentences">
          {shown._schedules.map((schedule, place) => (
            <li key={place}>{sentence(schedule)}</li>
          ))}
        </ul>
      ) : (
        <p class="faint">When somebody starts it. It has no schedule.</p>
      )}
      {shown._next_run ? (
        <p>
          Next run <strong><When at={shown._next_run} /></strong> (your time)
        </p>
      ) : null}
      {shown._schedules.length && !shown._next_run ? <p class="warning">No day fits its schedules: it will not run by itself.</p> : null}
    </section>
  );
}

function Delete({ shown }: { shown: Export }) {
  const [asking, setAsking] = useState(false);
  const { _id, name } = shown.export;
  const confirm = async () => {
    await remove(_id);
    say("Deleted.");
    go(link("exports"));
  };
  return (
    <>
      <button type="button" onClick={() => setAsking(true)}>
        Delete
      </button>
      {asking ? (
        <Confirm title="Delete this export?" deed="Delete" onConfirm={confirm} onClose={() => setAsking(false)}>
          <p class="export-title" dir="auto">
            <strong>{name}</strong>
          </p>
          <p>Its definition, files, log and links go with it. Links that were handed out stop working at once. This cannot be undone.</p>
        </Confirm>
      ) : null}
    </>
  );
}

const count = (number: number, what: string) => `${number.toLocaleString()} ${what}${number === 1 ? "" : "s"}`;

function due(shown: Export): "changing" | number | null {
  if (running(shown._state)) return "changing";
  return shown._next_run ? Date.parse(shown._next_run) + SLACK : null;
}
