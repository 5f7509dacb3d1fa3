// Import: choose a file, see what would happen, then let it happen.
import { useState } from "preact/hooks";
import { Check } from "../../parts/field";
import { Progress as Bar } from "../../parts/progress";
import { link } from "../../shell/router";
import { DropZone } from "./drop_zone";
import { GroupSelect } from "./group_select";
import type { Progress } from "./import_run";
import { type Choice, importNow, importing, preview, startOver } from "./import_state";
import { RejectedTable, ReportView } from "./report";

export function ImportCard() {
  const state = importing.value;
  const [choice, setChoice] = useState<Choice>(() => ("choice" in state ? state.choice : { group: "", strict: false }));
  const busy = state.step === "working";
  const changed = state.step === "preview" && (choice.group !== state.choice.group || choice.strict !== state.choice.strict);
  const again = () => "file" in state && void preview(state.file, choice);
  return (
    <section class="card import-card" aria-labelledby="import-title">
      <h2 id="import-title">Import</h2>
      {state.step === "done" ? (
        <>
          <p class="import-file">
            <strong>Imported</strong> <FileName file={state.file} />
          </p>
          <ReportView report={state.report} planned={false} />
          <div class="actions">
            <a class="button primary" href={link("calendar") + (state.day ? `?date=${state.day}` : "")}>
              See the calendar
            </a>
            <button type="button" onClick={startOver}>
              Import another file
            </button>
          </div>
        </>
      ) : (
        <>
          <DropZone busy={busy} small={state.step !== "choose"} onFile={(file) => void preview(file, choice)} />
          <div class="row import-options">
            <GroupSelect
              label="Put everything into"
              none="The groups that the file names"
              hint="What names none goes to “Imports”."
              value={choice.group}
              disabled={busy}
              onChange={(group) => setChoice({ ...choice, group })}
            />
            <Check
              label="All or nothing"
              hint="Import nothing if a single entry cannot be imported."
              checked={choice.strict}
              disabled={busy}
              onChange={(event) => setChoice({ ...choice, strict: event.currentTarget.checked })}
            />
          </div>
          {state.step === "working" ? (
            <div class="import-state" role="status">
              <p class="import-file">
                <strong>{said(state.progress, state.dryRun)}</strong> <FileName file={state.file} />
              </p>
              <Bar
                label={said(state.progress, state.dryRun)}
                {...scaled(state.progress)}
              />
              {state.progress.waiting ? <p class="warning">The service cannot be reached just now. Trying again…</p> : null}
              {!state.dryRun && state.progress.phase === "processing" ? (
                <p class="hint">You may look at other pages meanwhile. The import goes on.</p>
              ) : null}
              {state.dryRun || state.progress.phase !== "processing" ? (
                <button type="button" onClick={startOver}>
                  Cancel
                </button>
              ) : null}
            </div>
          ) : null}
          {state.step === "failed" ? (
            <div class="import-state">
              <div class="problem-box" role="alert">
                <p>
                  <FileName file={state.file} />
                </p>
                <p>{state.message}</p>
              </div>
              <RejectedTable rejected={state.rejected} total={state.rejected.length} />
              <div class="actions">
                <button type="button" onClick={again}>
                  Try again
                </button>
                <button type="button" class="quiet" onClick={startOver}>
                  Start over
                </button>
              </div>
            </div>
          ) : null}
          {state.step === "preview" ? (
            <div class="import-state">
              <p class="import-file" role="status">
                <strong>Preview of</strong> <FileName file={state.file} />
              </p>
              <ReportView report={state.report} planned />
              <div class="actions">
                {changed ? (
                  <button type="button" class="primary" onClick={again}>
                    Look again with these options
                  </button>
                ) : (
                  <button type="button" class="primary" disabled={!willWrite(state.report)} onClick={() => void importNow()}>
                    {importLabel(state.report)}
                  </button>
                )}
                <button type="button" onClick={startOver}>
                  Cancel
                </button>
              </div>
            </div>
          ) : null}
        </>
      )}
    </section>
  );
}

function FileName({ file }: { file: File }) {
  return (
    <>
      <bdi>{file.name}</bdi> <span class="faint">({size(file.size)})</span>
    </>
  );
}

function said(progress: Progress, dryRun: boolean): string {
  if (progress.phase === "uploading") return "Uploading";
  return dryRun ? "Looking through" : "Importing";
}

/** Give bytes as megabytes, so that the bar's numbers can be read. */
function scaled({ phase, done, total }: Progress): { done: number; total: number | null } {
  return phase === "uploading" && total ? { done: Math.round(done / 1e5) / 10, total: Math.round(total / 1e5) / 10 } : { done, total };
}

function willWrite({ created, updated }: { created: number; updated: number }): boolean {
  return created + updated > 0;
}

function importLabel({ created, updated }: { created: number; updated: number }): string {
  const count = created + updated;
  return count === 0 ? "Nothing to import" : count === 1 ? "Import 1 slot" : `Import ${count.toLocaleString()} slots`;
}

export function size(bytes: number): string {
  if (bytes < 1e3) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
