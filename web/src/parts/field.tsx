// A labelled input with its hint and its problem, tied together for screen readers.
import type { AllHTMLAttributes, ComponentChildren, Ref, TargetedInputEvent } from "preact";
import { useId } from "preact/hooks";

interface Around {
  label: string;
  hint?: string;
  problem?: string | null;
}

type Props<E extends HTMLElement> = Omit<AllHTMLAttributes<E>, "label" | "id" | "role" | "type" | "size"> & { ref?: Ref<E> };
type InputProps = Props<HTMLInputElement> & { type?: string };
type SelectProps = Props<HTMLSelectElement>;
type TextProps = Props<HTMLTextAreaElement>;

function Labelled({ id, label, hint, problem, children }: Around & { id: string; children: ComponentChildren }) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {children}
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
      {problem ? (
        <p class="problem" id={`${id}-problem`}>
          {problem}
        </p>
      ) : null}
    </div>
  );
}

function described(id: string, hint?: string, problem?: string | null) {
  const ids = [hint ? `${id}-hint` : "", problem ? `${id}-problem` : ""].filter(Boolean).join(" ");
  return { id, "aria-describedby": ids || undefined, "aria-invalid": problem ? (true as const) : undefined };
}

type Entry = HTMLInputElement | HTMLTextAreaElement;

/** Refuse what is too long when it is sent; the browser's own `maxlength` cuts what is pasted without a word. */
function bounded<E extends Entry>({ maxLength, ...rest }: Props<E>) {
  if (maxLength === undefined) return rest;
  const most = Number(maxLength);
  const look = (entry: E) => {
    const length = [...entry.value].length; // in characters, as the service counts
    entry.setCustomValidity(length > most ? `At most ${most.toLocaleString()} characters; these are ${length.toLocaleString()}.` : "");
  };
  return { ...rest, onInput: (event: TargetedInputEvent<E>) => { look(event.currentTarget); rest.onInput?.(event as never); } };
}

export function Field({ label, hint, problem, ...rest }: Around & InputProps) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} problem={problem}>
      <input {...(bounded<HTMLInputElement>(rest) as object)} {...described(id, hint, problem)} />
    </Labelled>
  );
}

export function SelectField({ label, hint, problem, children, ...rest }: Around & SelectProps) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} problem={problem}>
      <select {...(rest as object)} {...described(id, hint, problem)}>
        {children}
      </select>
    </Labelled>
  );
}

export function TextField({ label, hint, problem, ...rest }: Around & TextProps) {
  const id = useId();
  return (
    <Labelled id={id} label={label} hint={hint} problem={problem}>
      <textarea {...(bounded<HTMLTextAreaElement>(rest) as object)} {...described(id, hint, problem)} />
    </Labelled>
  );
}

/** A box to tick, with its label behind it. */
export function Check({ label, hint, ...rest }: { label: string; hint?: string } & InputProps) {
  const id = useId();
  return (
    <div class="check">
      <input type="checkbox" {...(rest as object)} {...described(id, hint)} />
      <label for={id}>{label}</label>
      {hint ? (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      ) : null}
    </div>
  );
}
