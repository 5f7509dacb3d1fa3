// Whether the window is as narrow as a phone's, and so what a style sheet's `max-width: 40rem` holds for.
import { signal } from "@preact/signals";

const query = matchMedia("(max-width: 40rem)");
export const isNarrow = signal(query.matches);
query.addEventListener("change", () => {
  isNarrow.value = query.matches;
});
