// Name, what is exported, and whether in full each time.
import { useEffect, useState } from "preact/hooks";
import { Field, SelectField } from "../../../parts/field";
import { call } from "../../../shell/api";
import { type Definition, type ObjectType, ownName } from "../export";
import type { PartProps } from "./form";
import { useProblem } from "./problems";

interface Convention {
  id: string;
  slug: string;
  title: string;
}

export function Basics({ own, change, named }: PartProps & { named: boolean }) {
  const at = useProblem();
  return (
    <section class="card">
      <Field
        label="Name"
        value={own.name ?? ""}
        maxLength={1000}
        dir="auto"
        placeholder={named ? undefined : ownName(own)}
        required={named}
        hint="Files and links are called after it. With a schedule it needs one."
        problem={at("export.name")}
        onInput={(event) => change({ name: event.currentTarget.value })}
      />
      <div class="row">
        <SelectField
          label="What is exported"
          value={own.objecttype}
          problem={at("export.objecttype")}
          onChange={(event) => {
            const objecttype = event.currentTarget.value as ObjectType;
            change({ objecttype, convention: objecttype === "slot" ? "" : own.convention });
          }}
        >
          <option value="slot">My slots</option>
          <option value="timeslot">Time slots of a convention</option>
        </SelectField>
        {own.objecttype === "timeslot" ? <ConventionChoice own={own} change={change} /> : null}
        <SelectField
          label="Each run takes"
          value={own.type}
          problem={at("export.type")}
          hint={own.type === "export_incremental" ? "What was added or changed since the last finished run, and what is gone. The first run takes everything." : undefined}
          onChange={(event) => change({ type: event.currentTarget.value as Definition["type"] })}
        >
          <option value="export">Everything</option>
          <option value="export_incremental">Only what changed</option>
          <option value="download">Everything (a download)</option>
        </SelectField>
      </div>
    </section>
  );
}

function ConventionChoice({ own, change }: PartProps) {
  const at = useProblem();
  const [known, setKnown] = useState<Convention[] | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    call<Convention[]>("GET", "entities/conventions", { signal: leaving.signal }).then(setKnown, () => setKnown([]));
    return () => leaving.abort();
  }, []);
  const chosen = own.convention ?? "";
  const problem = at("export.convention");
  // Without a list, and for a convention that is not in it, its id or slug is typed.
  if (known !== null && (known.length === 0 || (chosen !== "" && !known.some((one) => one.id === chosen || one.slug === chosen)))) {
    return <Field label="Convention" hint="Its id or slug." required value={chosen} problem={problem} onInput={(event) => change({ convention: event.currentTarget.value })} />;
  }
  return (
    <SelectField
      label="Convention"
      required
      value={known?.find((one) => one.id === chosen || one.slug === chosen)?.id ?? chosen}
      problem={problem}
      onChange={(event) => change({ convention: event.currentTarget.value })}
    >
      <option value="">{known === null ? "…" : "Choose one"}</option>
      {known?.map((one) => (
        <option key={one.id} value={one.id}>
          {one.title}
        </option>
      ))}
    </SelectField>
  );
}
