// A value as JSON text. What is no JSON is kept as it was typed, and cannot be saved.
import { useEffect, useRef, useState } from "preact/hooks";
import { TextField } from "../../../../parts/field";

interface JsonProps {
  label: string;
  value: unknown;
  problem?: string | null;
  rows?: number;
  onChange: (value: unknown) => void;
  /** Told whether what is typed is no JSON. */
  onWrong?: (wrong: boolean) => void;
}

export function JsonField({ label, value, problem, rows = 6, onChange, onWrong }: JsonProps) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const [wrong, setWrong] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    field.current?.setCustomValidity(wrong);
    onWrong?.(wrong !== "");
  }, [wrong]);
  return (
    <TextField
      label={label}
      ref={field}
      rows={rows}
      class="json"
      spellcheck={false}
      value={text}
      problem={wrong || problem}
      onInput={(event) => {
        const typed = event.currentTarget.value;
        setText(typed);
        try {
          onChange(JSON.parse(typed));
          setWrong("");
        } catch (error) {
          setWrong(`This is not JSON: ${(error as Error).message}`);
        }
      }}
    />
  );
}
