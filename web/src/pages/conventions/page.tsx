// Conventions: all of them, or one.
import { useEffect } from "preact/hooks";
import type { PageProps } from "../../shell/pages";
import { Catalog } from "./catalog";
import { ConventionPage } from "./convention";

export default function Page({ place }: PageProps) {
  const [slug, tab = ""] = place.parts;
  useEffect(() => {
    if (!slug) document.title = "Conventions · Slotport";
  }, [slug]);
  return slug ? <ConventionPage key={slug} slug={slug} tab={tab} /> : <Catalog />;
}
