// The present: what is on now; and the reader's own clock beside the convention's.

const own = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const ownDay = new Intl.DateTimeFormat(undefined, { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** Add the reader's time where the convention's clocks show another. */
export function showOwnTimes(entries: HTMLElement[]): void {
  let differs = false;
  for (const entry of entries) {
    const time = entry.querySelector("time");
    const written = time?.dateTime.slice(0, 16) ?? "";
    const moment = new Date(Number(entry.dataset["start"]) * 1000);
    const here = wall(moment);
    if (!time || here === written) continue;
    differs = true;
    const added = document.createElement("span");
    added.className = "local";
    added.textContent = `${(here.slice(0, 10) === written.slice(0, 10) ? own : ownDay).format(moment)} your time`;
    time.closest(".when")?.append(added);
  }
  const zone = document.getElementById("own-zone");
  if (differs && zone) zone.textContent = `, yours in ${Intl.DateTimeFormat().resolvedOptions().timeZone}`;
}

function wall(moment: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}T${two(moment.getHours())}:${two(moment.getMinutes())}`;
}

/** Mark what is on, now and every half minute. */
export function marksNow(entries: HTMLElement[]): void {
  const mark = () => {
    const now = Date.now() / 1000;
    for (const entry of entries) {
      const start = Number(entry.dataset["start"]);
      const end = Number(entry.dataset["end"]);
      const on = start <= now && now < end;
      entry.classList.toggle("over", end <= now);
      if (entry.classList.toggle("now", on) !== (entry.querySelector(".now-tag") !== null)) badge(entry, on);
    }
  };
  mark();
  setInterval(mark, 30_000);
}

function badge(entry: HTMLElement, on: boolean): void {
  entry.querySelector(".now-tag")?.remove();
  if (!on) return;
  const tag = document.createElement("span");
  tag.className = "tag busy-tag now-tag";
  tag.textContent = "Now";
  entry.querySelector(".when")?.append(tag);
}
