/** Leads through the pages of a long list; nothing for a list of one page. */
export function Pager({ label, offset, size, count, onPage }: { label: string; offset: number; size: number; count: number; onPage: (offset: number) => void }) {
  if (count <= size && offset === 0) return null;
  const last = Math.min(offset + size, count);
  return (
    <nav class="pager" aria-label={label}>
      <span>{offset < count ? `${(offset + 1).toLocaleString()}–${last.toLocaleString()} of ${count.toLocaleString()}` : `None of ${count.toLocaleString()}`}</span>
      <button type="button" disabled={offset === 0} onClick={() => onPage(Math.max(0, offset - size))}>
        Previous
      </button>
      <button type="button" disabled={offset + size >= count} onClick={() => onPage(offset + size)}>
        Next
      </button>
    </nav>
  );
}
