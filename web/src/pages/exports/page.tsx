// Export jobs: `#/exports` lists them, `#/exports/new`, `#/exports/<id>` and `#/exports/<id>/edit` are about one.
import { useEffect, useRef } from "preact/hooks";
import type { PageProps } from "../../shell/pages";
import { Detail } from "./detail/detail";
import { FormPage } from "./form/page";
import { List } from "./list";

export default function Page({ place }: PageProps) {
  const view = place.parts.join("/");
  const shown = useRef(view);
  // These are pages of their own to whoever goes from one to the next: each is read from its top.
  useEffect(() => {
    if (shown.current !== view) {
      shown.current = view;
      document.getElementById("main")?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }, [view]);
  return <div class="exports">{viewOf(place)}</div>;
}

function viewOf({ parts: [id, what], query }: PageProps["place"]) {
  if (!id) return <List query={query} />;
  if (id === "new") return <FormPage key={`new ${query.get("from") ?? ""}`} id={null} from={query.get("from")} />;
  if (what === "edit") return <FormPage key={`edit ${id}`} id={id} from={null} />;
  return <Detail key={id} id={id} />;
}
