// Where one is in time, and the ways to go elsewhere.
import type { GridView } from "./grid";

export type View = GridView | "list";
export const VIEWS: readonly View[] = ["month", "week", "list"];

interface ToolbarProps {
  view: View;
  title: string;
  loading: boolean;
  onView: (view: View) => void;
  onStep: (step: 1 | -1) => void;
  onToday: () => void;
  onNew: () => void;
}

const NAMES: Record<View, string> = { month: "Month", week: "Week", list: "List" };

export function Toolbar({ view, title, loading, onView, onStep, onToday, onNew }: ToolbarProps) {
  const unit = view === "week" ? "week" : "month";
  return (
    <div class="calendar-toolbar">
      <div class="calendar-steps">
        <button type="button" onClick={onToday}>
          Today
        </button>
        <button type="button" class="quiet sign step" aria-label={`Previous ${unit}`} onClick={() => onStep(-1)}>
          ‹
        </button>
        <button type="button" class="quiet sign step" aria-label={`Next ${unit}`} onClick={() => onStep(1)}>
          ›
        </button>
      </div>
      <h2 aria-live="polite">{title}</h2>
      <span class="calendar-loading" role="status">
        {loading ? "Loading…" : ""}
      </span>
      <div class="calendar-views" role="group" aria-label="View">
        {VIEWS.map((name) => (
          <button key={name} type="button" aria-pressed={name === view} onClick={() => onView(name)}>
            {NAMES[name]}
          </button>
        ))}
      </div>
      <button type="button" class="primary" onClick={onNew}>
        New slot
      </button>
    </div>
  );
}
