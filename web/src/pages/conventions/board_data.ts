// What a board shows, read whole once and looked after with one request at a time.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type ConEvent, type Managed, type Room, type TimeSlot, everything, timeSlots } from "./service";

export interface BoardData {
  slots: TimeSlot[];
  events: ConEvent[];
  rooms: Room[];
}

const PAUSE = 30_000;

/** Read a convention's schedule, and again when the reader comes back to the page, and every half minute while they look. */
export function useBoard(convention: Managed) {
  const [data, setData] = useState<BoardData | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const etag = useRef("");
  const busy = useRef(false);
  const key = convention["public-key"];

  const refresh = useCallback(
    async (whatever = false): Promise<void> => {
      if (busy.current && !whatever) return;
      busy.current = true;
      try {
        const found = await timeSlots(convention, whatever ? "" : etag.current);
        if (found) {
          const [events, rooms] = await Promise.all([everything<ConEvent>("entities/events", key), everything<Room>("entities/locations", key)]);
          etag.current = found.etag;
          setData({ slots: found.slots, events, rooms });
        }
        setProblem(null);
      } catch (error) {
        setProblem((error as Error).message);
      } finally {
        busy.current = false;
      }
    },
    [key],
  );

  useEffect(() => {
    void refresh();
    const look = () => {
      // Nothing moves under the hands of somebody who is dragging.
      const dragging = document.querySelector(".drag-ghost, .ec-preview") !== null;
      if (document.visibilityState === "visible" && !dragging) void refresh();
    };
    const timer = setInterval(look, PAUSE);
    addEventListener("focus", look);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      removeEventListener("focus", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [refresh]);

  /** Show a time slot as it stands now, before anything is read again. */
  const put = useCallback((slot: TimeSlot) => {
    etag.current = "";
    setData((had) => had && { ...had, slots: [...had.slots.filter((other) => other.id !== slot.id), slot] });
  }, []);
  const drop = useCallback((id: string) => {
    etag.current = "";
    setData((had) => had && { ...had, slots: had.slots.filter((other) => other.id !== id) });
  }, []);
  return { data, problem, refresh, put, drop };
}
