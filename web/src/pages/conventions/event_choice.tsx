// Which event goes to the place on the board that was chosen.
import { useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { CANCELLED, type ConEvent, type TimeSlot } from "./service";

const MOST = 50;

interface Props {
  events: ConEvent[];
  slots: TimeSlot[];
  onChoose: (event: ConEvent) => void;
  onClose: () => void;
}

export function EventChoice({ events, slots, onChoose, onClose }: Props) {
  const [search, setSearch] = useState("");
  const scheduled = new Set(slots.map((slot) => slot.event.id));
  const wanted = search.trim().toLowerCase();
  const open = events.filter((event) => event.status !== CANCELLED && event.title.toLowerCase().includes(wanted));
  const ranked = [...open.filter((event) => !scheduled.has(event.id)), ...open.filter((event) => scheduled.has(event.id))];
  return (
    <Dialog title="Which event?" onClose={onClose}>
      <Field label="Search events" type="search" autofocus value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
      <ul class="plain-list">
        {ranked.slice(0, MOST).map((event) => (
          <li key={event.id}>
            <button type="button" class="quiet pick" onClick={() => onChoose(event)}>
              <span class="clip" dir="auto">{event.title}</span>
              {scheduled.has(event.id) ? <span class="tag">scheduled</span> : null}
            </button>
          </li>
        ))}
      </ul>
      {ranked.length === 0 ? <p class="faint">No event matches.</p> : null}
      {ranked.length > MOST ? <p class="hint">{ranked.length - MOST} more: search for them.</p> : null}
    </Dialog>
  );
}
