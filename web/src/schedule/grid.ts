// Rooms side by side, made of the list's entries when a wide screen asks for it.
import { lanes } from "./lanes";

const STEP = 15; // minutes in a row
const LONGEST = 30 * 60; // a day's grid goes on at most until six in the morning after it
const KEPT = "slotport.schedule.grid";

interface Item {
  entry: HTMLElement;
  title: string;
  from: number;
  to: number;
}

/** Show the switch, and the grid if the reader left it on. */
export function offerGrid(): void {
  const button = document.getElementById("grid");
  const wide = matchMedia("(min-width: 60rem)");
  if (!button || !document.querySelector(".room")) return;
  let on = localStorage.getItem(KEPT) === "yes";
  const apply = () => {
    const active = on && wide.matches;
    button.hidden = !wide.matches;
    button.setAttribute("aria-pressed", String(active));
    for (const day of document.querySelectorAll<HTMLElement>(".day")) show(day, active);
  };
  button.addEventListener("click", () => {
    on = !on;
    localStorage.setItem(KEPT, on ? "yes" : "no");
    apply();
  });
  wide.addEventListener("change", apply);
  document.addEventListener("narrowed", () => {
    for (const item of document.querySelectorAll<HTMLElement>(".grid button")) {
      item.hidden = document.getElementById(item.dataset["entry"] ?? "")?.hidden ?? false;
    }
  });
  apply();
}

function show(day: HTMLElement, active: boolean): void {
  const list = day.querySelector<HTMLElement>(".entries");
  let box = day.querySelector<HTMLElement>(".grid-box");
  if (active && !box) {
    box = document.createElement("div");
    box.className = "grid-box";
    box.tabIndex = 0;
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", `Rooms on ${day.querySelector("h2")?.textContent ?? ""}`);
    box.append(drawn(day));
    day.append(box);
  }
  if (box) box.hidden = !active;
  if (list) list.hidden = active;
}

function drawn(day: HTMLElement): HTMLElement {
  const rooms = new Map<string, { name: string; items: Item[] }>();
  for (const entry of day.querySelectorAll<HTMLElement>(".entry")) {
    const [, hours = "0", minutes = "0"] = /T(\d\d):(\d\d)/.exec(entry.querySelector("time")?.dateTime ?? "") ?? [];
    const from = Number(hours) * 60 + Number(minutes);
    const to = Math.min(LONGEST, from + (Number(entry.dataset["end"]) - Number(entry.dataset["start"])) / 60);
    const title = entry.querySelector(".title")?.textContent ?? "";
    for (const room of entry.querySelectorAll<HTMLElement>(".room")) {
      const slug = room.dataset["room"] ?? "";
      if (!rooms.has(slug)) rooms.set(slug, { name: room.textContent ?? "", items: [] });
      rooms.get(slug)?.items.push({ entry, title, from, to });
    }
  }
  const all = [...rooms.values()].flatMap((room) => room.items);
  const first = Math.floor(Math.min(...all.map((item) => item.from)) / 60) * 60;
  const last = Math.ceil(Math.max(...all.map((item) => item.to)) / 60) * 60;
  const grid = document.createElement("div");
  grid.className = "grid";
  const row = (minute: number) => Math.round((minute - first) / STEP) + 2;
  const columns: string[] = ["4rem"];
  const sorted = [...rooms.values()].sort((a, b) => a.name.localeCompare(b.name));
  for (const room of sorted) {
    const placed = lanes(room.items);
    const start = columns.length + 1;
    for (let lane = 0; lane < placed.width; lane += 1) columns.push(`minmax(${placed.width > 1 ? 7 : 10}rem, 1fr)`);
    grid.append(label("room-name clip", room.name, "1", `${start} / span ${placed.width}`));
    for (const { item, lane } of placed.items) {
      grid.append(piece(item, `${row(item.from)} / ${Math.max(row(item.from) + 1, row(item.to))}`, String(start + lane)));
    }
  }
  for (let minute = first; minute < last; minute += 60) {
    const time = `${String(Math.floor(minute / 60) % 24).padStart(2, "0")}:00`;
    const rows = `${row(minute)} / span ${60 / STEP}`;
    grid.append(label("hour", time, rows, "1"));
    grid.prepend(label("line", "", rows, `2 / span ${columns.length - 1}`));
  }
  grid.style.gridTemplateColumns = columns.join(" ");
  grid.style.gridTemplateRows = "auto";
  return grid;
}

function label(kind: string, text: string, row: string, column: string): HTMLElement {
  const made = document.createElement("div");
  made.className = kind;
  made.textContent = text;
  made.title = kind === "line" || kind === "hour" ? "" : text;
  made.dir = "auto";
  made.style.gridRow = row;
  made.style.gridColumn = column;
  return made;
}

function piece(item: Item, row: string, column: string): HTMLElement {
  const made = document.createElement("button");
  made.type = "button";
  made.dir = "auto";
  made.dataset["entry"] = item.entry.id;
  made.hidden = item.entry.hidden;
  made.classList.toggle("now", item.entry.classList.contains("now"));
  const time = document.createElement("small");
  time.textContent = [...item.entry.querySelectorAll(".when time")].map((part) => part.textContent).join(" – ");
  made.append(time, item.title);
  made.style.gridRow = row;
  made.style.gridColumn = column;
  made.classList.toggle("short", item.to - item.from <= 2 * STEP);
  made.addEventListener("click", () => open(item.entry, item.title));
  return made;
}

/** Show the whole entry over the grid. */
function open(entry: HTMLElement, title: string): void {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-label", title);
  const copy = entry.cloneNode(true) as HTMLElement;
  copy.removeAttribute("id");
  const body = document.createElement("div");
  body.className = copy.className;
  body.append(...copy.childNodes);
  for (const details of body.querySelectorAll("details")) details.open = true;
  const form = document.createElement("form");
  form.method = "dialog";
  const close = document.createElement("button");
  close.textContent = "Close";
  form.append(close);
  dialog.append(body, form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
