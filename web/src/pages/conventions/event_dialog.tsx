// Everything about one event.
import { useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog";
import { Check, Field, SelectField, TextField } from "../../parts/field";
import { say } from "../../parts/messages";
import { ApiError, call } from "../../shell/api";
import { Refusal } from "./in_the_way";
import { useList } from "./listing";
import { CANCELLED, type ConEvent, STATUSES, type TagType } from "./service";

interface Props {
  convention: string;
  event: ConEvent | null;
  onSaved: () => Promise<void>;
  onClose: () => void;
}

type Tags = Record<string, string[]>;

export function EventDialog({ convention, event, onSaved, onClose }: Props) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const { items: types } = useList<TagType>("entities/tagtypes", convention);
  const had: Tags = Object.fromEntries(Object.entries(event?.tags ?? {}).map(([title, value]) => [title, [value].flat()]));
  const [tags, setTags] = useState<Tags>(had);

  async function submit(submitted: SubmitEvent) {
    submitted.preventDefault();
    const form = new FormData(submitted.currentTarget as HTMLFormElement);
    const value = (name: string) => String(form.get(name) ?? "").trim();
    const number = (name: string) => value(name) || null;
    const json: Record<string, unknown> = {
      title: value("title"),
      teaser: value("teaser"),
      description: value("description"),
      duration: number("duration"),
      "min-attendees": number("min-attendees"),
      "max-attendees": number("max-attendees"),
      "requires-registration": form.has("requires-registration"),
      "notes-to-attendees": value("notes-to-attendees"),
      "notes-to-staff": value("notes-to-staff"),
      price: value("price") || "0",
      ...tagChanges(had, tags, event !== null),
    };
    if (form.has("status")) json["status"] = Number(value("status"));
    if (value("owner")) json["user"] = { email: value("owner") };
    setBusy(true);
    setError(null);
    try {
      if (event) await call("PUT", `entities/events/${event.id}`, { convention, json });
      else await call("POST", "entities/events", { convention, json });
      await onSaved();
      say(event ? "The event is saved." : "The event is added.");
      onClose();
    } catch (problem) {
      setError(problem as ApiError);
      setBusy(false);
    }
  }

  return (
    <Dialog title={event ? "Event" : "Add an event"} onClose={onClose} wide>
      <form class="long-form" onSubmit={submit}>
        <Field label="Title" name="title" required maxLength={1000} defaultValue={event?.title ?? ""} dir="auto" />
        <div class="row">
          <Field label="Minutes" name="duration" type="number" min={1} max={20160} defaultValue={event ? (event.duration ?? "") : "60"} hint="Of a time slot, unless it says otherwise." />
          {event?.status === CANCELLED ? null : (
            <SelectField label="Status" name="status" hint="Scheduled and approved ones are public.">
              {STATUSES.slice(0, 6).map((name, value) => (
                <option key={name} value={String(value)} selected={String(value) === (event?.status ?? "0")}>
                  {name}
                </option>
              ))}
            </SelectField>
          )}
        </div>
        <TextField label="Teaser" name="teaser" rows={2} maxLength={100000} defaultValue={event?.teaser ?? ""} dir="auto" />
        <TextField label="Description" name="description" rows={5} maxLength={100000} defaultValue={event?.description ?? ""} dir="auto" />
        {types?.length ? (
          <fieldset>
            <legend>Tags</legend>
            {types.map((type) => (
              <TagChoice key={type.title} type={type} chosen={tags[type.title] ?? []} onChange={(values) => setTags((now) => ({ ...now, [type.title]: values }))} />
            ))}
          </fieldset>
        ) : null}
        <div class="row">
          <Field label="At least" name="min-attendees" type="number" min={0} max={1000000} defaultValue={event?.["min-attendees"] ?? ""} hint="People." />
          <Field label="At most" name="max-attendees" type="number" min={0} max={1000000} defaultValue={event?.["max-attendees"] ?? ""} hint="People." />
          <Field label="Price" name="price" inputMode="decimal" defaultValue={event?.price ?? "0"} />
        </div>
        <Check label="Visitors have to register" name="requires-registration" defaultChecked={event?.["requires-registration"] ?? false} />
        <TextField label="Notes to visitors" name="notes-to-attendees" rows={2} maxLength={100000} defaultValue={event?.["notes-to-attendees"] ?? ""} dir="auto" />
        <TextField label="Notes to the staff" name="notes-to-staff" rows={2} maxLength={100000} defaultValue={event?.["notes-to-staff"] ?? ""} dir="auto" />
        <Field
          label={event ? "Another owner" : "Owner"}
          name="owner"
          type="email"
          maxLength={320}
          hint={event ? `Now ${event.user.name}. The e-mail of an account here.` : "The e-mail of an account here; you when empty."}
        />
        <Refusal error={error} slots={[]} />
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>
            {event ? "Save" : "Add"}
          </button>
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** Say what is new among the tags, and what is gone. */
function tagChanges(had: Tags, now: Tags, exists: boolean): Record<string, Tags> {
  const added: Tags = {};
  const removed: Tags = {};
  for (const title of new Set([...Object.keys(had), ...Object.keys(now)])) {
    const [before, after] = [had[title] ?? [], now[title] ?? []];
    const more = after.filter((value) => !before.includes(value));
    const less = before.filter((value) => !after.includes(value));
    if (more.length) added[title] = more;
    if (less.length) removed[title] = less;
  }
  return { ...(Object.keys(added).length ? { tags: added } : {}), ...(exists && Object.keys(removed).length ? { "remove-tags": removed } : {}) };
}

const MOST_BOXES = 12;

function TagChoice({ type, chosen, onChange }: { type: TagType; chosen: string[]; onChange: (values: string[]) => void }) {
  const values = [...new Set([...type.values, ...chosen])];
  if (type.requirement === "1" || values.length > MOST_BOXES) {
    const single = type.requirement === "1";
    return (
      <SelectField
        label={type.title}
        multiple={!single}
        onChange={(event) => onChange([...event.currentTarget.selectedOptions].map((option) => option.value).filter(Boolean))}
      >
        {single ? <option value="">None</option> : null}
        {values.map((value) => (
          <option key={value} value={value} selected={chosen.includes(value)}>
            {value}
          </option>
        ))}
      </SelectField>
    );
  }
  return (
    <div class="field tag-choice" role="group" aria-label={type.title}>
      <b class="clip" dir="auto">{type.title}</b>
      {values.map((value) => (
        <Check
          key={value}
          label={value}
          checked={chosen.includes(value)}
          onChange={(event) => onChange(event.currentTarget.checked ? [...chosen, value] : chosen.filter((other) => other !== value))}
        />
      ))}
      {values.length === 0 ? <p class="hint">No values yet: add some under Tags.</p> : null}
    </div>
  );
}
