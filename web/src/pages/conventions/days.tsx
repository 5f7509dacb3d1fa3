// The days of a convention to choose from.
import { useEffect, useRef } from "preact/hooks";
import type { TimeSlot } from "./service";
import { dayName } from "./wall";

interface Props {
  known: string[];
  day: string;
  slots: TimeSlot[];
  onDay: (day: string) => void;
}

export function Days({ known, day, slots, onDay }: Props) {
  const place = useRef<HTMLDivElement>(null);
  // Many days are wider than the window.
  useEffect(() => {
    const current = place.current?.querySelector<HTMLElement>("[aria-pressed=true]");
    if (place.current && current) place.current.scrollLeft = current.offsetLeft - place.current.offsetLeft - 40;
  }, [day]);
  const shown = known.includes(day) ? known : [...known, day].sort();
  return (
    <div class="board-days">
      <div class="day-buttons" role="group" aria-label="Day" ref={place}>
        {shown.map((one) => (
          <button key={one} type="button" aria-pressed={one === day} onClick={() => onDay(one)}>
            {dayName(one)} <span class="amount">{slots.filter((slot) => slot.start.startsWith(one)).length || ""}</span>
          </button>
        ))}
      </div>
      <label class="other-day">
        <span>Other day</span>
        <input type="date" value={day} onChange={(event) => event.currentTarget.value && onDay(event.currentTarget.value)} />
      </label>
    </div>
  );
}
