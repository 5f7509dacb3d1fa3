// Short messages that go away by themselves; they are read out by screen readers.
import { signal } from "@preact/signals";

interface Message {
  id: number;
  text: string;
  kind: "good" | "bad";
}

const shown = signal<Message[]>([]);
let last = 0;

/** Say something for some seconds; what went wrong stays until it is dismissed. */
export function say(text: string, kind: "good" | "bad" = "good"): void {
  last += 1;
  const message = { id: last, text, kind };
  shown.value = [...shown.value.slice(-3), message];
  if (kind === "good") setTimeout(() => dismiss(message.id), 6000);
}

function dismiss(id: number): void {
  shown.value = shown.value.filter((message) => message.id !== id);
}

export function Messages() {
  return (
    <div class="messages" role="region" aria-label="Messages" aria-live="polite">
      {shown.value.map((message) => (
        <div key={message.id} class={`message ${message.kind}`}>
          <span>{message.text}</span>
          <button type="button" class="quiet sign" aria-label="Dismiss" onClick={() => dismiss(message.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
