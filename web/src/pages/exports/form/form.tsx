// The form of an export. Its state is the document that is sent, so that what it does not show stays as it is.
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../../../parts/messages";
import { ApiError } from "../../../shell/api";
import { go, link } from "../../../shell/router";
import { type Definition, type Draft, save, start } from "../export";
import { useDeed } from "../deed";
import { Basics } from "./basics";
import { Conflict } from "./conflict";
import { Fields } from "./fields";
import { Formats } from "./formats";
import { forgetDraft, keepDraft } from "./kept_draft";
import { Keeping } from "./keeping";
import { Problems, refusedPlace } from "./problems";
import { Schedules } from "./schedules";
import { Search } from "./search/search";
import { Transports } from "./transports";

export interface PartProps {
  own: Definition;
  change: (patch: Partial<Definition>) => void;
}

export function Form({ id, name, first }: { id: string | null; name: string; first: Draft }) {
  const [draft, setDraft] = useState(first);
  const [problem, setProblem] = useState<Error | null>(null);
  const [busy, run] = useDeed();
  const form = useRef<HTMLFormElement>(null);
  const alert = useRef<HTMLParagraphElement>(null);
  const touched = draft !== first;

  useEffect(() => {
    if (touched) keepDraft(name, draft);
  }, [draft]);
  useEffect(() => {
    if (!problem) return;
    // after the fields have got their problems
    const field = form.current?.querySelector<HTMLElement>("[aria-invalid=true]");
    (field ?? alert.current)?.focus();
  }, [problem]);

  const change = (patch: Partial<Definition>) => setDraft((before) => ({ ...before, export: { ...before.export, ...patch } }));
  const part = <K extends "_schedules" | "_transports">(key: K) => (value: Draft[K]) => setDraft((before) => ({ ...before, [key]: value }));

  const submit = (sent: Draft, starting: boolean) =>
    run(async () => {
      setProblem(null);
      let saved;
      try {
        saved = await save(id, sent);
      } catch (error) {
        setProblem(error as Error);
        return;
      }
      forgetDraft(name);
      if (starting) await start(saved.export._id).catch((error: Error) => say(`It is saved, and not started: ${error.message}`, "bad"));
      else say("Saved.");
      go(link("exports", saved.export._id), { replace: true });
    });

  const conflict = problem instanceof ApiError && problem.code === "error.user.version_mismatch" ? problem : null;
  const current = conflict ? Number(conflict.details["expected"]) : 0;
  const { export: own } = draft;
  return (
    <Problems.Provider value={refusedPlace(problem)}>
      <form
        class="export-form"
        ref={form}
        onSubmit={(event) => {
          event.preventDefault();
          const starting = (event.submitter as HTMLButtonElement | null)?.value === "start";
          void submit(draft, starting);
        }}
      >
        <Basics own={own} change={change} named={draft._schedules.length > 0} />
        <Search own={own} change={change} />
        <Formats own={own} change={change} />
        <Fields own={own} change={change} />
        <Schedules schedules={draft._schedules} onChange={part("_schedules")} />
        <Transports transports={draft._transports} onChange={part("_transports")} />
        <Keeping own={own} change={change} />
        {id === null ? null : <p class="hint">Saving stops a run that is going. The downloads of the last run end until the next one is done, unless they are to stay (see above).</p>}
        <div class="form-end">
          {conflict && id !== null ? (
            <Conflict
              id={id}
              mine={own._version ?? 0}
              theirs={current}
              onKeepMine={() => {
                const sent = { ...draft, export: { ...own, _version: current } };
                setDraft(sent);
                void submit(sent, false);
              }}
            />
          ) : problem ? (
            <p class="problem" role="alert" ref={alert} tabIndex={-1}>
              {problem.message}
            </p>
          ) : null}
          <div class="actions">
            <button type="submit" class="primary" disabled={busy}>
              Save
            </button>
            <button type="submit" value="start" disabled={busy}>
              Save and start
            </button>
            <a
              class="button quiet"
              href={id === null ? link("exports") : link("exports", id)}
              onClick={() => {
                forgetDraft(name);
              }}
            >
              Cancel
            </a>
          </div>
        </div>
      </form>
    </Problems.Provider>
  );
}
