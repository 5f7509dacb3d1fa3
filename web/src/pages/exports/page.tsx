// Export jobs: `#/exports` lists them, `#/exports/new`, `#/exports/<id>` and `#/exports/<id>/edit` are about one.
import type { PageProps } from "../../shell/pages";
import { Detail } from "./detail/detail";
import { FormPage } from "./form/page";
import { List } from "./list";

export default function Page({ place }: PageProps) {
  const [id, what] = place.parts;
  if (!id) return <List query={place.query} />;
  if (id === "new") return <FormPage key={`new ${place.query.get("from") ?? ""}`} id={null} from={place.query.get("from")} />;
  if (what === "edit") return <FormPage key={id} id={id} from={null} />;
  return <Detail key={id} id={id} />;
}
