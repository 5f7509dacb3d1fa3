// Numbers as people type them. What is none stays text, for the service to refuse by its place.

/** Give the number that was typed, null for nothing, and else the text. */
export function typedNumber(text: string): number | string | null {
  const bare = text.trim();
  if (!bare) return null;
  return /^\d{1,9}$/.test(bare) ? Number(bare) : bare;
}

/** Read `1-7, 15`, `*` and, as in cron, `0-30/10`, all within the bounds. */
export function readNumbers(text: string, low: number, high: number): (number | string)[] {
  return text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .flatMap((token): (number | string)[] => {
      const found = /^(?:(\*)|(\d{1,2})(?:[-–](\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(token);
      if (!found) return [token];
      const [, every, from, to, step] = found;
      const first = every ? low : Number(from);
      const last = every ? high : to === undefined ? (step === undefined ? first : high) : Number(to);
      const by = step === undefined ? 1 : Number(step);
      if (first > last || by === 0) return [token];
      return Array.from({ length: Math.floor((last - first) / by) + 1 }, (_, place) => first + place * by);
    });
}

/** Print numbers such that `readNumbers` reads them: runs as `1-7`, everything as an asterisk, steps over everything as in cron. */
export function printNumbers(numbers: (number | string)[], low: number, high: number): string {
  if (numbers.some((one) => typeof one !== "number")) return numbers.join(", ");
  const sorted = [...new Set(numbers as number[])].sort((a, b) => a - b);
  const whole = high - low + 1;
  if (sorted.length === whole && sorted[0] === low) return "*";
  const step = (sorted[1] ?? 0) - (sorted[0] ?? 0);
  if (low === 0 && sorted.length > 2 && sorted[0] === 0 && whole % step === 0 && sorted.length === whole / step && sorted.every((one, place) => one === place * step)) {
    return `*/${step}`;
  }
  const runs: [number, number][] = [];
  for (const one of sorted) {
    const run = runs.at(-1);
    if (run && run[1] === one - 1) run[1] = one;
    else runs.push([one, one]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : to === from + 1 ? `${from}, ${to}` : `${from}-${to}`)).join(", ");
}
