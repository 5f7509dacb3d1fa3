// Numbers and names one after the other, as sentences have them.

const joined = (word: string) => (names: string[]) => (names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`);
export const and = joined("and");
export const or = joined("or");
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Whether each number is one more than that before it. */
export const isRun = (sorted: number[]) => sorted.length > 1 && sorted.every((one, place) => place === 0 || one === (sorted[place - 1] ?? 0) + 1);

/** Name numbers, runs of at least `shortest` by their ends. */
export function ranges(sorted: number[], name: (number: number) => string, shortest: number): string[] {
  const runs: number[][] = [];
  for (const one of sorted) {
    const run = runs.at(-1);
    if (run && run.at(-1) === one - 1) run.push(one);
    else runs.push([one]);
  }
  return runs.flatMap((run) => (run.length >= shortest ? [`${name(run[0] ?? 0)} to ${name(run.at(-1) ?? 0)}`] : run.map(name)));
}

export function ordinal(number: number): string {
  const ending = Math.floor((number % 100) / 10) === 1 ? "th" : ["th", "st", "nd", "rd"][number % 10] ?? "th";
  return `${number}${ending}`;
}
