// The people who make a time slot happen: named, taken out, added by address.
import { useState } from "preact/hooks";
import { Field } from "../../parts/field";
import { type Person, samePerson } from "./service";

export function Hosts({ hosts, onChange }: { hosts: Person[]; onChange: (hosts: Person[]) => void }) {
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  function add() {
    const person = { email: email.trim(), name: name.trim() || email.trim().split("@")[0] || "" };
    if (!person.email) return;
    onChange([...hosts.filter((host) => !samePerson(host, person)), person]);
    setEmail("");
    setName("");
  }
  return (
    <fieldset>
      <legend>Hosts</legend>
      <ul class="host-list">
        {hosts.map((host) => (
          <li key={host.email || host.name}>
            <span class="clip" dir="auto">
              {host.name || host.email}
              {host.email && host.name ? <span class="faint"> {host.email}</span> : null}
            </span>
            <button type="button" class="quiet sign" aria-label={`Remove ${host.name || host.email}`} onClick={() => onChange(hosts.filter((other) => other !== host))}>
              ×
            </button>
          </li>
        ))}
        {hosts.length === 0 ? <li class="faint">There must be at least one.</li> : null}
      </ul>
      <div class="add-line">
        <Field label="E-mail of a host" type="email" value={email} maxLength={320} onInput={(input) => setEmail(input.currentTarget.value)} />
        <Field label="Name" value={name} maxLength={1000} onInput={(input) => setName(input.currentTarget.value)} />
        <button type="button" disabled={!email.trim()} onClick={add}>
          Add host
        </button>
      </div>
    </fieldset>
  );
}
