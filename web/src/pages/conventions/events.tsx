// The events of a convention: what they are, how far they have come, and whether everybody sees them.
import { useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { Confirm } from "../../parts/dialog";
import { Field, SelectField } from "../../parts/field";
import { say } from "../../parts/messages";
import { Pager } from "../../parts/pager";
import { call } from "../../shell/api";
import type { TabProps } from "./convention";
import { EventDialog } from "./event_dialog";
import { useList } from "./listing";
import { sentence } from "./problem";
import { CANCELLED, type ConEvent, STATUSES, isPublic } from "./service";

const PAGE = 50;

export function Events({ convention }: TabProps) {
  const key = convention["public-key"];
  const { items, setItems, problem, reload } = useList<ConEvent>("entities/events", key);
  const [search, setSearch] = useState("");
  const [status, setStatus] = useState("");
  const [first, setFirst] = useState(0);
  const [editing, setEditing] = useState<ConEvent | "new" | null>(null);
  const [cancelling, setCancelling] = useState<ConEvent | null>(null);
  const [busy, setBusy] = useState<string[]>([]);

  const wanted = search.trim().toLowerCase();
  const found = (items ?? []).filter((event) => {
    const fits = status === "" || event.status === status;
    return fits && `${event.title}\n${event.user.name}`.toLowerCase().includes(wanted);
  });
  const start = Math.min(first, Math.max(0, Math.floor((found.length - 1) / PAGE) * PAGE));
  const shown = found.slice(start, start + PAGE);

  function put(event: ConEvent) {
    setItems((had) => (had ?? []).map((other) => (other.id === event.id ? event : other)));
  }

  async function setStatusOf(event: ConEvent, to: string) {
    setBusy((had) => [...had, event.id]);
    try {
      put(await call<ConEvent>("PUT", `entities/events/${event.id}`, { convention: key, json: { status: Number(to) } }));
      const shown = to === "4" || to === "5";
      if (shown !== isPublic(event)) say(shown ? "Everybody can see the event now." : "Only managers see the event now.");
      else say("The status is saved.");
    } catch (error) {
      say(sentence(error), "bad");
      put({ ...event });
    } finally {
      setBusy((had) => had.filter((id) => id !== event.id));
    }
  }

  return (
    <>
      <div class="bar">
        <h2>Events</h2>
        <button type="button" class="primary" onClick={() => setEditing("new")}>
          Add an event
        </button>
      </div>
      {problem ? <p class="problem" role="alert">{problem}</p> : null}
      {!items && !problem ? <Busy label="Looking for events" /> : null}
      {items?.length === 0 ? <p class="empty">No events yet. An event is what happens: a talk, a game, a workshop. It gets its times on the board.</p> : null}
      {items?.length ? (
        <div class="row event-filters">
          <Field label="Search" type="search" value={search} onInput={(event) => { setSearch(event.currentTarget.value); setFirst(0); }} />
          <SelectField label="Status" value={status} onChange={(event) => { setStatus(event.currentTarget.value); setFirst(0); }}>
            <option value="">Any</option>
            {STATUSES.map((name, number) => (
              <option key={name} value={String(number)}>{name}</option>
            ))}
          </SelectField>
        </div>
      ) : null}
      {items?.length && found.length === 0 ? <p class="empty">No event matches.</p> : null}
      {shown.length ? (
        <div class="table-box" tabIndex={0} role="region" aria-label="Events">
          <table class="even-table">
            <thead>
              <tr>
                <th scope="col">Event</th>
                <th scope="col">By</th>
                <th scope="col" class="number">Minutes</th>
                <th scope="col">Status</th>
                <th scope="col"><span class="visually-hidden">Actions</span></th>
              </tr>
            </thead>
            <tbody>
              {shown.map((event) => (
                <tr key={event.id}>
                  <th scope="row" class="name-cell">
                    <button type="button" class="quiet pick" onClick={() => setEditing(event)}>
                      <span class="clip" dir="auto">{event.title}</span>
                    </button>
                  </th>
                  <td><span class="clip" dir="auto">{event.user.name}</span></td>
                  <td class="number" data-unit="min">{event.duration ?? ""}</td>
                  <td>
                    {event.status === CANCELLED ? (
                      <span class="tag bad">Cancelled</span>
                    ) : (
                      <span class="status-cell">
                        <select
                          aria-label={`Status of ${event.title.slice(0, 100)}`}
                          value={event.status}
                          disabled={busy.includes(event.id)}
                          onChange={(change) => void setStatusOf(event, change.currentTarget.value)}
                        >
                          {STATUSES.slice(0, 6).map((name, number) => (
                            <option key={name} value={String(number)}>{name}</option>
                          ))}
                        </select>
                        {isPublic(event) ? <span class="tag good">public</span> : null}
                      </span>
                    )}
                  </td>
                  <td class="row-actions">
                    {event.status === CANCELLED ? null : (
                      <button type="button" class="quiet" aria-label={`Cancel ${event.title.slice(0, 100)}`} onClick={() => setCancelling(event)}>
                        Cancel…
                      </button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      <Pager label="Events" offset={start} size={PAGE} count={found.length} onPage={setFirst} />
      {editing ? <EventDialog convention={key} event={editing === "new" ? null : editing} onSaved={reload} onClose={() => setEditing(null)} /> : null}
      {cancelling ? (
        <Confirm
          title="Cancel this event?"
          deed="Cancel the event"
          onClose={() => setCancelling(null)}
          onConfirm={async () => {
            await call("DELETE", `entities/events/${cancelling.id}`, { convention: key });
            say("The event is cancelled.");
            await reload();
          }}
        >
          <p><bdi class="long-title">{cancelling.title}</bdi> is cancelled with all its time slots. This cannot be undone.</p>
        </Confirm>
      ) : null}
    </>
  );
}
