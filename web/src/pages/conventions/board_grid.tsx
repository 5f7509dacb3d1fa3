// Rooms beside each other on one day: the calendar component, told wall-clock times of the convention.
import { Calendar, Interaction, ResourceTimeGrid, createCalendar, destroyCalendar } from "@event-calendar/core";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { mendRoles } from "../../parts/calendar_roles";
import { later, wallHere } from "../../slots/times";
import { type Room, type TimeSlot, isPublic } from "./service";
import { offsetText, shownEnd } from "./wall";

/** Where on the board something is. */
export interface Spot {
  room: string;
  /** A wall-clock time of the convention. */
  start: string;
}

/** How a time slot was pulled: by how much, and from which room to which. */
export interface Move {
  slot: string;
  shift: number;
  stretch: number;
  from: string | null;
  to: string | null;
}

/** What would be where, and whether it cannot. */
export interface Landing extends Spot {
  minutes: number;
  refused: boolean;
}

export interface BoardHandle {
  /** What is under a point of the screen. */
  spot: (x: number, y: number) => Spot | null;
  /** Mark time slots as being in the way, and others as ones that a host is torn between. */
  mark: (inTheWay: string[], torn: string[]) => void;
  /** Show where something would be if it were dropped; null shows nothing. */
  land: (landing: Landing | null) => void;
}

interface Props {
  day: string;
  timezone: string;
  rooms: Room[];
  slots: TimeSlot[];
  handle: RefObject<BoardHandle | null>;
  onOpen: (slot: string) => void;
  onCreate: (spot: Spot) => void;
  /** While something is dragged, and before it is dropped. */
  onTry: (move: Move) => void;
  onMove: (move: Move, revert: () => void) => void;
}

const SECONDS_OF_DAY = 86_400;
const LANDING = "landing";

export function BoardGrid(props: Props) {
  const place = useRef<HTMLDivElement>(null);
  const calendar = useRef<Calendar | null>(null);
  const latest = useRef(props);
  latest.current = props;
  // The click that ends a short drag is none.
  const dragging = useRef(false);
  const open = (slot: string) => (dragging.current ? undefined : latest.current.onOpen(slot));
  useEffect(() => {
    if (!place.current) return;
    const box = place.current;
    const made = createCalendar(box, [ResourceTimeGrid, Interaction], {
      view: "resourceTimeGridDay",
      headerToolbar: { start: "", center: "", end: "" },
      height: "100%",
      // Times without an offset stay as they are; only the line of the present needs to know where the clocks stand.
      timeZone: offsetText(props.timezone, Date.now()),
      locale: navigator.language,
      date: props.day,
      resources: resourcesOf(props.rooms),
      events: eventsOf(props.slots),
      allDaySlot: false,
      editable: true,
      selectable: false,
      nowIndicator: true,
      slotDuration: "00:30",
      snapDuration: "00:15",
      slotHeight: 30,
      scrollTime: earliest(props.slots, props.day),
      columnWidth: "minmax(9rem, 1fr)",
      longPressDelay: 350,
      slotEventOverlap: false,
      slotLabelFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      eventTimeFormat: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
      dayHeaderFormat: { weekday: "long", day: "numeric", month: "long" },
      resourceLabelContent: ({ resource }) => ({ domNodes: [roomLabel(latest.current.rooms, resource.id)] }),
      eventContent: ({ event, timeText }) => ({ domNodes: content(latest.current.slots, event, timeText, open) }),
      eventDidMount: ({ el, event }) => {
        el.dataset["slot"] = String(event.id);
      },
      eventClassNames: ({ event }) => (latest.current.slots.some((slot) => slot.id === event.id && !isPublic(slot.event)) ? "draft" : ""),
      eventDragStart: () => (dragging.current = true),
      eventDragStop: () => setTimeout(() => (dragging.current = false)),
      dateClick: ({ date, resource }) => {
        if (resource) latest.current.onCreate({ room: resource.id, start: wallHere(date) });
      },
      dragConstraint: (info) => {
        latest.current.onTry(moveOf(info));
        return true;
      },
      resizeConstraint: (info) => {
        latest.current.onTry(stretchOf(info));
        return true;
      },
      eventDrop: (info) => latest.current.onMove(moveOf(info), info.revert),
      eventResize: (info) => latest.current.onMove(stretchOf(info), info.revert),
    });
    const stopMending = mendRoles(box, "Rooms and times");
    calendar.current = made;
    latest.current.handle.current = {
      spot: (x, y) => {
        const found = made.dateFromPoint(x, y);
        return found?.resource ? { room: found.resource.id, start: wallHere(found.date) } : null;
      },
      mark: (inTheWay, torn) => {
        for (const element of box.querySelectorAll<HTMLElement>(".ec-event")) {
          const slot = element.dataset["slot"] ?? "";
          element.classList.toggle("in-the-way", inTheWay.includes(slot));
          element.classList.toggle("torn", torn.includes(slot) && !inTheWay.includes(slot));
        }
      },
      land: (landing) => {
        made.removeEventById(LANDING);
        if (!landing) return;
        const { room, start, minutes, refused } = landing;
        const classNames = refused ? ["landing", "bad"] : ["landing"];
        made.addEvent({ id: LANDING, display: "background", resourceIds: [room], start, end: later(start, minutes * 60_000), classNames });
      },
    };
    return () => {
      stopMending();
      calendar.current = null;
      latest.current.handle.current = null;
      void destroyCalendar(made);
    };
  }, []);
  useEffect(() => {
    calendar.current?.setOption("date", props.day);
    calendar.current?.setOption("scrollTime", earliest(latest.current.slots, props.day));
  }, [props.day]);
  useEffect(() => void calendar.current?.setOption("resources", resourcesOf(props.rooms)), [props.rooms]);
  useEffect(() => void calendar.current?.setOption("events", eventsOf(props.slots)), [props.slots]);
  return <div class="board-grid calendar-grid" ref={place} />;
}

