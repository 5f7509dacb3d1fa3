// Keeps looking at something that changes on the service: soon after a change, ever less often without one, never in a hidden tab.
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../../shell/api";

const SOONEST = 800;
const LATEST = 12_000;
/** Timers cannot wait longer. */
const LONGEST = 2 ** 31 - 1;

interface Polled<T> {
  value: T | null;
  problem: Error | null;
  /** Look now. */
  look: () => void;
  /** Take what an action answered as the newest. */
  take: (value: T) => void;
}

/**
 * Give what `load` gives, again and again while `due` says so: "changing" is looked at soon, a moment (epoch milliseconds) when
 * it comes, null not again. `load` is to be the same function until what it asks for differs.
 */
export function usePolled<T>(load: (signal: AbortSignal) => Promise<T>, due: (value: T) => "changing" | number | null): Polled<T> {
  const [state, setState] = useState<{ value: T | null; problem: Error | null; load: unknown }>({ value: null, problem: null, load });
  const control = useRef<{ look: () => void; took: (value: T) => void }>({ look: () => undefined, took: () => undefined });
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking: AbortController | null = null;
    let wait = SOONEST;
    let seen = "";
    let failures = 0;

    function plan(value: T) {
      clearTimeout(timer);
      const next = due(value);
      if (next === null) return;
      const text = JSON.stringify(value);
      wait = text === seen ? Math.min(wait * 1.5, LATEST) : SOONEST;
      seen = text;
      timer = setTimeout(ask, next === "changing" ? wait : Math.min(Math.max(next - Date.now(), wait), LONGEST));
    }
    async function ask() {
      clearTimeout(timer);
      if (document.hidden && seen) return; // looked at again when it is shown
      asking?.abort();
      const own = (asking = new AbortController());
      try {
        const value = await load(own.signal);
        if (own.signal.aborted) return;
        failures = 0;
        setState({ value, problem: null, load });
        plan(value);
      } catch (error) {
        if (own.signal.aborted) return;
        failures += 1;
        setState((before) => ({ value: before.load === load ? before.value : null, problem: error as Error, load }));
        // What is shown already is worth another try, unless it was refused; a first look is repeated by its reader.
        const refused = error instanceof ApiError && error.status >= 400 && error.status < 500;
        if (seen && !refused) timer = setTimeout(ask, Math.min(SOONEST * 2 ** failures, LATEST));
      }
    }
    function shown() {
      if (!document.hidden) void ask();
    }
    control.current = {
      look: () => {
        wait = SOONEST;
        void ask();
      },
      took: (value) => {
        asking?.abort();
        seen = "";
        plan(value);
      },
    };
    document.addEventListener("visibilitychange", shown);
    void ask();
    return () => {
      document.removeEventListener("visibilitychange", shown);
      clearTimeout(timer);
      asking?.abort();
    };
  }, [load]);
  const look = useCallback(() => control.current.look(), []);
  const take = useCallback(
    (value: T) => {
      setState({ value, problem: null, load });
      control.current.took(value);
    },
    [load],
  );
  return { value: state.value, problem: state.problem, look, take };
}
