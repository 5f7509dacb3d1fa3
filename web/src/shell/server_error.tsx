// What the service redirects to when a link cannot be served: `#server_error:<key>`.
import { useEffect } from "preact/hooks";
import { link } from "./router";

interface Explained {
  title: string;
  what: string;
  /** What can be done about it. */
  then: string;
}

/** By key, each that the service sends; the export interface names them in its description. */
export const EXPLAINED: Record<string, Explained> = {};

const UNKNOWN: Explained = {
  title: "Something went wrong",
  what: "The service could not do what this link asks for.",
  then: "Try again in a moment. If it stays like this, tell whoever gave you the link, with the words below.",
};

export function ServerErrorPage({ name }: { name: string }) {
  const { title, what, then } = (Object.hasOwn(EXPLAINED, name) ? EXPLAINED[name] : undefined) ?? UNKNOWN;
  useEffect(() => {
    document.title = `${title} · Slotport`;
  }, [title]);
  return (
    <section class="narrow card" role="alert">
      <h1>{title}</h1>
      <p>{what}</p>
      <p>{then}</p>
      <p class="faint">
        <code>{name}</code>
      </p>
      <p>
        <a href={link("exports")}>Export jobs</a>
      </p>
    </section>
  );
}
