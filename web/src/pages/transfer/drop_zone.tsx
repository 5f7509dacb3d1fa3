// A place to drop a file on, and a button that does the same.
import { useEffect, useRef, useState } from "preact/hooks";

interface DropZoneProps {
  busy: boolean;
  /** Whether there is a file already, and this is for another. */
  small: boolean;
  onFile: (file: File) => void;
}

export function DropZone({ busy, small, onFile }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const carriesFile = (event: DragEvent) => Boolean(event.dataTransfer?.types.includes("Files"));

  useEffect(() => {
    // A file that misses the place would be opened instead of this page.
    const stay = (event: DragEvent) => event.preventDefault();
    addEventListener("dragover", stay);
    addEventListener("drop", stay);
    return () => {
      removeEventListener("dragover", stay);
      removeEventListener("drop", stay);
    };
  }, []);

  function drop(event: DragEvent) {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer?.files[0];
    if (file && !busy) onFile(file);
  }

  return (
    <div
      class={`drop-zone${over ? " over" : ""}${small ? " small" : ""}`}
      onDragOver={(event) => {
        if (!carriesFile(event)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <p>{small ? "Another file:" : "Drop a calendar file here, or"}</p>
      <button type="button" class={small ? "" : "primary"} disabled={busy} onClick={() => input.current?.click()}>
        Choose a file
      </button>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        aria-label="Calendar file"
        tabIndex={-1}
        accept=".ics,.ical,.ifb,.icalendar,.csv,.json,.zip,text/calendar,text/csv,application/json,application/zip"
        onChange={(event) => {
          const chosen = event.currentTarget.files?.[0];
          // The same file, corrected, can be chosen again.
          if (chosen) onFile(chosen);
          event.currentTarget.value = "";
        }}
      />
      {small ? null : <p class="hint">iCalendar (.ics) from any calendar, Google’s .zip, Outlook’s .csv, or Timeslot JSON. Nothing is changed before you have seen what would be.</p>}
    </div>
  );
}
