// The archives, and the link to them that lasts: it needs no account, only its secret part.
import { useState } from "preact/hooks";
import { Confirm } from "../../../parts/dialog";
import { say } from "../../../parts/messages";
import { url } from "../../../shell/api";
import { type Export, type Link, linkAddress, renewPasskey } from "../export";
import { size } from "../words";
import { DownloadButton } from "./download_button";

const OTHERS = [".tar", ".tar.gz", ".tar.bz2"];

export function Downloads({ shown, onChanged }: { shown: Export; onChanged: (after: Export) => void }) {
  const [asking, setAsking] = useState(false);
  const id = shown.export._id;
  const [main] = shown._downloads._files;
  const links = archives(shown);
  const renew = async () => {
    onChanged(await renewPasskey(id));
    say("New links. The old ones have ended.");
  };
  return (
    <section class="card" aria-labelledby="downloads">
      <h2 id="downloads">Downloads</h2>
      {main ? (
        <>
          <ul class="downloads">
            {links.map((link) => (
              <li key={link.url}>
                <span class="clip" dir="auto">
                  {fileName(link)}
                </span>
                <span class="faint number">{size(link.size)}</span>
                <DownloadButton path={linkAddress(id, link.url)} label={`Download ${fileName(link)}`}>
                  Download
                </DownloadButton>
              </li>
            ))}
          </ul>
          <div class="other-archives">
            <span class="faint">Also as</span>
            {OTHERS.filter((ending) => !links.some((link) => link.url.endsWith(ending))).map((ending) => (
              <DownloadButton key={ending} quiet label={`Download as ${ending}`} path={linkAddress(id, main.url.replace(/\.zip$/, ending))}>
                {ending}
              </DownloadButton>
            ))}
          </div>
          {/* For people: what goes wrong is a page, not JSON. */}
          <SecretLink address={url(linkAddress(id, main.url), { disposition: "attachment" }).href} />
          <p>
            <button type="button" class="quiet" onClick={() => setAsking(true)}>
              Make new links…
            </button>
          </p>
        </>
      ) : (
        <p class="faint">{shown._state === "done" ? "The files of the last run have been removed, as was asked for." : "There is something to download as soon as a run is done."}</p>
      )}
      {asking ? (
        <Confirm title="Make new links?" deed="Make new links" onConfirm={renew} onClose={() => setAsking(false)}>
          <p>All links to this export that were handed out, mailed or posted stop working at once. Use this when a link has got into the wrong hands.</p>
        </Confirm>
      ) : null}
    </section>
  );
}

function SecretLink({ address }: { address: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async (field: HTMLInputElement | null) => {
    field?.select();
    try {
      await navigator.clipboard.writeText(address);
    } catch {
      // not allowed here: it is selected, for the keyboard to copy
      return say("The link is selected. Copy it with your keyboard.");
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2500);
  };
  return (
    <div class="field secret-link">
      <label for="secret-link">Link to share</label>
      <div class="beside-button">
        <input id="secret-link" readOnly value={address} onFocus={(event) => event.currentTarget.select()} aria-describedby="secret-link-hint" />
        <button type="button" onClick={(event) => void copy(event.currentTarget.parentElement?.querySelector("input") ?? null)}>
          {copied ? "Copied" : "Copy link"}
        </button>
      </div>
      <p class="hint" id="secret-link-hint">
        Whoever has it can download, without an account. It lasts, and always leads to the latest finished run.
      </p>
    </div>
  );
}

/** The ZIP of everything and what transports have packed, each once. */
function archives(shown: Export): Link[] {
  const all = [...shown._downloads._files, ...shown._transports.flatMap((transport) => transport._download._files)];
  return [...new Map(all.map((link) => [link.url, link])).values()];
}

function fileName(link: Link): string {
  const name = link.url.slice(link.url.indexOf("/") + 1);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
