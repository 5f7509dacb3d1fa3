// Export: everything or one group, in any of the formats.
import { useEffect, useRef, useState } from "preact/hooks";
import { say } from "../../parts/messages";
import { ApiError } from "../../shell/api";
import { link } from "../../shell/router";
import { downloadExport } from "./download";
import { GroupSelect } from "./group_select";

const FORMATS = [
  { value: "ical", name: "iCalendar", word: "For Apple Calendar, Thunderbird and nearly all others." },
  { value: "google", name: "Google Calendar", word: "iCalendar as Google reads it best." },
  { value: "outlook", name: "Outlook", word: "A table (CSV) as Outlook writes it." },
  { value: "timeslot", name: "Timeslot JSON", word: "All that Slotport knows, for programs and for moving." },
];

export function ExportCard() {
  const [format, setFormat] = useState("ical");
  const [group, setGroup] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiError | null>(null);
  const running = useRef<AbortController>(null);
  useEffect(() => () => running.current?.abort(), []);

  async function download(event: Event) {
    event.preventDefault();
    if (busy) return;
    running.current = new AbortController();
    setBusy(true);
    setProblem(null);
    try {
      say(`${await downloadExport(format, group, running.current.signal)} is downloaded.`);
    } catch (error) {
      if (running.current.signal.aborted) return;
      if (!(error instanceof ApiError)) throw error;
      setProblem(error);
    }
    setBusy(false);
  }

  return (
    <section class="card" aria-labelledby="export-title">
      <h2 id="export-title">Export</h2>
      <form onSubmit={(event) => void download(event)}>
        <fieldset class="formats">
          <legend>Format</legend>
          {FORMATS.map(({ value, name, word }) => (
            <label key={value} class="format">
              <input type="radio" name="format" value={value} checked={format === value} onChange={() => setFormat(value)} />
              <span>
                <strong>{name}</strong>
                <span class="hint">{word}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <GroupSelect label="What" none="Everything" value={group} onChange={setGroup} />
        {problem ? (
          <div class="problem-box" role="alert">
            <p>{problem.status === 413 ? "This is more than can be exported at once. Take a group, or let an export job do it: it has all the time it needs." : problem.message}</p>
            {problem.status === 413 ? <a href={link("exports")}>Go to the export jobs</a> : null}
          </div>
        ) : null}
        <button type="submit" class="primary" disabled={busy}>
          {busy ? "Preparing the file…" : "Download"}
        </button>
      </form>
    </section>
  );
}
