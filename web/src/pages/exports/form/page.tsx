// Defines an export, or changes one.
import { useCallback, useEffect, useState } from "preact/hooks";
import { Busy } from "../../../parts/busy";
import { link } from "../../../shell/router";
import { type Draft, blank, draftOf, read } from "../export";
import { usePolled } from "../polling";
import { Form } from "./form";
import { forgetDraft, keptDraft } from "./kept_draft";

/** `id`: which to change; null: a new one, which begins as a copy of `from` if that is given. */
export function FormPage({ id, from }: { id: string | null; from: string | null }) {
  const source = id ?? from;
  const title = id === null ? "New export" : "Edit the export";
  useEffect(() => {
    document.title = `${title} · Slotport`;
  }, [title]);
  const load = useCallback(async (signal: AbortSignal) => (source === null ? blank() : draftOf(await read(source, signal))), [source]);
  const { value, problem, look } = usePolled(load, () => null);
  // The form begins with what was there when it was opened; looking again must not take it away.
  const [first, setFirst] = useState<Draft | null>(null);
  useEffect(() => {
    if (value && !first) setFirst(id === null && from !== null ? copyOf(value) : value);
  }, [value]);
  const name = id ?? `new ${from ?? ""}`;
  const [kept, setKept] = useState(() => keptDraft(name));
  return (
    <>
      <p class="trail">
        <a href={link("exports")}>Export jobs</a>
        {id === null ? null : (
          <>
            {" / "}
            <a href={link("exports", id)} class="clip" dir="auto">
              {first?.export.name || "Export"}
            </a>
          </>
        )}
      </p>
      <h1>{title}</h1>
      {first ? (
        <>
          {kept ? (
            <p class="note" role="status">
              This is what you had typed before.{" "}
              <button
                type="button"
                onClick={() => {
                  forgetDraft(name);
                  setKept(null);
                }}
              >
                Discard it
              </button>
            </p>
          ) : null}
          <Form key={kept ? "kept" : "fresh"} id={id} name={name} first={kept ?? first} />
        </>
      ) : problem ? (
        <p class="problem" role="alert">
          {problem.message}{" "}
          <button type="button" onClick={look}>
            Try again
          </button>
        </p>
      ) : (
        <Busy label="Loading the export" />
      )}
    </>
  );
}

function copyOf(draft: Draft): Draft {
  const { _id: _, _version: __, ...own } = draft.export;
  return { ...draft, export: { ...own, name: own.name ? `${own.name} (copy)` : "" } };
}
