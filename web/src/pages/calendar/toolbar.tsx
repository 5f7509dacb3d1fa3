// Where one is in time, and the ways to go elsewhere.
import { FEW_DAYS } from "./grid";

export type View = "month" | "week" | "list";
export const VIEWS: readonly View[] = ["month", "week", "list"];

interface ToolbarProps {
  view: View;
  /** Whether there is room for a few days of a week only. */
  fewDays: boolean;
  title: string;
  loading: boolean;
  onView: (view: View) => void;
  onStep: (step: 1 | -1) => void;
  onToday: () => void;
  onNew: () => void;
}

export function Toolbar({ view, fewDays, title, loading, onView, onStep, onToday, onNew }: ToolbarProps) {
  const names: Record<View, string> = { month: "Month", week: fewDays ? `${FEW_DAYS} days` : "Week", list: "List" };
  const unit = (view === "week" ? names.week : names.month).toLowerCase();
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
            {names[name]}
          </button>
        ))}
      </div>
      <button type="button" class="primary" onClick={onNew}>
        New slot
      </button>
    </div>
  );
}
