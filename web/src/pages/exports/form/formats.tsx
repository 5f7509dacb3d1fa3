// The formats, and how their files lie.
import { Check, Field } from "../../../parts/field";
import type { Csv } from "../export";
import type { PartProps } from "./form";
import { typedNumber } from "./numbers";
import { useProblem } from "./problems";

const SINGLE = [
  { name: "json", words: "JSON" },
  { name: "xml", words: "XML" },
  { name: "ical", words: "iCalendar (.ics)" },
] as const;
const PLAIN: Csv = { delimiter: ",", quote: '"', escape: "", use_bom: false, empty_columns: true };

export function Formats({ own, change }: PartProps) {
  const at = useProblem();
  const none = !own.json && !own.xml && !own.ical && !own.csv;
  const single = own.json_one_file_per_object || own.xml_one_file_per_object || own.ical_one_file_per_object;
  return (
    <section class="card" aria-labelledby="formats">
      <h2 id="formats">Formats</h2>
      <div class="export-formats">
        {SINGLE.map(({ name, words }) => (
          <div key={name}>
            <Check
              label={words}
              checked={own[name]}
              onChange={(event) => change({ [name]: event.currentTarget.checked, ...(event.currentTarget.checked ? {} : { [`${name}_one_file_per_object`]: false }) })}
            />
            {own[name] ? (
              <div class="inner">
                <Check label="A file for each object" checked={own[`${name}_one_file_per_object`]} onChange={(event) => change({ [`${name}_one_file_per_object`]: event.currentTarget.checked })} />
              </div>
            ) : null}
          </div>
        ))}
        <div>
          <Check label="CSV" checked={own.csv !== false} onChange={(event) => change({ csv: event.currentTarget.checked ? PLAIN : false })} />
          {own.csv ? <CsvOptions csv={own.csv} onChange={(csv) => change({ csv })} /> : null}
        </div>
      </div>
      {none ? <p class="hint">None chosen: JSON is made.</p> : null}
      <details open={Boolean(own.flat || own.batch_size || own.filename_template || at("export.batch_size") || at("export.filename_template"))}>
        <summary>Folders and names of files</summary>
        <div class="row">
          <Field
            label="Objects in a folder"
            inputMode="numeric"
            value={own.batch_size ?? ""}
            placeholder="all"
            hint="Empty: all in one."
            problem={at("export.batch_size")}
            onInput={(event) => change({ batch_size: typedNumber(event.currentTarget.value) })}
          />
          {single ? (
            <Field
              label="Name of an object's file"
              value={own.filename_template ?? ""}
              placeholder="%uid%"
              dir="auto"
              hint="%uid%, %title%, %start% and %n% are filled in."
              problem={at("export.filename_template")}
              onInput={(event) => change({ filename_template: event.currentTarget.value || null })}
            />
          ) : null}
        </div>
        <Check label="No folders at all" checked={own.flat} onChange={(event) => change({ flat: event.currentTarget.checked })} />
      </details>
    </section>
  );
}

function CsvOptions({ csv, onChange }: { csv: Csv; onChange: (csv: Csv) => void }) {
  const at = useProblem();
  const marks = [
    ["delimiter", "Between values"],
    ["quote", "Around values"],
    ["escape", "Before a quote"],
  ] as const;
  return (
    <div class="inner">
      <div class="marks">
        {marks.map(([name, label]) => (
          <Field
            key={name}
            label={label}
            value={csv[name] === "\t" ? "\\t" : csv[name]}
            maxLength={2}
            hint={name === "delimiter" ? "\\t is a tab." : name === "escape" ? "Empty: a quote is doubled." : undefined}
            problem={at(`export.csv.${name}`)}
            onInput={(event) => onChange({ ...csv, [name]: event.currentTarget.value === "\\t" ? "\t" : event.currentTarget.value })}
          />
        ))}
      </div>
      {at("export.csv", true) ? <p class="problem">{at("export.csv", true)}</p> : null}
      <Check label="Byte order mark, for Excel" checked={csv.use_bom} onChange={(event) => onChange({ ...csv, use_bom: event.currentTarget.checked })} />
      <Check label="Columns that are empty in every row too" checked={csv.empty_columns} onChange={(event) => onChange({ ...csv, empty_columns: event.currentTarget.checked })} />
    </div>
  );
}
