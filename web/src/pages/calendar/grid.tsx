// The calendar component, mounted once and told what changes.
import { Calendar, DayGrid, Interaction, List, TimeGrid, createCalendar, destroyCalendar } from "@event-calendar/core";
import { useEffect, useRef } from "preact/hooks";
import { mendRoles } from "../../parts/calendar_roles";
import type { ListedSlot } from "../../slots/slots";
import { slotOf } from "./events";

export const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", list: "listMonth" } as const;
export type View = keyof typeof VIEWS;

export interface Range {
  start: Date;
  end: Date;
  title: string;
}

export interface GridProps {
  view: View;
  /** A day in what is shown, as `2026-11-22`. */
  date: string;
  events: Calendar.EventInput[];
  onRange: (range: Range) => void;
  onOpen: (event: Calendar.Event) => void;
  onCreate: (start: Date, end: Date | null, allDay: boolean) => void;
  onMove: (info: Calendar.EventDropInfo) => void;
  onResize: (info: Calendar.EventResizeInfo) => void;
}

export function Grid(props: GridProps) {
  const place = useRef<HTMLDivElement>(null);
  const calendar = useRef<Calendar | null>(null);
  const latest = useRef(props);
  latest.current = props;
  useEffect(() => {
    if (!place.current) return;
    const made = createCalendar(place.current, [DayGrid, TimeGrid, List, Interaction], {
      ...SETTINGS,
      view: VIEWS[props.view],
      date: props.date,
      events: latest.current.events,
      datesSet: ({ start, end, view }) => latest.current.onRange({ start, end, title: view.title }),
      eventContent: (info) => ({ domNodes: content(info, (event) => latest.current.onOpen(event)) }),
      dateClick: ({ date, allDay }) => latest.current.onCreate(date, null, allDay),
      select: ({ start, end, allDay }) => {
        made.unselect();
        latest.current.onCreate(start, end, allDay);
      },
      eventDrop: (info) => latest.current.onMove(info),
      eventResize: (info) => latest.current.onResize(info),
    });
    calendar.current = made;
    const endMending = mendRoles(place.current, "Calendar");
    return () => {
      endMending();
      calendar.current = null;
      void destroyCalendar(made);
    };
  }, []);
  useEffect(() => void calendar.current?.setOption("view", VIEWS[props.view]), [props.view]);
  useEffect(() => void calendar.current?.setOption("date", props.date), [props.date]);
  useEffect(() => void calendar.current?.setOption("events", props.events), [props.events]);
  return <div class={`calendar-grid ${props.view}`} ref={place} />;
}

/** The week begins where the reader's language lets it begin; 0 is Sunday. */
function firstDay(): Calendar.dayOfWeek {
  const locale = new Intl.Locale(navigator.language) as Intl.Locale & { getWeekInfo?: () => { firstDay: number }; weekInfo?: { firstDay: number } };
  return (((locale.getWeekInfo?.() ?? locale.weekInfo)?.firstDay ?? 1) % 7) as Calendar.dayOfWeek;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
const SPOKEN_DAY = new Intl.DateTimeFormat(navigator.language, { weekday: "long", day: "numeric", month: "long" });
const OPEN = new Intl.DateTimeFormat(navigator.language, CLOCK);

const SETTINGS: Calendar.Options = {
  headerToolbar: { start: "", center: "", end: "" },
  height: "100%",
  locale: navigator.language,
  firstDay: firstDay(),
  dayMaxEvents: true,
  editable: true,
  selectable: true,
  nowIndicator: true,
  eventResizableFromStart: false,
  scrollTime: "07:30",
  slotHeight: 26,
  longPressDelay: 400,
  dayHeaderFormat: { weekday: "short", day: "numeric" },
  dayHeaderAriaLabelFormat: { dateStyle: "full" },
  eventTimeFormat: CLOCK,
  slotLabelFormat: { hour: "numeric" },
  listDayFormat: { weekday: "long" },
  listDaySideFormat: { day: "numeric", month: "long", year: "numeric" },
  titleFormat: { month: "long", year: "numeric" },
  moreLinkContent: ({ num }) => `+${num} more`,
  noEventsContent: () => "Nothing in this month.",
  allDayContent: "all day",
  views: {
    dayGridMonth: { dayHeaderFormat: { weekday: "short" } },
    timeGridWeek: { titleFormat: { day: "numeric", month: "short", year: "numeric" } },
  },
};

/** What stands in an event: a button with the day for those who cannot see where it stands, its time and its title. */
function content({ event, timeText, view }: Calendar.EventContentInfo, onOpen: (event: Calendar.Event) => void): Node[] {
  if (event.display === "pointer") return [];
  const opens = event.display === "auto";
  const body = element(opens ? "button" : "span", "event-open");
  if (opens) {
    (body as HTMLButtonElement).type = "button";
    body.addEventListener("click", () => onOpen(event));
    body.append(element("span", "visually-hidden", `${SPOKEN_DAY.format(event.start)}, `));
  }
  const slot = slotOf(event) as ListedSlot | undefined;
  const time = event.allDay ? (view.type.startsWith("list") ? "all day" : "") : slot?.end === null ? `${OPEN.format(event.start)} –` : timeText;
  if (time) body.append(element("span", "ec-event-time", time), " ");
  const title = element("span", "ec-event-title", String(event.title));
  title.dir = "auto";
  body.append(title);
  const where = slot?.location?.name || slot?.location?.city;
  if (where) {
    const location = element("span", "event-place", where.slice(0, 200));
    location.dir = "auto";
    body.append(" ", location);
  }
  if (event.extendedProps["series"]) {
    const mark = element("span", "event-series", "↻");
    mark.ariaHidden = "true";
    body.append(mark, element("span", "visually-hidden", ", recurring"));
  }
  return [body];
}

function element(tag: string, name: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
