// What takes place in the stretch of time that is shown: read page by page, kept while one moves back and forth.
import { signal } from "@preact/signals";
import { ApiError } from "../../shell/api";
import { type ListedSlot, type Slot, isSeries, windowPages } from "../../slots/slots";
import { DAY } from "../../slots/times";

interface Kept {
  earliest: Date;
  latest: Date;
  slots: ListedSlot[];
  /** When it was read completely, in milliseconds since the epoch; null while it is being read. */
  read: number | null;
}

export interface Shown {
  slots: ListedSlot[];
  loading: boolean;
  /** Why not everything could be read. */
  problem: string | null;
}

/** What is older than this is shown and read again. */
const FRESH = 60_000;
const MOST_KEPT = 16;
/** The last moment that the service knows. */
const END_OF_TIME = Date.UTC(9999, 11, 31, 23, 59, 59);

export class SlotWindow {
  readonly shown = signal<Shown>({ slots: [], loading: true, problem: null });
  private readonly kept = new Map<string, Kept>();
  private current: Kept | null = null;
  private running: AbortController | null = null;
  /** What changed while the window was being read: its pages may still hold the old. */
  private readonly changed = new Map<string, ListedSlot | null>();

  /** Show what takes place between two moments of this browser's clock. */
  open(start: Date, end: Date): void {
    // Days and floating times count as UTC in the service's windows, so that they may lie up to a day beside ours.
    const earliest = new Date(start.getTime() - DAY);
    const latest = new Date(Math.min(end.getTime() + DAY, END_OF_TIME));
    this.running?.abort();
    this.running = null;
    // A week is a part of its month.
    const wider = [...this.kept.values()].find((kept) => isFresh(kept) && kept.earliest <= earliest && kept.latest >= latest);
    if (wider) {
      this.current = wider;
      this.show({ slots: wider.slots, loading: false, problem: null });
      return;
    }
    const key = `${earliest.getTime()} ${latest.getTime()}`;
    const known = this.kept.get(key) ?? { earliest, latest, slots: [], read: null };
    this.kept.delete(key);
    this.kept.set(key, known);
    for (const old of this.kept.keys()) if (this.kept.size > MOST_KEPT) this.kept.delete(old);
    this.current = known;
    void this.load(known);
  }

  /** Read what is shown again; what is kept of other times is forgotten. */
  refresh(): void {
    if (!this.current) return;
    const { current } = this;
    for (const [key, kept] of this.kept) if (kept !== current) this.kept.delete(key);
    this.running?.abort();
    void this.load(current);
  }

  /** Read again what has been shown for a while. */
  refreshOld(): void {
    if (this.current?.read && !isFresh(this.current)) this.refresh();
  }

  close(): void {
    this.running?.abort();
  }

  /** Show a slot as it is now; a series is read again, since its occurrences are the service's to know. */
  put(slot: Slot): void {
    if (isSeries(slot)) {
      this.refresh();
      return;
    }
    const occurrence = { start: instantText(slot.start), end: instantText(slot.end ?? slot.start) };
    this.replace(slot.uid, { ...slot, occurrences: [occurrence] });
  }

  remove(uid: string): void {
    this.replace(uid, null);
  }

  private replace(uid: string, slot: ListedSlot | null): void {
    const { current } = this;
    if (!current) return;
    for (const [key, kept] of this.kept) if (kept !== current) this.kept.delete(key);
    const change = new Map([[uid, slot]]);
    if (this.running) this.changed.set(uid, slot);
    current.slots = changedBy(current.slots, change);
    this.show({ ...this.shown.peek(), slots: current.slots });
  }

  private show(shown: Shown): void {
    this.shown.value = shown;
  }

  private async load(kept: Kept): Promise<void> {
    const running = new AbortController();
    this.running = running;
    this.changed.clear();
    // What is known already stays to be seen until all of the new is here.
    const streamed = kept.read === null;
    if (streamed) kept.slots = [];
    this.show({ slots: kept.slots, loading: true, problem: null });
    const slots: ListedSlot[] = [];
    try {
      for await (const page of windowPages(kept.earliest, kept.latest, running.signal)) {
        if (running.signal.aborted) return;
        slots.push(...page.data);
        if (streamed && page.paging.after !== null) {
          kept.slots = changedBy(slots, this.changed);
          this.show({ slots: kept.slots, loading: true, problem: null });
        }
      }
      if (running.signal.aborted) return;
      kept.slots = changedBy(slots, this.changed);
      kept.read = Date.now();
      this.running = null;
      this.show({ slots: kept.slots, loading: false, problem: null });
    } catch (error) {
      if (running.signal.aborted) return;
      this.running = null;
      this.show({ slots: kept.slots, loading: false, problem: error instanceof ApiError ? error.message : "The calendar could not be read." });
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

function isFresh({ read }: Kept): boolean {
  return read !== null && Date.now() - read < FRESH;
}

function changedBy(slots: readonly ListedSlot[], changes: ReadonlyMap<string, ListedSlot | null>): ListedSlot[] {
  const made = [...changes.values()].filter((slot) => slot !== null);
  return [...slots.filter(({ uid }) => !changes.has(uid)), ...made];
}

/** Occurrences are printed with a `Z`, also those of floating times. */
function instantText(time: string): string {
  return time.endsWith("Z") ? time : `${time}Z`;
}
