// What an import did, or would do.
import { useState } from "preact/hooks";
import { groupName } from "./group_select";
import type { Rejected, Report } from "./import_run";

export function ReportView({ report, planned }: { report: Report; planned: boolean }) {
  const rejected = report.rejected_total ?? report.rejected.length;
  const ignored = Object.values(report.ignored).reduce((sum, count) => sum + count, 0);
  const name = report.group && groupName(report.group);
  return (
    <div class="report">
      <dl class="import-counts">
        <Count name={planned ? "to create" : "created"} count={report.created} kind="good" />
        <Count name={planned ? "to update" : "updated"} count={report.updated} kind="busy-tag" />
        <Count name="unchanged" count={report.unchanged} />
        <Count name="rejected" count={rejected} kind="bad" />
        <Count name="ignored" count={ignored} />
      </dl>
      {name ? (
        <p class="faint">
          Entries without a group of their own {planned ? "go" : "went"} to <bdi>{name}</bdi>.
        </p>
      ) : null}
      {rejected ? <RejectedTable rejected={report.rejected} total={rejected} /> : null}
      {ignored ? (
        <p class="faint">
          Ignored, since they are no slots:{" "}
          {Object.entries(report.ignored)
            .map(([kind, count]) => `${count.toLocaleString()} × ${kind.slice(0, 60)}`)
            .join(", ")}
          .
        </p>
      ) : null}
      {report.notes.length ? (
        <>
          <h3>Notes</h3>
          <ul class="notes">
            {report.notes.slice(0, 100).map((note, index) => (
              <li key={index}>{note}</li>
            ))}
          </ul>
        </>
      ) : null}
    </div>
  );
}

function Count({ name, count, kind = "" }: { name: string; count: number; kind?: string }) {
  return (
    <div class={`import-count ${count ? kind : "none"}`}>
      <dt>{name}</dt>
      <dd>{count.toLocaleString()}</dd>
    </div>
  );
}

/** Rows shown at once. */
const ROWS = 50;

export function RejectedTable({ rejected, total }: { rejected: Rejected[]; total: number }) {
  const [rows, setRows] = useState(ROWS);
  if (rejected.length === 0) return null;
  return (
    <>
      <h3 id="rejected-title">What cannot be imported</h3>
      <div class="table-box rejected" role="region" aria-labelledby="rejected-title" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="number">
                Entry
              </th>
              <th scope="col" class="number">
                Line
              </th>
              <th scope="col">Reason</th>
              <th scope="col">UID</th>
            </tr>
          </thead>
          <tbody>
            {rejected.slice(0, rows).map((each, index) => (
              <tr key={index}>
                <td class="number">{each.entry}</td>
                <td class="number">{each.line}</td>
                <td class="reason" dir="auto">
                  {each.reason}
                </td>
                <td>
                  <span class="clip uid" dir="auto" title={each.uid ?? undefined}>
                    {each.uid ?? "–"}
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rejected.length > rows ? (
        <button type="button" class="more" onClick={() => setRows(rows + ROWS)}>
          Show {Math.min(ROWS, rejected.length - rows)} more
        </button>
      ) : null}
      {total > rejected.length ? <p class="hint">The first {rejected.length.toLocaleString()} of {total.toLocaleString()} are listed.</p> : null}
    </>
  );
}
