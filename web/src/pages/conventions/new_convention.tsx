// Makes a convention.
import { useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog";
import { Field, SelectField } from "../../parts/field";
import { call } from "../../shell/api";
import { go, link } from "../../shell/router";
import { HERE, zones } from "../../slots/times";
import { sentence } from "./problem";

export function NewConvention({ onClose }: { onClose: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const value = (name: string) => String(form.get(name) ?? "").trim();
    setBusy(true);
    setProblem(null);
    try {
      const json = {
        title: value("title"),
        slug: value("slug"),
        location: value("location"),
        "start-date": value("start-date") || null,
        "end-date": value("end-date") || null,
        timezone: value("timezone"),
      };
      const made = await call<{ slug: string }>("POST", "entities/conventions", { json });
      go(link("conventions", made.slug));
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  }

  return (
    <Dialog title="New convention" onClose={onClose}>
      <form onSubmit={submit}>
        <Field label="Title" name="title" required maxLength={1000} />
        <Field label="Short name in addresses" name="slug" maxLength={100} hint="Letters, digits and dashes; made of the title when empty. It stays." />
        <div class="row">
          <Field label="First day" name="start-date" type="date" />
          <Field label="Last day" name="end-date" type="date" />
        </div>
        <Field label="Place" name="location" maxLength={1000} />
        <SelectField label="Time zone" name="timezone">
          {["UTC", ...zones(HERE)].map((zone) => (
            <option key={zone} value={zone} selected={zone === HERE}>
              {zone}
            </option>
          ))}
        </SelectField>
        {problem ? <p class="problem" role="alert">{problem}</p> : null}
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            Make it
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