function resourcesOf(rooms: Room[]): Calendar.ResourceInput[] {
  return rooms.map((room) => ({ id: room.slug, title: room.title }));
}

function eventsOf(slots: TimeSlot[]): Calendar.EventInput[] {
  return slots.map((slot) => ({
    id: slot.id,
    resourceIds: slot.locations.map((room) => room.slug),
    title: slot.event.title,
    start: slot.start.slice(0, 19),
    end: shownEnd(slot.start, slot.end, Number(slot.duration)),
  }));
}

/** Give the hour that a day's view begins at: the first thing's, else nine. */
function earliest(slots: TimeSlot[], day: string): string {
  const hours = slots.filter((slot) => slot.start.startsWith(day)).map((slot) => slot.start.slice(11, 13));
  return `${hours.sort()[0] ?? "09"}:00`;
}

function moveOf(info: Calendar.EventDropInfo): Move {
  const shift = (info.delta.days * SECONDS_OF_DAY + info.delta.seconds) * 1000;
  return { slot: String(info.event.id), shift, stretch: 0, from: info.oldResource?.id ?? null, to: info.newResource?.id ?? null };
}

function stretchOf(info: Calendar.EventResizeInfo): Move {
  const stretch = (info.endDelta.days * SECONDS_OF_DAY + info.endDelta.seconds) * 1000;
  return { slot: String(info.event.id), shift: 0, stretch, from: null, to: null };
}

function roomLabel(rooms: Room[], slug: string): HTMLElement {
  const room = rooms.find((found) => found.slug === slug);
  const box = text("span", "board-room", "");
  box.append(text("span", "clip", room?.title ?? slug));
  const more = [room?.area, room?.["max-attendees"] ? `${room["max-attendees"]} people` : "", room?.parallel ? "parallel" : ""].filter(Boolean);
  if (more.length) box.append(text("span", "clip faint", more.join(" · ")));
  return box;
}

/** What stands in an entry: a button that opens it, with the rooms for those who cannot see where it stands. */
function content(slots: TimeSlot[], event: Calendar.Event, timeText: string, open: (slot: string) => void): Node[] {
  if (event.display === "background" || event.display === "pointer") return [];
  const slot = slots.find((found) => found.id === event.id);
  const body = text(event.display === "auto" ? "button" : "span", "board-open", "");
  if (body instanceof HTMLButtonElement) {
    body.type = "button";
    body.addEventListener("click", () => open(String(event.id)));
  }
  body.append(text("span", "board-time", timeText), text("span", "board-title", String(event.title)));
  if (slot && !isPublic(slot.event)) body.append(text("span", "board-faint", "not public"));
  if (slot) {
    body.append(text("span", "visually-hidden", `, ${slot.locations.map((room) => room.title).join(", ")}, `));
    body.append(text("span", "board-faint", slot.hosts.map((host) => host.name).join(", ").slice(0, 200)));
  }
  return [body];
}

function text(tag: string, name: string, words: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = words;
  made.dir = "auto";
  return made;
}
