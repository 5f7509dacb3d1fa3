// Where finished runs are sent.
import { Field, SelectField, TextField } from "../../../parts/field";
import { account } from "../../../shell/session";
import { PACKERS, TRANSPORTS } from "../detail/transports";
import type { Packer, Transport } from "../export";
import { useProblem } from "./problems";

const MOST = 20;

export function Transports({ transports, onChange }: { transports: Transport[]; onChange: (transports: Transport[]) => void }) {
  const at = useProblem();
  const add = (type: string) => {
    const options = type === "email" ? { recipients: account.value ? [account.value.email] : [] } : type === "webhook" ? { url: "" } : {};
    onChange([...transports, { type, packer: "zip", options }]);
  };
  const problem = at("_transports", true);
  return (
    <section class="card" aria-labelledby="transports">
      <h2 id="transports">Delivery</h2>
      <p class="hint">Each finished run can always be downloaded here and by its link. Add what is to happen besides.</p>
      {transports.map((transport, place) => (
        <Editor
          // a transport has no name of its own, and its fields keep nothing but what they are given
          key={place}
          place={place}
          transport={transport}
          onChange={(changed) => onChange(transports.map((one, other) => (other === place ? changed : one)))}
          onRemove={() => onChange(transports.filter((_, other) => other !== place))}
        />
      ))}
      {problem ? <p class="problem">{problem}</p> : null}
      {transports.length < MOST ? (
        <div class="presets" role="group" aria-label="Add a delivery">
          <span class="faint">Add</span>
          <button type="button" onClick={() => add("email")}>
            Mail
          </button>
          <button type="button" onClick={() => add("webhook")}>
            Webhook
          </button>
          <button type="button" onClick={() => add("s3")}>
            Copy into the bucket
          </button>
          <button type="button" onClick={() => add("download")}>
            Another archive to download
          </button>
        </div>
      ) : null}
    </section>
  );
}

function Editor({ place, transport, onChange, onRemove }: { place: number; transport: Transport; onChange: (transport: Transport) => void; onRemove: () => void }) {
  const at = useProblem();
  const path = `_transports[${place}]`;
  const { type, packer, options } = transport;
  const option = (name: string) => (typeof options[name] === "string" ? options[name] : "");
  const set = (name: string, value: unknown) => onChange({ ...transport, options: { ...options, [name]: value } });
  const problem = at(path, true) ?? at(`${path}.type`) ?? at(`${path}.options`, true);
  return (
    <fieldset class="transport">
      <legend>{TRANSPORTS[type] ?? type}</legend>
      <button type="button" class="quiet sign remove" aria-label={`Remove delivery ${place + 1}`} onClick={onRemove}>
        ×
      </button>
      {type === "email" ? (
        <>
          <TextField
            label="Recipients"
            rows={2}
            required
            value={recipients(options["recipients"]).join("\n")}
            hint="E-mail addresses, one on a line, at most 20. Who has no account here is asked first."
            problem={at(`${path}.options.recipients`)}
            onChange={(event) => set("recipients", readRecipients(event.currentTarget.value))}
          />
          <TextField label="Message" rows={2} dir="auto" maxLength={10_000} value={option("message")} problem={at(`${path}.options.message`)} onInput={(event) => set("message", event.currentTarget.value)} />
        </>
      ) : null}
      {type === "webhook" ? (
        <>
          <Field label="Address" type="url" required placeholder="https://" value={option("url")} problem={at(`${path}.options.url`)} onInput={(event) => set("url", event.currentTarget.value)} />
          <Field
            label="Secret"
            autocomplete="off"
            value={option("secret")}
            hint="Signs each post (HMAC-SHA256). Empty: one is made, and shown here afterwards."
            problem={at(`${path}.options.secret`)}
            onInput={(event) => set("secret", event.currentTarget.value || null)}
          />
        </>
      ) : null}
      {type === "s3" ? (
        <Field label="Prefix in the bucket" value={option("prefix")} problem={at(`${path}.options.prefix`)} onInput={(event) => set("prefix", event.currentTarget.value)} />
      ) : null}
      <SelectField label="Archive" value={packer} problem={at(`${path}.packer`)} onChange={(event) => onChange({ ...transport, packer: event.currentTarget.value as Packer })}>
        {Object.entries(PACKERS).map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </SelectField>
      {problem ? <p class="problem">{problem}</p> : null}
    </fieldset>
  );
}

const recipients = (given: unknown): string[] => (Array.isArray(given) ? given.map(String) : []);

/** Read addresses, and numbers as the ids of users. */
function readRecipients(text: string): (string | number)[] {
  return text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((one) => (/^\d{1,15}$/.test(one) ? Number(one) : one));
}
