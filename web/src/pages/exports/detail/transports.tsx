// Where the export is sent, and how that went.
import type { Export } from "../export";
import { reasonWords } from "../reasons";
import { StateTag } from "../words";

export const TRANSPORTS: Record<string, string> = { download: "Download", email: "Mail", webhook: "Webhook", s3: "Copy into the bucket" };
export const PACKERS: Record<string, string> = {
  zip: "ZIP",
  zip_10mb: "ZIP in parts of 10 MB",
  zip_2gb: "ZIP in parts of 2 GB",
  tar: "TAR",
  tar_gz: "TAR, gzip",
  tar_bz2: "TAR, bzip2",
};

export function Transports({ shown }: { shown: Export }) {
  return (
    <section class="card" aria-labelledby="sent">
      <h2 id="sent">Where it goes</h2>
      {shown._transports.length ? (
        <ol class="transports">
          {shown._transports.map((transport, place) => (
            <li key={place}>
              <div class="state-line">
                <strong>{TRANSPORTS[transport.type] ?? transport.type}</strong>
                <span class="faint">{PACKERS[transport.packer]}</span>
                <StateTag state={transport._state} waiting="Waiting" />
              </div>
              <Target options={transport.options} />
              {transport._state === "failed" ? <Failure shown={shown} place={place} /> : null}
            </li>
          ))}
        </ol>
      ) : (
        <p class="faint">Nowhere by itself: its files are kept here, and as a ZIP behind its link.</p>
      )}
    </section>
  );
}

function Target({ options }: { options: Record<string, unknown> }) {
  const recipients = Array.isArray(options["recipients"]) ? options["recipients"].map(String).join(", ") : "";
  const text = recipients || String(options["url"] ?? options["prefix"] ?? "");
  return text ? (
    <p class="hint" dir="auto">
      {text}
    </p>
  ) : null;
}

/** Why it failed, if it did in the latest run. */
function Failure({ shown, place }: { shown: Export; place: number }) {
  const started = shown._log.findLastIndex(({ event }) => event.type === "EXPORT_START");
  const failed = shown._log
    .slice(started + 1)
    .findLast(({ event }) => event.type === "EXPORT_TRANSPORT_FAILED" && event.info["transport"] === place);
  return failed ? <p class="problem">{reasonWords(String(failed.event.info["reason"] ?? ""))}</p> : null;
}
