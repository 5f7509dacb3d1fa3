// The events that a manager drags from, or schedules with a dialog.
import { useState } from "preact/hooks";
import { Field } from "../../parts/field";
import { type Drag, follow } from "./dragging";
import { CANCELLED, type ConEvent, STATUSES, type TimeSlot, isPublic } from "./service";

const MOST = 100;

interface Props {
  events: ConEvent[];
  slots: TimeSlot[];
  onSchedule: (event: ConEvent) => void;
  dragOf: (event: ConEvent) => Drag;
}

export function Unscheduled({ events, slots, onSchedule, dragOf }: Props) {
  const [all, setAll] = useState(false);
  const [search, setSearch] = useState("");
  const scheduled = new Set(slots.map((slot) => slot.event.id));
  const open = events.filter((event) => event.status !== CANCELLED);
  const waiting = open.filter((event) => !scheduled.has(event.id));
  const wanted = search.trim().toLowerCase();
  const found = (all ? open : waiting).filter((event) => `${event.title}\n${event.user.name}`.toLowerCase().includes(wanted));
  return (
    <section class="waiting" aria-labelledby="waiting-title">
      <h2 id="waiting-title">Events</h2>
      <div class="bar choice" role="group" aria-label="Which events">
        <button type="button" aria-pressed={!all} onClick={() => setAll(false)}>
          Unscheduled <span class="amount">{waiting.length}</span>
        </button>
        <button type="button" aria-pressed={all} onClick={() => setAll(true)}>
          All <span class="amount">{open.length}</span>
        </button>
      </div>
      {(all ? open : waiting).length > 8 || search ? (
        <Field label="Search events" type="search" value={search} onInput={(event) => setSearch(event.currentTarget.value)} />
      ) : null}
      {found.length === 0 ? (
        <p class="faint">{search ? "No event matches." : all ? "There are no events yet." : "Everything is scheduled."}</p>
      ) : (
        <>
          <p class="hint">Drag one into a room, or choose it to set day, time and rooms. What is scheduled is public.</p>
          <ul>
            {found.slice(0, MOST).map((event) => (
              <Waiting key={event.id} event={event} onSchedule={onSchedule} dragOf={dragOf} />
            ))}
          </ul>
          {found.length > MOST ? <p class="hint">{found.length - MOST} more: search for them.</p> : null}
        </>
      )}
    </section>
  );
}

function Waiting({ event, onSchedule, dragOf }: Pick<Props, "onSchedule" | "dragOf"> & { event: ConEvent }) {
  const begin = (down: PointerEvent) => follow(down, event.title, dragOf(event));
  return (
    <li>
      <button
        type="button"
        class="waiting-event"
        onClick={() => onSchedule(event)}
        onPointerDown={(down) => {
          if (down.pointerType === "mouse") begin(down);
        }}
      >
        <span class="clip" dir="auto">
          {event.title}
        </span>
        <span class="faint clip">
          {event.duration ? `${event.duration} min` : "no duration"} · <bdi>{event.user.name}</bdi>
        </span>
        {isPublic(event) ? null : <span class="tag">{STATUSES[Number(event.status)]}</span>}
      </button>
      {/* A finger scrolls the list, and drags by this handle. */}
      <span class="handle" aria-hidden="true" onPointerDown={begin}>
        ⠿
      </span>
    </li>
  );
}
