// The rooms of a convention.
import { useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { Confirm, Dialog } from "../../parts/dialog";
import { Check, Field } from "../../parts/field";
import { say } from "../../parts/messages";
import { ApiError, call } from "../../shell/api";
import type { TabProps } from "./convention";
import { Refusal } from "./in_the_way";
import { useList } from "./listing";
import type { Room, TimeSlot } from "./service";

type Listed = Room & { timeslots: Pick<TimeSlot, "id" | "start" | "end">[] };

export function Rooms({ convention }: TabProps) {
  const key = convention["public-key"];
  const { items, problem, reload } = useList<Listed>("entities/locations", key);
  const [editing, setEditing] = useState<Listed | "new" | null>(null);
  const [removing, setRemoving] = useState<Listed | null>(null);
  return (
    <>
      <div class="bar">
        <h2>Rooms</h2>
        <button type="button" class="primary" onClick={() => setEditing("new")}>
          Add a room
        </button>
      </div>
      {problem ? <p class="problem" role="alert">{problem}</p> : null}
      {!items && !problem ? <Busy label="Looking for rooms" /> : null}
      {items?.length === 0 ? <p class="empty">No rooms yet. A room is wherever something happens: a hall, a table, a meeting point.</p> : null}
      {items?.length ? (
        <div class="table-box" tabIndex={0} role="region" aria-label="Rooms">
          <table class="even-table">
            <thead>
              <tr>
                <th scope="col">Room</th>
                <th scope="col">Area</th>
                <th scope="col" class="number">People</th>
                <th scope="col" class="number">Time slots</th>
                <th scope="col">
                  <span class="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {items.map((room) => (
                <tr key={room.slug}>
                  <th scope="row" class="name-cell">
                    <span class="clip" dir="auto">{room.title}</span>
                    {room.parallel ? <span class="tag">parallel</span> : null}
                  </th>
                  {room.area ? <td><span class="clip" dir="auto">{room.area}</span></td> : <td />}
                  {room["max-attendees"] ? <td class="number" data-unit="people">{room["max-attendees"]}</td> : <td class="number" />}
                  <td class="number" data-unit={room.timeslots.length === 1 ? "time slot" : "time slots"}>{room.timeslots.length}</td>
                  <td class="row-actions">
                    <button type="button" class="quiet" aria-label={`Edit ${room.title.slice(0, 100)}`} onClick={() => setEditing(room)}>
                      Edit
                    </button>
                    <button type="button" class="quiet" aria-label={`Remove ${room.title.slice(0, 100)}`} onClick={() => setRemoving(room)}>
                      Remove
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {editing ? <RoomDialog convention={key} room={editing === "new" ? null : editing} onSaved={reload} onClose={() => setEditing(null)} /> : null}
      {removing ? (
        <Confirm
          title="Remove this room?"
          deed="Remove"
          onClose={() => setRemoving(null)}
          onConfirm={async () => {
            await call("DELETE", `entities/locations/${encodeURIComponent(removing.slug)}`, { convention: key });
            say("The room is removed.");
            await reload();
          }}
        >
          <p><bdi class="long-title">{removing.title}</bdi> can be removed if nothing is scheduled there.</p>
        </Confirm>
      ) : null}
    </>
  );
}

interface DialogProps {
  convention: string;
  room: Room | null;
  onSaved: () => Promise<void>;
  onClose: () => void;
}

function RoomDialog({ convention, room, onSaved, onClose }: DialogProps) {
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  async function submit(event: SubmitEvent) {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const value = (name: string) => String(form.get(name) ?? "").trim();
    setBusy(true);
    setError(null);
    try {
      const json = { title: value("title"), area: value("area"), "max-attendees": value("max-attendees") || null, parallel: form.has("parallel") };
      if (room) await call("PUT", `entities/locations/${encodeURIComponent(room.slug)}`, { convention, json });
      else await call("POST", "entities/locations", { convention, json });
      say(room ? "The room is saved." : "The room is added.");
      await onSaved();
      onClose();
    } catch (problem) {
      setError(problem as ApiError);
      setBusy(false);
    }
  }
  return (
    <Dialog title={room ? "Edit the room" : "Add a room"} onClose={onClose}>
      <form onSubmit={submit}>
        <Field label="Title" name="title" required maxLength={1000} defaultValue={room?.title ?? ""} dir="auto" />
        <Field label="Area" name="area" maxLength={1000} defaultValue={room?.area ?? ""} hint="Such as a building or a floor." dir="auto" />
        <Field label="How many people it holds" name="max-attendees" type="number" min={0} max={1000000} defaultValue={room?.["max-attendees"] ?? ""} />
        <Check label="Takes any number of time slots at once" name="parallel" defaultChecked={room?.parallel ?? false} />
        <Refusal error={error} slots={[]} />
        <div class="actions">
          <button type="submit" class="primary" disabled={busy}>{room ? "Save" : "Add"}</button>
          <button type="button" onClick={onClose}>Cancel</button>
        </div>
      </form>
    </Dialog>
  );
}
