// A button that downloads, and says so while the service is still making what it gives.
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useDeed } from "../deed";
import { fetchFile } from "./fetching";

export function DownloadButton({ path, label, quiet = false, children }: { path: string; label?: string; quiet?: boolean; children: ComponentChildren }) {
  const [busy, run] = useDeed();
  const [making, setMaking] = useState(false);
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);
  const download = async () => {
    try {
      await fetchFile(path, () => setMaking(true), leaving.current.signal);
    } finally {
      setMaking(false);
    }
  };
  return (
    <button type="button" class={quiet ? "quiet" : ""} aria-label={label} disabled={busy} onClick={() => void run(download)}>
      {making ? <span role="status">Being made…</span> : children}
    </button>
  );
}
