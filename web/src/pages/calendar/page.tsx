// One's calendar: month, week or list; groups as colours; everything is made, changed and moved here.
import type { Calendar } from "@event-calendar/core";
import { useEffect, useMemo, useState } from "preact/hooks";
import { say } from "../../parts/messages";
import { isNarrow } from "../../parts/narrow";
import { ApiError } from "../../shell/api";
import type { PageProps } from "../../shell/pages";
import { go, link } from "../../shell/router";
import { groups, loadGroups, tones } from "../../slots/groups";
import { type ListedSlot, type Slot, isSeries } from "../../slots/slots";
import { DAY, dateHere, later } from "../../slots/times";
import { DayDialog } from "./day_dialog";
import { eventsOf, slotOf } from "./events";
import { FEW_DAYS, Grid, type Range } from "./grid";
import { GroupsDialog } from "./groups_dialog";
import { hiddenGroups, toggleGroup } from "./hidden";
import { Legend } from "./legend";
import { List } from "./list";
import { moved, resized, saveTimes, withTimes } from "./moves";
import { byTime, daysOf, roomOf, withinRoom } from "./month_room";
import { SlotDialog } from "./slot_dialog";
import { type Form, blank } from "./slot_form";
import { Toolbar, VIEWS, type View } from "./toolbar";
import { SlotWindow } from "./window";

type Opened = { kind: "new"; form: Form } | { kind: "slot"; slot: Slot } | { kind: "day"; day: string } | { kind: "groups" } | null;

export default function CalendarPage({ place }: PageProps) {
  const view = startView(place.query.get("view"));
  const date = startDate(place.query.get("date"));
  const narrow = isNarrow.value;
  const [title, setTitle] = useState("");
  const [opened, setOpened] = useState<Opened>(null);
  const [saving, setSaving] = useState<ReadonlySet<string>>(new Set());
  const slots = useMemo(() => new SlotWindow(), []);
  const { slots: shown, loading, problem } = slots.shown.value;
  const list = groups.value?.list;
  const hidden = hiddenGroups.value;
  const colours = useMemo(() => tones(list ?? []), [list]);
  const [span, setSpan] = useState({ first: date, end: date });
  const [height, setHeight] = useState(0);
  const all = useMemo(() => eventsOf(shown, { tones: colours, hidden, saving }), [shown, colours, hidden, saving]);
  const weeks = (Date.parse(span.end) - Date.parse(span.first)) / (7 * DAY);
  const events = useMemo(() => {
    if (view !== "month") return all;
    // Until the calendar has turned from a week to a month, it is not known which days there are.
    return weeks < 4 ? [] : withinRoom(all, roomOf(height, weeks), span.first, span.end);
  }, [all, view, height, span, narrow]);

  useEffect(() => {
    loadGroups().catch((error: Error) => say(error.message, "bad"));
    const seen = () => document.visibilityState === "visible" && slots.refreshOld();
    document.addEventListener("visibilitychange", seen);
    return () => {
      document.removeEventListener("visibilitychange", seen);
      slots.close();
    };
  }, [slots]);

  function range({ start, end, title: text }: Range) {
    setTitle(text);
    setSpan({ first: dateHere(start), end: dateHere(end) });
    slots.open(start, end);
  }

  /** Show a slot with other times at once, save them, and show what came of it. */
  async function save(slot: ListedSlot, times: ReturnType<typeof moved>) {
    slots.put(withTimes(slot, times));
    setSaving((now) => new Set(now).add(slot.uid));
    try {
      slots.put(await saveTimes(slot, times));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const now = error.details["slot"] as Slot | undefined;
      if (error.status === 404) slots.remove(slot.uid);
      else slots.put(now ?? slot);
      say(`“${slot.title.slice(0, 80)}” was not moved. ${error.message}`, "bad");
    } finally {
      setSaving((now) => new Set([...now].filter((uid) => uid !== slot.uid)));
    }
  }

  function move(info: Calendar.EventDropInfo) {
    const slot = slotOf(info.event);
    if (!isSeries(slot)) return void save(slot, moved(slot, info.event, info.delta));
    info.revert();
    say(`“${slot.title.slice(0, 80)}” recurs, and one time of it cannot be moved alone. Open it to change the whole series.`, "bad");
  }

  function resize(info: Calendar.EventResizeInfo) {
    const slot = slotOf(info.event);
    void save(slot, resized(slot, info.event));
  }

  const look = { groups: groups.value, tones: colours, hidden, onToggle: toggleGroup, onManage: () => setOpened({ kind: "groups" }) };
  return (
    <div class="calendar-page">
      <h1 class="visually-hidden">Calendar</h1>
      <Toolbar
        view={view}
        fewDays={narrow}
        title={title}
        loading={loading}
        onView={(other) => show(other, date)}
        onStep={(step) => show(view, stepped(view, date, step, narrow))}
        onToday={() => show(view, dateHere(new Date()))}
        onNew={() => setOpened({ kind: "new", form: blank(newOn(date), null, false) })}
      />
      {problem ? (
        <p class="problem" role="alert">
          {problem}{" "}
          <button type="button" onClick={() => slots.refresh()}>
            Try again
          </button>
        </p>
      ) : null}
      <div class="calendar-body">
        <Legend {...look} />
        {view === "list" ? (
          <List date={date} events={all} loading={loading} onRange={range} onOpen={(slot) => setOpened({ kind: "slot", slot })} />
        ) : (
          <div class="calendar-place">
            <Grid
              view={view === "week" && narrow ? "days" : view}
              date={date}
              events={events}
              onRange={range}
              onOpen={(slot) => setOpened({ kind: "slot", slot })}
              onMore={(day) => setOpened({ kind: "day", day })}
              onHeight={setHeight}
              onCreate={(start, end, allDay) => setOpened({ kind: "new", form: blank(start, end, allDay) })}
              onMove={move}
              onResize={resize}
            />
            {shown.length === 0 && !loading && !problem ? (
              <p class="calendar-empty">
                Nothing here yet. Click a day to make a slot, or <a href={link("transfer")}>import a calendar</a>.
              </p>
            ) : null}
          </div>
        )}
      </div>
      {opened?.kind === "groups" ? <GroupsDialog tones={colours} onClose={() => setOpened(null)} onChanged={() => slots.refresh()} /> : null}
      {opened?.kind === "day" ? (
        <DayDialog
          day={opened.day}
          events={all.filter((event) => daysOf(event, opened.day, later(opened.day, DAY)).length > 0).sort(byTime)}
          onOpen={(slot) => setOpened({ kind: "slot", slot })}
          onClose={() => setOpened(null)}
        />
      ) : null}
      {opened?.kind === "new" || opened?.kind === "slot" ? (
        <SlotDialog
          opened={opened}
          onClose={() => setOpened(null)}
          onSaved={(slot) => slots.put(slot)}
          onGone={(uid) => slots.remove(uid)}
        />
      ) : null}
    </div>
  );
}

