// The fields of a slot's form.
import { Field, SelectField, TextField } from "../../parts/field";
import type { Location, Visibility } from "../../slots/slots";
import { GroupChoice } from "./group_choice";
import type { Form } from "./slot_form";
import { WhenFields } from "./when_fields";

export interface FieldsProps {
  form: Form;
  /** What the service said of single fields. */
  faults: Record<string, string>;
  onChange: (some: Partial<Form>) => void;
}

const VISIBILITIES: Record<Visibility, string> = {
  private: "Private: only me",
  friends: "Friends",
  foaf: "Friends of friends",
  public: "Public",
};

export function SlotFields({ form, faults, onChange }: FieldsProps) {
  const place = (some: Partial<Location>) => onChange({ location: { ...form.location, ...some } });
  const { address, postalcode, city, country } = form.location;
  return (
    <>
      <Field
        label="Title"
        value={form.title}
        required
        maxLength={1000}
        dir="auto"
        autoFocus
        problem={faults["title"]}
        onInput={(event) => onChange({ title: event.currentTarget.value })}
      />
      <WhenFields form={form} faults={faults} onChange={onChange} />
      <GroupChoice chosen={form.groups} problem={faults["groups"]} onChange={(groups) => onChange({ groups })} />
      <div class="row">
        <SelectField
          label="Visibility"
          value={form.visibility}
          onChange={(event) => onChange({ visibility: event.currentTarget.value as Visibility })}
        >
          {Object.entries(VISIBILITIES).map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </SelectField>
        <Field
          label="Place"
          value={form.location.name}
          maxLength={1000}
          dir="auto"
          problem={faults["location.name"]}
          onInput={(event) => place({ name: event.currentTarget.value })}
        />
      </div>
      <details class="address" open={Boolean(address || postalcode || city || country)}>
        <summary>Address</summary>
        <Field label="Street" value={address} maxLength={1000} dir="auto" onInput={(event) => place({ address: event.currentTarget.value })} />
        <div class="row">
          <Field label="Postal code" value={postalcode} maxLength={1000} onInput={(event) => place({ postalcode: event.currentTarget.value })} />
          <Field label="City" value={city} maxLength={1000} dir="auto" onInput={(event) => place({ city: event.currentTarget.value })} />
          <Field label="Country" value={country} maxLength={1000} dir="auto" onInput={(event) => place({ country: event.currentTarget.value })} />
        </div>
      </details>
      <TextField
        label="Description"
        value={form.description}
        rows={4}
        maxLength={100_000}
        dir="auto"
        problem={faults["description"]}
        onInput={(event) => onChange({ description: event.currentTarget.value })}
      />
    </>
  );
}
