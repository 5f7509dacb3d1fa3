// Makes, renames, shares and removes groups.
import { useState } from "preact/hooks";
import { Confirm, Dialog } from "../../parts/dialog";
import { Check, Field } from "../../parts/field";
import { say } from "../../parts/messages";
import { type Group, changeGroup, createGroup, deleteGroup, groups } from "../../slots/groups";

interface GroupsDialogProps {
  tones: Map<string, number>;
  onClose: () => void;
  /** Called when slots may have changed. */
  onChanged: () => void;
}

export function GroupsDialog({ tones, onClose, onChanged }: GroupsDialogProps) {
  const [editing, setEditing] = useState<string | null>(null);
  const [leaving, setLeaving] = useState<Group | null>(null);
  const list = groups.value?.list ?? [];
  return (
    <Dialog title="Groups" onClose={onClose}>
      {list.length === 0 ? <p class="faint">No group yet. A group is a calendar of its own: it has a colour, and can be exported and subscribed to.</p> : null}
      <ul class="group-list">
        {list.map((group) => (
          <li key={group.uuid}>
            {editing === group.uuid ? (
              <GroupForm
                group={group}
                deed="Save"
                onDone={() => setEditing(null)}
                onSave={(name, isPublic) => changeGroup(group.uuid, { name, public: isPublic })}
              />
            ) : (
              <div class={`group-row tone-${tones.get(group.uuid) ?? "none"}`}>
                <span class="dot" aria-hidden="true" />
                <span class="clip" dir="auto">
                  {group.name}
                </span>
                {group.public ? <span class="tag">public</span> : null}
                <button type="button" class="quiet" aria-label={`Change ${group.name.slice(0, 100)}`} onClick={() => setEditing(group.uuid)}>
                  Change
                </button>
                <button type="button" class="quiet" aria-label={`Delete ${group.name.slice(0, 100)}`} onClick={() => setLeaving(group)}>
                  Delete
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {groups.value?.more ? <p class="hint">There are more groups than are listed here.</p> : null}
      <h3>New group</h3>
      <GroupForm deed="Make group" onSave={async (name, isPublic) => void (await createGroup({ name, public: isPublic }))} />
      {leaving ? (
        <Confirm
          title="Delete this group?"
          deed="Delete"
          onClose={() => setLeaving(null)}
          onConfirm={async () => {
            await deleteGroup(leaving.uuid);
            onChanged();
            say("The group is deleted. Its slots are still there.");
          }}
        >
          <p>
            <bdi class="clamped">{leaving.name}</bdi> will be gone. Its slots stay.
          </p>
        </Confirm>
      ) : null}
    </Dialog>
  );
}

interface GroupFormProps {
  group?: Group;
  deed: string;
  onSave: (name: string, isPublic: boolean) => Promise<void>;
  onDone?: () => void;
}

function GroupForm({ group, deed, onSave, onDone }: GroupFormProps) {
  const [name, setName] = useState(group?.name ?? "");
  const [isPublic, setPublic] = useState(group?.public ?? false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  async function save(event: Event) {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(null);
    try {
      await onSave(name, isPublic);
      if (onDone) onDone();
      else {
        setName("");
        setPublic(false);
      }
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setBusy(false);
    }
  }

  return (
    <form class="group-form" onSubmit={(event) => void save(event)}>
      <Field label="Name" value={name} required maxLength={1000} dir="auto" problem={problem} onInput={(event) => setName(event.currentTarget.value)} />
      <Check label="Public" checked={isPublic} onChange={(event) => setPublic(event.currentTarget.checked)} />
      <div class="actions">
        <button type="submit" class={group ? "primary" : ""} disabled={busy}>
          {deed}
        </button>
        {onDone ? (
          <button type="button" onClick={onDone}>
            Cancel
          </button>
        ) : null}
      </div>
    </form>
  );
}