/** The view the address asks for; else a list where there is little room. */
function startView(asked: string | null): View {
  if (VIEWS.some((view) => view === asked)) return asked as View;
  return isNarrow.peek() ? "list" : "month";
}

function startDate(asked: string | null): string {
  return asked && /^[1-9]\d{3}-\d\d-\d\d$/.test(asked) && !Number.isNaN(Date.parse(asked)) ? asked : dateHere(new Date());
}

/** When a new slot begins on a day: on another than today in the morning; null for the next full hour. */
function newOn(date: string): Date | null {
  return date === dateHere(new Date()) ? null : new Date(`${date}T09:00:00`);
}

/** Go to another view or day; the way back leads out of the calendar, not through every month. */
function show(view: View, date: string): void {
  go(`${link("calendar")}?view=${view}&date=${date}`, { replace: true });
}

/** Give a day in the week, days or month before or after: today, if it is in that month. */
function stepped(view: View, date: string, step: 1 | -1, narrow: boolean): string {
  const day = new Date(`${date}T00:00:00Z`);
  if (view === "week") return withinTime(new Date(day.getTime() + step * (narrow ? FEW_DAYS : 7) * DAY).toISOString(), date);
  day.setUTCDate(1);
  day.setUTCMonth(day.getUTCMonth() + step);
  const first = withinTime(day.toISOString(), date);
  const today = dateHere(new Date());
  return today.slice(0, 7) === first.slice(0, 7) ? today : first;
}

/** Give the date of a time in years of four digits, which is as far as slots go; of others, `instead`. */
function withinTime(time: string, instead: string): string {
  return /^[1-9]\d{3}-/.test(time) ? time.slice(0, 10) : instead;
}
