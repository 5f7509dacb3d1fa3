/** Put what overlaps beside each other: each gets the first lane that is free when it begins. */
export function lanes<T extends { from: number; to: number }>(items: T[]): { width: number; items: { item: T; lane: number }[] } {
  const free: number[] = [];
  const placed = [...items]
    .sort((a, b) => a.from - b.from)
    .map((item) => {
      let lane = free.findIndex((until) => until <= item.from);
      if (lane < 0) lane = free.length;
      free[lane] = item.to;
      return { item, lane };
    });
  return { width: Math.max(1, free.length), items: placed };
}
