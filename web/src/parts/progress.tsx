/** How far something is: `done` of `total`, or under way without a known end when there is no total. */
export function Progress({ label, done, total }: { label: string; done: number; total: number | null }) {
  const share = total ? Math.min(1, done / total) : null;
  return (
    <div class="progress">
      <progress aria-label={label} max={1} {...(share === null ? {} : { value: share })} />
      <span>{total ? `${done.toLocaleString()} of ${total.toLocaleString()}` : "…"}</span>
    </div>
  );
}
