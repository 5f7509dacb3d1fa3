// The types of tags that events carry, and their values.
import { useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { Confirm, Dialog } from "../../parts/dialog";
import { Check, Field, SelectField, TextField } from "../../parts/field";
import { say } from "../../parts/messages";
import { call } from "../../shell/api";
import type { TabProps } from "./convention";
import { useList } from "./listing";
import { sentence } from "./problem";
import type { TagType } from "./service";

const REQUIREMENTS = { "1": "exactly one value", "*": "any number of values", "+": "at least one value" } as const;

export function Tags({ convention }: TabProps) {
  const key = convention["public-key"];
  const { items, problem, reload } = useList<TagType>("entities/tagtypes", key);
  const [editing, setEditing] = useState<TagType | "new" | null>(null);
  const [removing, setRemoving] = useState<TagType | null>(null);
  return (
    <>
      <div class="bar">
        <h2>Tags</h2>
        <button type="button" class="primary" onClick={() => setEditing("new")}>
          Add a type of tags
        </button>
      </div>
      {problem ? <p class="problem" role="alert">{problem}</p> : null}
      {!items && !problem ? <Busy label="Looking for tags" /> : null}
      {items?.length === 0 ? <p class="empty">No tags yet. Visitors filter the schedule by them: by track, language, or age.</p> : null}
      <ul class="tag-types">
        {items?.map((type) => (
          <li key={type.title} class="card">
            <div class="bar">
              <h3 class="clip" dir="auto">{type.title}</h3>
              <span class="faint">{REQUIREMENTS[type.requirement]}</span>
              {type.public ? null : <span class="tag warn">managers only</span>}
              <span class="row-actions">
                <button type="button" class="quiet" aria-label={`Edit ${type.title.slice(0, 100)}`} onClick={() => setEditing(type)}>Edit</button>
                <button type="button" class="quiet" aria-label={`Remove ${type.title.slice(0, 100)}`} onClick={() => setRemoving(type)}>Remove</button>
              </span>
            </div>
            <p class="tag-values">
              {type.values.slice(0, 60).map((value) => (
                <span key={value} class="tag clip" dir="auto">{value}</span>
              ))}
              {type.values.length > 60 ? <span class="faint">and {type.values.length - 60} more</span> : null}
              {type.values.length === 0 ? <span class="faint">no values yet</span> : null}
            </p>
          </li>
        ))}
      </ul>
      {editing ? <TypeDialog convention={key} type={editing === "new" ? null : editing} onSaved={reload} onClose={() => setEditing(null)} /> : null}
      {removing ? (
        <Confirm
          title="Remove this type of tags?"
          deed="Remove"
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await call("DELETE", `entities/tagtypes/${encodeURIComponent(removing.title)}`, { convention: key });
            say("The type is removed.");
            await reload();
          }}
        >
          <p><bdi class="long-title">{removing.title}</bdi> can be removed if no event uses it.</p>
        </Confirm>
      ) : null}
    </>
  );
}

interface DialogProps {
  convention: string;
  type: TagType | null;
  onSaved: () => Promise<void>;
  onClose: () => void;
}

function TypeDialog({ convention, type, onSaved, onClose }: DialogProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const values = [...new Set(String(form.get("values") ?? "").split("\n").map((line) => line.trim()).filter(Boolean))];
    setBusy(true);
    setProblem(null);
    try {
      if (type) {
        const json = {
          public: form.has("public"),
          values: values.filter((value) => !type.values.includes(value)),
          "remove-values": type.values.filter((value) => !values.includes(value)),
        };
        await call("PUT", `entities/tagtypes/${encodeURIComponent(type.title)}`, { convention, json });
      } else {
        const json = { title: String(form.get("title")), requirement: String(form.get("requirement")), public: form.has("public"), values };
        await call("POST", "entities/tagtypes", { convention, json });
      }
      await onSaved();
      say("The tags are saved.");
      onClose();
    } catch (error) {
      setProblem(sentence(error));
      setBusy(false);
    }
  }
  return (
    <Dialog title={type ? `Tags` : "Add a type of tags"} onClose={onClose}>
      <form onSubmit={submit}>
        {type ? (
          <p class="long-title" dir="auto"><b>{type.title}</b>: {REQUIREMENTS[type.requirement]}</p>
        ) : (
          <>
            <Field label="Title" name="title" required maxLength={1000} hint="Such as track, or language." dir="auto" />
            <SelectField label="An event takes" name="requirement">
              {Object.entries(REQUIREMENTS).map(([value, text]) => (
                <option key={value} value={value}>{text}</option>
              ))}
            </SelectField>
          </>
        )}
        <TextField label="Values" name="values" rows={6} hint="One on a line." defaultValue={type?.values.join("\n") ?? ""} dir="auto" />
        <Check label="Visitors see them" name="public" defaultChecked={type?.public ?? true} />
        {problem ? <p class="problem" role="alert">{problem}</p> : null}
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>{type ? "Save" : "Add"}</button>
          <button type="button" onClick={onClose}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}
