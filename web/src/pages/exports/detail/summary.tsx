// What is exported and how, in short.
import type { ComponentChildren } from "preact";
import type { Export } from "../export";
import { searchWords } from "../search_words";
import { TYPES, formats, objects } from "../words";

export function Summary({ shown }: { shown: Export }) {
  const { export: own } = shown;
  const single = [own.json_one_file_per_object && "JSON", own.xml_one_file_per_object && "XML", own.ical_one_file_per_object && "iCalendar"].filter(Boolean);
  const fields = Object.keys(own.fields);
  return (
    <section class="card" aria-labelledby="what">
      <h2 id="what">What it takes</h2>
      <dl class="summary">
        <Item name="Objects">
          {objects(shown)}
          {own.convention ? (
            <>
              {" of "}
              <span dir="auto">{own.convention}</span>
            </>
          ) : null}
        </Item>
        <Item name="Which">
          <span dir="auto">{searchWords(own.search)}</span>
        </Item>
        <Item name="Each run">{TYPES[own.type]}</Item>
        <Item name="Formats">
          {formats(own).join(", ")}
          {single.length ? ` (a file per object: ${single.join(", ")})` : ""}
        </Item>
        {fields.length ? (
          <Item name="Fields">
            <span dir="auto">{fields.join(", ")}</span>
          </Item>
        ) : null}
        {own.batch_size ? <Item name="Batches">{`${own.batch_size.toLocaleString()} objects each`}</Item> : null}
        {own.keep_days ? <Item name="Files kept">{`${own.keep_days.toLocaleString()} days`}</Item> : null}
        {own.serve_last_done ? <Item name="Downloads">The last finished run, also while another goes or has failed</Item> : null}
        {own.notify ? <Item name="Mail to you">When a scheduled run fails</Item> : null}
      </dl>
    </section>
  );
}

function Item({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
