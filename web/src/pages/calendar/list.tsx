// A month as a list: day by day, as much of it as one asks for.
import type { Calendar } from "@event-calendar/core";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { ListedSlot } from "../../slots/slots";
import { DAY, dateHere, later } from "../../slots/times";
import type { Range } from "./grid";
import { byTime, daysOf } from "./month_room";

interface ListProps {
  /** A day in the month that is shown, as `2026-11-22`. */
  date: string;
  events: Calendar.EventInput[];
  loading: boolean;
  onRange: (range: Range) => void;
  onOpen: (slot: ListedSlot) => void;
}

/** Rows that are drawn at once. */
const ROWS = 150;

const TITLE = new Intl.DateTimeFormat(navigator.language, { month: "long", year: "numeric" });
const WEEKDAY = new Intl.DateTimeFormat(navigator.language, { weekday: "long", timeZone: "UTC" });
const DATE = new Intl.DateTimeFormat(navigator.language, { day: "numeric", month: "long", timeZone: "UTC" });
const CLOCK = new Intl.DateTimeFormat(navigator.language, { hour: "numeric", minute: "2-digit" });

export function List({ date, events, loading, onRange, onOpen }: ListProps) {
  const month = date.slice(0, 7);
  const [rows, setRows] = useState(ROWS);
  useEffect(() => {
    const [year = 0, number = 1] = month.split("-").map(Number);
    const start = new Date(year, number - 1, 1);
    setRows(ROWS);
    onRange({ start, end: new Date(year, number, 1), title: TITLE.format(start) });
  }, [month]);
  const days = useMemo(() => byDay(events, month), [events, month]);
  const total = days.reduce((sum, [, list]) => sum + list.length, 0);
  let left = rows;
  return (
    <div class="calendar-list">
      {total === 0 && !loading ? <p class="empty">Nothing in this month.</p> : null}
      {days.map(([day, list]) => {
        const drawn = list.slice(0, Math.max(0, left));
        left -= list.length;
        return drawn.length ? <Day key={day} day={day} events={drawn} onOpen={onOpen} /> : null;
      })}
      {total > rows ? (
        <button type="button" onClick={() => setRows(rows + ROWS)}>
          Show {Math.min(ROWS, total - rows)} more of {total.toLocaleString()}
        </button>
      ) : null}
    </div>
  );
}

function Day({ day, events, onOpen }: { day: string; events: Calendar.EventInput[]; onOpen: (slot: ListedSlot) => void }) {
  const date = new Date(`${day}T00:00:00Z`);
  return (
    <>
      <h3 class={day === dateHere(new Date()) ? "today" : undefined}>
        {WEEKDAY.format(date)} <span>{DATE.format(date)}</span>
      </h3>
      <EventList events={events} onOpen={onOpen} />
    </>
  );
}

/** Events in rows, each with its time, its title and its place. */
export function EventList({ events, onOpen }: { events: Calendar.EventInput[]; onOpen: (slot: ListedSlot) => void }) {
  return (
    <ul class="event-list">
      {events.map((event) => {
        const slot = event.extendedProps?.["slot"] as ListedSlot;
        const place = slot.location?.name || slot.location?.city;
        return (
          <li key={event.id}>
            <button type="button" class={`event-row ${String(event.classNames?.[0] ?? "")}`} onClick={() => onOpen(slot)}>
              <span class="event-row-time">{timeOf(event, slot)}</span>
              <span class="event-row-what">
                <span class="event-row-title" dir="auto">
                  {String(event.title)}
                </span>
                {place ? (
                  <span class="clip faint" dir="auto">
                    {place.slice(0, 200)}
                  </span>
                ) : null}
              </span>
              {event.extendedProps?.["series"] ? (
                <span class="event-series">
                  <span aria-hidden="true">↻</span>
                  <span class="visually-hidden">(recurring)</span>
                </span>
              ) : null}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

function timeOf(event: Calendar.EventInput, slot: ListedSlot): string {
  if (event.allDay) return "all day";
  const start = new Date(event.start);
  return slot.end === null ? `${CLOCK.format(start)} –` : `${CLOCK.format(start)}–${CLOCK.format(new Date(event.end))}`;
}

/** Give the days of a month on which something is, each with what is on it, in order. */
function byDay(events: readonly Calendar.EventInput[], month: string): [string, Calendar.EventInput[]][] {
  const first = `${month}-01`;
  const end = `${later(first, 31 * DAY).slice(0, 7)}-01`;
  const days = new Map<string, Calendar.EventInput[]>();
  for (const event of [...events].sort(byTime)) {
    for (const day of daysOf(event, first, end)) {
      const list = days.get(day);
      if (list) list.push(event);
      else days.set(day, [event]);
    }
  }
  return [...days].sort(([a], [b]) => (a < b ? -1 : 1));
}
