// Export jobs: `#/exports` lists them, `#/exports/new`, `#/exports/<id>` and `#/exports/<id>/edit` are about one.
import { useEffect, useRef } from "preact/hooks";
import type { PageProps } from "../../shell/pages";
import { Detail } from "./detail/detail";
import { FormPage } from "./form/page";
import { List } from "./list";

export default function Page({ place }: PageProps) {
  const [id, what] = place.parts;
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
  if (!id) return <List query={place.query} />;
  if (id === "new") return <FormPage key={`new ${place.query.get("from") ?? ""}`} id={null} from={place.query.get("from")} />;
  if (what === "edit") return <FormPage key={`edit ${id}`} id={id} from={null} />;
  return <Detail key={id} id={id} />;
}
