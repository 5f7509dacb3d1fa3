// The calendar component, mounted once and told what changes.
import { Calendar, DayGrid, Interaction, TimeGrid, createCalendar, destroyCalendar } from "@event-calendar/core";
import { useEffect, useRef } from "preact/hooks";
import { mendRoles } from "../../parts/calendar_roles";
import type { ListedSlot } from "../../slots/slots";
import { firstDayOfWeek } from "../../slots/times";
import { slotOf } from "./events";
import { isMore, order } from "./month_room";

const VIEWS = { month: "dayGridMonth", week: "timeGridWeek", days: "timeGridDays" } as const;
/** `days` are a few, from a day on: as much of a week as a phone has room for. */
export type GridView = keyof typeof VIEWS;
export const FEW_DAYS = 3;

export interface Range {
  start: Date;
  end: Date;
  title: string;
}

export interface GridProps {
  view: GridView;
  /** A day in what is shown, as `2026-11-22`; of a few days the first. */
  date: string;
  events: Calendar.EventInput[];
  onRange: (range: Range) => void;
  onOpen: (slot: ListedSlot) => void;
  /** Called with the day whose "+n more" is opened. */
  onMore: (day: string) => void;
  /** Called with the height that there is, in CSS pixels. */
  onHeight: (height: number) => void;
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
    const made = createCalendar(place.current, [DayGrid, TimeGrid, Interaction], {
      ...SETTINGS,
      view: VIEWS[props.view],
      date: props.date,
      events: latest.current.events,
      datesSet: ({ start, end, view }) => latest.current.onRange({ start, end, title: view.title }),
      eventContent: (info) => ({ domNodes: content(info, latest.current) }),
      dateClick: ({ date, allDay }) => latest.current.onCreate(date, null, allDay),
      select: ({ start, end, allDay }) => {
        made.unselect();
        latest.current.onCreate(start, end, allDay);
      },
      eventDrop: (info) => latest.current.onMove(info),
      eventResize: (info) => latest.current.onResize(info),
    });
    calendar.current = made;
    const watching = new ResizeObserver(([entry]) => entry && latest.current.onHeight(entry.contentRect.height));
    watching.observe(place.current);
    const endMending = mendRoles(place.current, "Calendar");
    return () => {
      watching.disconnect();
      endMending();
      calendar.current = null;
      void destroyCalendar(made);
    };
  }, []);
  useEffect(() => {
    // What the view before had room for, another one would draw and measure at length.
    calendar.current?.setOption("events", []);
    calendar.current?.setOption("view", VIEWS[props.view]);
  }, [props.view]);
  useEffect(() => void calendar.current?.setOption("date", props.date), [props.date]);
  useEffect(() => void calendar.current?.setOption("events", props.events), [props.events, props.view]);
  return <div class={`calendar-grid ${props.view}`} ref={place} />;
}

const CLOCK: Intl.DateTimeFormatOptions = { hour: "numeric", minute: "2-digit" };
const DAYS: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric" };
const SPOKEN_DAY = new Intl.DateTimeFormat(navigator.language, { weekday: "long", day: "numeric", month: "long" });
const CLOCK_HERE = new Intl.DateTimeFormat(navigator.language, CLOCK);

const SETTINGS: Calendar.Options = {
  headerToolbar: { start: "", center: "", end: "" },
  height: "100%",
  locale: navigator.language,
  firstDay: firstDayOfWeek(),
  eventOrder: order,
  editable: true,
  selectable: true,
  nowIndicator: true,
  eventResizableFromStart: false,
  scrollTime: "06:45",
  slotHeight: 26,
  longPressDelay: 400,
  dayHeaderFormat: { weekday: "short", day: "numeric" },
  dayHeaderAriaLabelFormat: { dateStyle: "full" },
  slotLabelFormat: { hour: "numeric" },
  titleFormat: { month: "long", year: "numeric" },
  allDayContent: "all day",
  views: {
    dayGridMonth: { dayHeaderFormat: { weekday: "short" } },
    timeGridWeek: { titleFormat: DAYS },
    timeGridDays: { type: "timeGridWeek", duration: { days: FEW_DAYS }, titleFormat: DAYS },
  },
};

/** What stands in an event: a button with the day for those who cannot see where it stands, its time and its title. */
function content({ event, view }: Calendar.EventContentInfo, { onOpen, onMore }: GridProps): Node[] {
  if (event.display === "pointer") return [];
  const opens = event.display === "auto";
  const body = element(opens ? "button" : "span", "event-open");
  if (opens) {
    (body as HTMLButtonElement).type = "button";
    body.addEventListener("click", () => (isMore(event) ? onMore(String(event.extendedProps["more"])) : onOpen(slotOf(event))));
    body.append(element("span", "visually-hidden", `${SPOKEN_DAY.format(event.start)}, `));
  }
  const slot = slotOf(event) as ListedSlot | undefined;
  if (isMore(event)) {
    body.append(String(event.title));
    return [body];
  }
  if (!event.allDay) body.append(timeOf(event, slot?.end === null, view.type), " ");
  const title = element("span", "ec-event-title", String(event.title));
  title.dir = "auto";
  body.append(title);
  body.title = slot?.location?.name ? `${String(event.title)}\n${slot.location.name.slice(0, 200)}` : String(event.title);
  if (event.extendedProps["series"]) {
    const mark = element("span", "event-series", "↻");
    mark.ariaHidden = "true";
    body.append(mark, element("span", "visually-hidden", " (recurring)"));
  }
  return [body];
}

/** When an event is: in the month its beginning, elsewhere the end, too, where there is room for it. */
function timeOf(event: Calendar.Event, isOpen: boolean, view: string): HTMLElement {
  const time = element("span", "ec-event-time", CLOCK_HERE.format(event.start));
  if (isOpen) time.append(" –");
  else if (view !== VIEWS.month) time.append(element("span", "until", `–${CLOCK_HERE.format(event.end)}`));
  return time;
}

function element(tag: string, name: string, text = ""): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}
