// All of a day that has more than its place in the month shows.
import type { Calendar } from "@event-calendar/core";
import { useState } from "preact/hooks";
import { Dialog } from "../../parts/dialog";
import type { ListedSlot } from "../../slots/slots";
import { EventList } from "./list";

interface DayDialogProps {
  /** Such as `2026-11-22`. */
  day: string;
  events: Calendar.EventInput[];
  onOpen: (slot: ListedSlot) => void;
  onClose: () => void;
}

const TITLE = new Intl.DateTimeFormat(navigator.language, { dateStyle: "full", timeZone: "UTC" });
const ROWS = 100;

export function DayDialog({ day, events, onOpen, onClose }: DayDialogProps) {
  const [rows, setRows] = useState(ROWS);
  return (
    <Dialog title={TITLE.format(new Date(`${day}T00:00:00Z`))} onClose={onClose}>
      <EventList events={events.slice(0, rows)} onOpen={onOpen} />
      {events.length > rows ? (
        <button type="button" onClick={() => setRows(rows + ROWS)}>
          Show {Math.min(ROWS, events.length - rows)} more
        </button>
      ) : null}
    </Dialog>
  );
}
