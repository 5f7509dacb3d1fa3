/** Says that something is under way; it shows after a moment, so that what is quick does not flicker. */
export function Busy({ label }: { label: string }) {
  return (
    <p class="busy" role="status">
      {label}…
    </p>
  );
}
