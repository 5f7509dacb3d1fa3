// The managers' board: a day of rooms, and the events to put into them.
import { useRef, useState } from "preact/hooks";
import { Busy } from "../../parts/busy";
import { say } from "../../parts/messages";
import { ApiError, call } from "../../shell/api";
import { later, wallIn } from "../../slots/times";
import { useBoard } from "./board_data";
import { BoardGrid, type BoardHandle, type Move, type Spot } from "./board_grid";
import { BookingDialog } from "./booking_dialog";
import { type Clash, clashes } from "./clashes";
import { Days } from "./days";
import type { Drag } from "./dragging";
import { named, slotText } from "./in_the_way";
import { type Booking, type ConEvent, type Managed, type Person, type Saved, type TimeSlot, book, days, rebook } from "./service";
import { EventChoice } from "./event_choice";
import { Unscheduled } from "./unscheduled";
import { instantIn, shownEnd } from "./wall";

interface Asked {
  event: ConEvent;
  slot: TimeSlot | null;
  booking: Booking;
}

interface Strip {
  kind: "bad" | "warn" | "";
  lines: string[];
}

const DEFAULT_MINUTES = 60;
const SILENT: Strip = { kind: "", lines: [] };

export function Board({ convention }: { convention: Managed }) {
  const { data, problem, refresh, put, drop } = useBoard(convention);
  const [chosen, setChosen] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const [choosing, setChoosing] = useState<Spot | null>(null);
  const [strip, setStrip] = useState<Strip>(SILENT);
  const [saving, setSaving] = useState(false);
  const handle = useRef<BoardHandle>(null);
  if (!data) {
    if (!problem) return <Busy label="Opening the board" />;
    return (
      <>
        <p class="problem" role="alert">{problem}</p>
        <button type="button" onClick={() => void refresh(true)}>Try again</button>
      </>
    );
  }
  const { slots, events, rooms } = data;
  const known = days(convention, slots);
  const today = wallIn(convention.timezone, new Date()).slice(0, 10);
  const day = chosen || known.find((found) => found >= today) || known[0] || today;
  const guarded = convention["host-clash"] === "refuse";

  const refused = (found: Clash[]) => found.some((clash) => clash.kind === "room" || guarded);
  const look = (booking: Booking, hosts: Person[], own = "") => clashes(booking, hosts, slots, rooms, convention.timezone, own);

  /** Show what is in the way of a booking that is being dragged. */
  function hint(found: Clash[]): void {
    const bad = found.filter((clash) => clash.kind === "room" || guarded);
    handle.current?.mark(
      bad.map((clash) => clash.slot.id),
      found.map((clash) => clash.slot.id),
    );
    setStrip(found.length ? { kind: refused(found) ? "bad" : "warn", lines: linesOf(found) } : SILENT);
  }

  /** Send a booking; what is refused is named. Throws what went wrong. */
  async function send(booking: Booking, event: ConEvent, slot: TimeSlot | null): Promise<void> {
    setSaving(true);
    try {
      const saved: Saved = slot ? await rebook(convention, slot, booking) : await book(convention, event.id, booking);
      put(saved.slot);
      setStrip(SILENT);
      for (const warning of saved.warnings) say(`${warning.message}.`, "bad");
      say(slot ? "Saved." : "Scheduled.");
    } finally {
      setSaving(false);
      handle.current?.mark([], []);
    }
  }

  /** Send what was dropped, unless something is in the way already. */
  async function drag(booking: Booking, event: ConEvent, slot: TimeSlot | null, revert: () => void): Promise<void> {
    const hosts = booking.hosts ?? slot?.hosts ?? [event.user];
    const found = look(booking, hosts, slot?.id);
    if (refused(found)) {
      revert();
      handle.current?.mark([], []);
      const [first = "", ...others] = linesOf(found);
      setStrip({ kind: "bad", lines: [`${slot ? "Not moved." : "Not scheduled."} ${first}`, ...others] });
      void refresh();
      return;
    }
    try {
      await send(booking, event, slot);
    } catch (error) {
      revert();
      const refusal = error as ApiError;
      await refresh(true);
      const ways = await namedNow(refusal);
      setStrip({ kind: "bad", lines: [`${slot ? "Not moved." : "Not scheduled."} ${refusal.message}${ways.length ? ":" : "."}`, ...ways] });
    }
  }

  /** Name what the service says is in the way, which may have come after our last look. */
  async function namedNow(error: ApiError): Promise<string[]> {
    const ways = (error.details["timeslots"] ?? []) as { id: string }[];
    const fresh = await Promise.all(
      ways.slice(0, 5).map((way) => call<TimeSlot>("GET", `entities/timeslots/${way.id}`, { convention: convention["public-key"] }).catch(() => null)),
    );
    return named(error, fresh.filter((slot) => slot !== null));
  }

  function bookingOf(move: Move, slot: TimeSlot): Booking {
    const start = later(slot.start.slice(0, 19), move.shift);
    const end = later(shownEnd(slot.start, slot.end, Number(slot.duration)), move.stretch);
    const stretched = Math.round((instantIn(convention.timezone, end) - Date.parse(slot.start)) / 60_000);
    const had = slot.locations.map((room) => room.slug);
    const moved = had.map((slug) => (slug === move.from && move.to ? move.to : slug));
    return { start, duration: move.stretch ? Math.max(5, stretched) : Number(slot.duration), locations: [...new Set(moved)], hosts: null };
  }

  const slotOf = (id: string) => slots.find((slot) => slot.id === id);
  const spotted = (spot: Spot, event: ConEvent): Booking => ({
    start: spot.start,
    duration: Number(event.duration ?? DEFAULT_MINUTES),
    locations: [spot.room],
    hosts: null,
  });

  function dragOf(event: ConEvent): Drag {
    const at = (x: number, y: number) => handle.current?.spot(x, y) ?? null;
    return {
      over: (x, y) => {
        const spot = at(x, y);
        const found = spot ? look(spotted(spot, event), [event.user]) : [];
        hint(found);
        handle.current?.land(spot && { ...spot, minutes: Number(event.duration ?? DEFAULT_MINUTES), refused: refused(found) });
        return spot ? `${spot.start.slice(11, 16)}, ${rooms.find((room) => room.slug === spot.room)?.title ?? ""}` : "Drop it into a room";
      },
      drop: (x, y) => {
        const spot = at(x, y);
        handle.current?.land(null);
        if (spot && !saving) void drag(spotted(spot, event), event, null, () => undefined);
        else hint([]);
      },
      cancel: () => {
        handle.current?.land(null);
        hint([]);
      },
    };
  }

  function schedule(event: ConEvent, spot: Spot | null): void {
    const start = spot?.start ?? `${day}T10:00:00`;
    setChoosing(null);
    setAsked({ event, slot: null, booking: { start, duration: Number(event.duration ?? DEFAULT_MINUTES), locations: spot ? [spot.room] : [], hosts: null } });
  }

  function openSlot(id: string): void {
    const slot = slotOf(id);
    if (!slot) return;
    const locations = slot.locations.map((room) => room.slug);
    setAsked({ event: slot.event, slot, booking: { start: slot.start.slice(0, 19), duration: Number(slot.duration), locations, hosts: slot.hosts } });
  }

  async function cancelSlot(slot: TimeSlot): Promise<void> {
    await call("DELETE", `entities/timeslots/${slot.id}`, { convention: convention["public-key"] });
    drop(slot.id);
    say("The time slot is cancelled.");
  }

  if (rooms.length === 0) {
    return (
      <p class="empty">
        A board needs rooms. <a href={`#/conventions/${encodeURIComponent(convention.slug)}/rooms`}>Add the first one.</a>
      </p>
    );
  }
  return (
    <div class="board">
      <Unscheduled events={events} slots={slots} onSchedule={(event) => schedule(event, null)} dragOf={dragOf} />
      <section class="board-main" aria-label="Board">
        <Days known={known} day={day} slots={slots} onDay={setChosen} />
        {problem ? <p class="warning">Not up to date: {problem}</p> : null}
        <div class={`board-strip ${strip.kind || "idle"}`} role="status">
          {strip.lines.length === 0 ? <p>Clocks of {convention.timezone}. Drag to move, pull the end to change the length, choose to edit.</p> : null}
          {strip.lines.map((line) => (
            <p key={line} dir="auto">{line}</p>
          ))}
        </div>
        <div class={saving ? "board-frame saving" : "board-frame"} aria-busy={saving}>
          <BoardGrid
            day={day}
            timezone={convention.timezone}
            rooms={rooms}
            slots={slots}
            handle={handle}
            onOpen={openSlot}
            onCreate={setChoosing}
            onTry={(move) => {
              const slot = slotOf(move.slot);
              if (slot) {
                const booking = bookingOf(move, slot);
                hint(look(booking, slot.hosts, slot.id));
              }
            }}
            onMove={(move, revert) => {
              const slot = slotOf(move.slot);
              if (slot) void drag(bookingOf(move, slot), slot.event, slot, revert);
              else revert();
            }}
          />
        </div>
      </section>
      {choosing ? <EventChoice events={events} slots={slots} onChoose={(event) => schedule(event, choosing)} onClose={() => setChoosing(null)} /> : null}
      {asked ? (
        <BookingDialog
          {...asked}
          convention={convention}
          data={data}
          onSave={async (booking) => {
            try {
              await send(booking, asked.event, asked.slot);
            } catch (error) {
              await refresh(true);
              throw error;
            }
          }}
          onCancelSlot={cancelSlot}
          onClose={() => setAsked(null)}
        />
      ) : null}
    </div>
  );
}

/** Name what is in the way, rooms first, each time slot once. */
function linesOf(found: Clash[]): string[] {
  const inRooms = found.filter((clash) => clash.kind === "room");
  const torn = found.filter((clash) => clash.kind === "host" && !inRooms.some((other) => other.slot.id === clash.slot.id));
  const lines = [
    ...inRooms.map((clash) => `In the way: ${slotText(clash.slot)}`),
    ...torn.map((clash) => `${clash.names.join(", ")} would be in two places: ${slotText(clash.slot)}`),
  ];
  return lines.length > 5 ? [...lines.slice(0, 5), `and ${lines.length - 5} more`] : lines;
}
