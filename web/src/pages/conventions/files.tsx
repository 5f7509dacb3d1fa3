// A schedule from a file: looked at first, then taken in.
import { useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { Check } from "../../parts/field";
import { say } from "../../parts/messages";
import { call } from "../../shell/api";
import { Download, type TabProps } from "./convention";
import { sentence } from "./problem";
import type { InTheWay } from "./service";
import { spanText } from "./wall";

interface Rejected {
  entry: string;
  line: string;
  uid: string;
  /** A code, or words. */
  reason: string;
  locations?: string[];
  timeslots?: InTheWay[];
}

interface Report {
  "dry-run": boolean;
  created: string;
  updated: string;
  unchanged: string;
  cancelled: string;
  "created-events": string;
  "created-locations": string[];
  rejected: Rejected[];
  "rejected-total": string;
  remaining: string;
}

const SHOWN = 200;

const REASONS: Record<string, string> = {
  clash: "Something else is scheduled there at that time",
  duration_out_of_range: "A time slot takes from 1 minute to 14 days",
  event_cancelled: "The event is cancelled",
  hosts_clash: "A host is somewhere else at that time",
  unknown_event: "There is no such event",
  unknown_location: "There is no such room",
};

function reasonOf(entry: Rejected): string {
  const words = REASONS[entry.reason] ?? (/^[a-z_]+$/.test(entry.reason) ? entry.reason.replaceAll("_", " ") : entry.reason);
  const about = [...(entry.locations ?? []), ...(entry.timeslots ?? []).map((slot) => spanText(slot.start, slot.end))];
  return about.length ? `${words}: ${about.join("; ")}` : words;
}

export function Files({ convention }: TabProps) {
  const [file, setFile] = useState<File | null>(null);
  const [create, setCreate] = useState(true);
  const [report, setReport] = useState<Report | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState("");

  async function run(dryRun: boolean) {
    if (!file) return;
    setBusy(dryRun ? "Looking through the file" : "Importing");
    setProblem(null);
    try {
      const query = { create, dry_run: dryRun };
      const headers = { "Content-Type": "application/octet-stream" };
      const found = await call<Report>("POST", "entities/timeslots/import", { convention: convention["public-key"], query, headers, body: file });
      setReport(found);
      if (!dryRun) say(Number(found.remaining) ? "Imported in part: go on with the rest." : "Imported.");
    } catch (error) {
      setReport(null);
      setProblem(sentence(error));
    } finally {
      setBusy("");
    }
  }

  return (
    <div class="settings">
      <div class="card">
        <h2>Import a schedule</h2>
        <p class="hint">A calendar (.ics), a table (.csv), or the JSON of a conference system. The same file again changes nothing.</p>
        <div class="field">
          <label for="schedule-file">File</label>
          <input
            id="schedule-file"
            type="file"
            accept=".ics,.ical,.csv,.tsv,.txt,.json,text/calendar,text/csv,application/json"
            onChange={(event) => {
              setFile(event.currentTarget.files?.[0] ?? null);
              setReport(null);
              setProblem(null);
            }}
          />
        </div>
        <Check
          label="Make rooms and events that are not there yet"
          checked={create}
          onChange={(event) => {
            setCreate(event.currentTarget.checked);
            setReport(null);
          }}
        />
        <div class="actions">
          <button type="button" class={report?.["dry-run"] ? "" : "primary"} disabled={!file || busy !== ""} onClick={() => void run(true)}>
            Look through it
          </button>
          <button type="button" class={report?.["dry-run"] ? "primary" : ""} disabled={!file || busy !== "" || !report} onClick={() => void run(false)}>
            {report && !report["dry-run"] && Number(report.remaining) ? "Import the rest" : "Import"}
          </button>
        </div>
        {busy ? <Busy label={busy} /> : null}
        {problem ? <p class="problem" role="alert">{problem}</p> : null}
        {report ? <Found report={report} /> : null}
      </div>
      <div class="card">
        <h2>Export</h2>
        <p>
          The public schedule as <Download convention={convention} suffix=".ics" />, <Download convention={convention} suffix=".csv" />,{" "}
          <Download convention={convention} suffix=".json" /> or <Download convention={convention} suffix=".xml" />.
        </p>
      </div>
    </div>
  );
}

function Found({ report }: { report: Report }) {
  const dry = report["dry-run"];
  const counts: [string, string][] = [
    [dry ? "would be made" : "made", report.created],
    [dry ? "would change" : "changed", report.updated],
    ["stay as they are", report.unchanged],
    [dry ? "would be cancelled" : "cancelled", report.cancelled],
    ["cannot be taken", report["rejected-total"]],
  ];
  return (
    <div class="report" role="status">
      <h3>{dry ? "What would happen" : "What was done"}</h3>
      <ul class="counts">
        {counts.map(([text, count]) => (
          <li key={text}>
            <b>{count}</b> {text}
          </li>
        ))}
      </ul>
      {Number(report["created-events"]) ? <p>{report["created-events"]} new events.</p> : null}
      {report["created-locations"].length ? <p dir="auto">New rooms: {report["created-locations"].join(", ")}.</p> : null}
      {Number(report.remaining) ? <p class="warning">{report.remaining} entries are left: import the same file again to go on.</p> : null}
      {report.rejected.length ? (
        <div class="table-box" tabIndex={0} role="region" aria-label="What cannot be taken">
          <table>
            <thead>
              <tr>
                <th scope="col" class="number">Line</th>
                <th scope="col">Entry</th>
                <th scope="col">Why</th>
              </tr>
            </thead>
            <tbody>
              {report.rejected.slice(0, SHOWN).map((entry) => (
                <tr key={entry.entry}>
                  <td class="number">{entry.line}</td>
                  <td><span class="clip" dir="auto">{entry.uid || `Entry ${entry.entry}`}</span></td>
                  <td dir="auto">{reasonOf(entry)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {report.rejected.length > SHOWN ? <p class="hint">{Number(report["rejected-total"]) - SHOWN} more.</p> : null}
    </div>
  );
}
