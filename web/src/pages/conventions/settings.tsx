// What a convention is called, when it is, and the rules of its schedule.
import { useState } from "preact/hooks";
import { Check, Field, SelectField } from "../../parts/field";
import { say } from "../../parts/messages";
import { ApiError, call } from "../../shell/api";
import { zones } from "../../slots/times";
import type { TabProps } from "./convention";
import { Refusal } from "./in_the_way";
import type { Convention } from "./service";

export function Settings({ convention, onChange }: TabProps) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [shown, setShown] = useState(false);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const value = (name: string) => String(form.get(name) ?? "").trim();
    setBusy(true);
    setError(null);
    try {
      const json = {
        title: value("title"),
        series: value("series"),
        location: value("location"),
        website: value("website"),
        "start-date": value("start-date") || null,
        "end-date": value("end-date") || null,
        timezone: value("timezone"),
        "host-clash": form.has("host-clash") ? "refuse" : "warn",
        "hide-host-emails": form.has("hide-host-emails"),
      };
      const { status: _status, ...changed } = await call<Convention & { status: true }>("PUT", "entities/conventions/self", { convention: convention["public-key"], json });
      onChange(changed);
      say("The settings are saved.");
    } catch (problem) {
      setError(problem as ApiError);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div class="settings">
      <form class="card" onSubmit={submit}>
        <h2>Settings</h2>
        <Field label="Title" name="title" required maxLength={1000} defaultValue={convention.title} dir="auto" />
        <div class="row">
          <Field label="First day" name="start-date" type="date" defaultValue={convention["start-date"] ?? ""} />
          <Field label="Last day" name="end-date" type="date" defaultValue={convention["end-date"] ?? ""} />
        </div>
        <SelectField label="Time zone" name="timezone" hint="Time slots keep their instant when it changes; clocks then show another time.">
          {["UTC", ...zones(convention.timezone)].map((zone) => (
            <option key={zone} value={zone} selected={zone === convention.timezone}>
              {zone}
            </option>
          ))}
        </SelectField>
        <Field label="Place" name="location" maxLength={1000} defaultValue={convention.location} dir="auto" />
        <Field label="Website" name="website" type="url" maxLength={1000} defaultValue={convention.website} />
        <Field label="Series" name="series" maxLength={1000} defaultValue={convention.series} hint="What several conventions have in common." dir="auto" />
        <Check label="Nobody hosts in two places at once" name="host-clash" defaultChecked={convention["host-clash"] === "refuse"} hint="Else it is only a warning." />
        <Check label="Hide the e-mail addresses of hosts from visitors" name="hide-host-emails" defaultChecked={convention["hide-host-emails"]} />
        <Refusal error={error} slots={[]} />
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            Save
          </button>
        </div>
      </form>
      <div class="card">
        <h2>Keys</h2>
        <p class="hint">Programs name the convention by its public key. A backend of yours signs its requests with the secret, and reads all then.</p>
        <dl>
          <div>
            <dt>Public key</dt>
            <dd><code>{convention["public-key"]}</code></dd>
          </div>
          <div>
            <dt>Secret</dt>
            <dd>{shown ? <code>{convention["secret-key"]}</code> : <button type="button" onClick={() => setShown(true)}>Show the secret</button>}</dd>
          </div>
        </dl>
      </div>
    </div>
  );
}
