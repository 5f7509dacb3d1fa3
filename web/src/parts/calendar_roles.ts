// The calendar component says that it is a table, without the rows that a table needs: screen readers are better off without.
const CLAIMED = ["table", "row", "rowgroup", "rowheader", "columnheader", "cell", "list", "listitem"];

/** Keep the component's places free of claims that do not hold, and let what scrolls be reached by keyboard. Gives the end of it. */
export function mendRoles(place: HTMLElement, name: string): () => void {
  const mend = (within: Element) => {
    for (const element of [within, ...within.querySelectorAll("[role], [aria-colindex], .ec-main")]) {
      if (CLAIMED.includes(element.getAttribute("role") ?? "")) element.removeAttribute("role");
      // Setting a role is a change that is watched, too: once is enough.
      if (element.classList.contains("ec-main") && element.role !== "region") {
        (element as HTMLElement).tabIndex = 0;
        element.role = "region";
        element.ariaLabel = name;
      }
      element.removeAttribute("aria-colindex");
    }
  };
  const watching = new MutationObserver((changes) => {
    for (const change of changes) {
      if (change.type === "attributes") mend(change.target as Element);
      for (const added of change.addedNodes) if (added instanceof Element) mend(added);
    }
  });
  mend(place);
  watching.observe(place, { childList: true, subtree: true, attributes: true, attributeFilter: ["role"] });
  return () => watching.disconnect();
}
