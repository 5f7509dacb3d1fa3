// Fetches files. The token goes in a header, never into an address: addresses stand in the document, in histories and in logs.
// The service answers with a redirect to the store; where it leads is asked for with a request whose body is not read, and
// the browser is then sent there, which downloads any size without holding it in memory. Errors are met here, not on a page
// of their own.
import { ApiError, base, send } from "../../../shell/api";

/** Download what a path of the service leads to, waiting while it is made. `onMaking` is told when that takes a while. */
export async function fetchFile(path: string, onMaking: () => void, signal?: AbortSignal): Promise<void> {
  for (;;) {
    const stop = new AbortController();
    const response = await send("GET", path, { signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal });
    stop.abort(); // its headers are all that is wanted
    if (response.status === 202) {
      onMaking();
      await pause(Number(response.headers.get("Retry-After") ?? 5) * 1000, signal);
      continue;
    }
    const found = new URL(response.url);
    // An archive whose link has ended leads to the site's own page.
    if (found.origin === base.origin && found.pathname === base.pathname) throw new ApiError("The links have changed. Load the page again.", 404, "", {});
    const way = document.createElement("a");
    way.href = response.url;
    way.rel = "noreferrer";
    way.click();
    return;
  }
}

function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    });
  });
}
