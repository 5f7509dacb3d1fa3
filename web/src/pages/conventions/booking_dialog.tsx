// When, where and with whom: the dialog that makes or changes a time slot, without dragging.
import { useState } from "preact/hooks";
import { Confirm, Dialog } from "../../parts/dialog";
import { Check, Field, TextField } from "../../parts/field";
import type { ApiError } from "../../shell/api";
import { clashes } from "./clashes";
import { Hosts } from "./hosts";
import { Clashes, Refusal } from "./in_the_way";
import type { BoardData } from "./board_data";
import type { Booking, ConEvent, Managed, Person, TimeSlot } from "./service";

interface Props {
  convention: Managed;
  data: BoardData;
  event: ConEvent;
  /** The time slot to change; none when one is made. */
  slot: TimeSlot | null;
  booking: Booking;
  onSave: (booking: Booking) => Promise<void>;
  onCancelSlot: (slot: TimeSlot) => Promise<void>;
  onClose: () => void;
}

export function BookingDialog({ convention, data, event, slot, booking, onSave, onCancelSlot, onClose }: Props) {
  const [start, setStart] = useState(booking.start.slice(0, 16));
  const [duration, setDuration] = useState(String(booking.duration));
  const [locations, setLocations] = useState(booking.locations);
  const [hosts, setHosts] = useState<Person[]>(booking.hosts ?? slot?.hosts ?? [event.user]);
  const [notes, setNotes] = useState(slot?.["notes-to-attendees"] ?? event["notes-to-attendees"] ?? "");
  const [most, setMost] = useState(slot?.["max-attendees"] ?? event["max-attendees"] ?? "");
  const [error, setError] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const [cancelling, setCancelling] = useState(false);

  const wanted: Booking = { start: `${start}:00`.slice(0, 19), duration: Number(duration), locations, hosts, notes, most };
  const isWhole = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(start) && wanted.duration > 0;
  const found = isWhole ? clashes(wanted, hosts, data.slots, data.rooms, convention.timezone, slot?.id) : [];
  const inRooms = found.filter((clash) => clash.kind === "room");
  const torn = found.filter((clash) => clash.kind === "host");
  const guarded = convention["host-clash"] === "refuse";

  async function submit(submitted: SubmitEvent) {
    submitted.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await onSave(wanted);
      onClose();
    } catch (problem) {
      setError(problem as ApiError);
      setBusy(false);
    }
  }

  if (cancelling && slot) {
    return (
      <Confirm title="Cancel this time slot?" deed="Cancel the time slot" onConfirm={() => onCancelSlot(slot)} onClose={onClose}>
        <p>
          <bdi class="long-title">{event.title}</bdi> is taken off the schedule. Calendars that follow it show it as cancelled. The event itself stays.
        </p>
      </Confirm>
    );
  }
  return (
    <Dialog title={slot ? "Time slot" : "Schedule an event"} onClose={onClose}>
      <p class="long-title" dir="auto">
        <b>{event.title}</b>
      </p>
      <form class="long-form" onSubmit={submit}>
        <div class="row">
          <Field label="Starts" type="datetime-local" required value={start} hint={`Clocks of ${convention.timezone}`} onInput={(input) => setStart(input.currentTarget.value)} />
          <Field label="Minutes" type="number" required min={1} max={20160} value={duration} onInput={(input) => setDuration(input.currentTarget.value)} />
        </div>
        <fieldset>
          <legend>Rooms</legend>
          <div class="room-choice">
            {data.rooms.map((room) => (
              <Check
                key={room.slug}
                label={room.title}
                checked={locations.includes(room.slug)}
                onChange={(input) => {
                  const on = input.currentTarget.checked;
                  setLocations((had) => (on ? [...had, room.slug] : had.filter((slug) => slug !== room.slug)));
                }}
              />
            ))}
            {data.rooms.length === 0 ? <p>There are no rooms yet: add one under Rooms.</p> : null}
          </div>
        </fieldset>
        <Hosts hosts={hosts} onChange={setHosts} />
        <details class="further" open={Boolean(notes || most)}>
          <summary>Notes and number of visitors</summary>
          <Field label="Visitors at most" type="number" min={0} max={1000000} value={most} onInput={(input) => setMost(input.currentTarget.value)} />
          <TextField label="Notes to visitors" rows={2} maxLength={100000} value={notes} dir="auto" onInput={(input) => setNotes(input.currentTarget.value)} />
        </details>
        <Clashes found={inRooms} refused />
        <Clashes found={torn} refused={guarded} />
        <Refusal error={error} slots={data.slots} />
        <div class="actions">
          <button type="submit" class="primary" disabled={busy || locations.length === 0 || hosts.length === 0}>
            {slot ? "Save" : "Schedule"}
          </button>
          <button type="button" onClick={onClose}>
            Close
          </button>
          {slot ? (
            <button type="button" class="quiet apart" disabled={busy} onClick={() => setCancelling(true)}>
              Cancel this time slot…
            </button>
          ) : null}
        </div>
      </form>
    </Dialog>
  );
}
