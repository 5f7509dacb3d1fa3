// How long files stay, what downloads give meanwhile, and who is told of failures.
import { Check, Field } from "../../../parts/field";
import type { PartProps } from "./form";
import { typedNumber } from "./numbers";
import { useProblem } from "./problems";

export function Keeping({ own, change }: PartProps) {
  const at = useProblem();
  return (
    <section class="card" aria-labelledby="keeping">
      <h2 id="keeping">Afterwards</h2>
      <Check
        label="Downloads stay while another run goes or has failed"
        hint="They give the last finished run until then."
        checked={own.serve_last_done}
        onChange={(event) => change({ serve_last_done: event.currentTarget.checked })}
      />
      <Check label="Mail me when a scheduled run fails" checked={own.notify} onChange={(event) => change({ notify: event.currentTarget.checked })} />
      <div class="row">
        <Field
          label="Days to keep the files"
          inputMode="numeric"
          value={own.keep_days ?? ""}
          placeholder="for good"
          hint="Empty: they are kept."
          problem={at("export.keep_days")}
          onInput={(event) => change({ keep_days: typedNumber(event.currentTarget.value) })}
        />
      </div>
    </section>
  );
}
