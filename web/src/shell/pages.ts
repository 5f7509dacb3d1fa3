// The pages there are. Each is loaded when it is first opened.
import type { ComponentType } from "preact";
import type { Place } from "./router";

export interface PageProps {
  place: Place;
}

export interface Page {
  title: string;
  /** Whether it stands in the navigation. */
  listed: boolean;
  /** Whether it can be seen without signing in. */
  open: boolean;
  load: () => Promise<{ default: ComponentType<PageProps> }>;
}

export const pages: Record<string, Page> = {
  calendar: { title: "Calendar", listed: true, open: false, load: () => import("../pages/calendar/page") },
  transfer: { title: "Import & export", listed: true, open: false, load: () => import("../pages/transfer/page") },
  exports: { title: "Export jobs", listed: true, open: false, load: () => import("../pages/exports/page") },
  conventions: { title: "Conventions", listed: true, open: true, load: () => import("../pages/conventions/page") },
  account: { title: "Account", listed: false, open: false, load: () => import("../pages/account/page") },
};
