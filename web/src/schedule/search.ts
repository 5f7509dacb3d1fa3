// Search in what is on the page, while typing; the form behind it asks the service for everything.

const plain = (text: string) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

export function searchWhileTyping(entries: HTMLElement[]): void {
  const field = document.getElementById("search") as HTMLInputElement | null;
  const found = document.getElementById("found");
  if (!field || !found) return;
  const asked = plain(field.value.trim());
  const said = found.textContent;
  let texts: string[] | null = null;

  const narrow = () => {
    texts ??= entries.map((entry) => plain(entry.querySelector(".what")?.textContent ?? ""));
    const words = plain(field.value).split(/\s+/).filter(Boolean);
    let shown = 0;
    entries.forEach((entry, index) => {
      const text = texts?.[index] ?? "";
      entry.hidden = !words.every((word) => text.includes(word));
      if (!entry.hidden) shown += 1;
    });
    for (const day of document.querySelectorAll<HTMLElement>(".day")) day.hidden = !day.querySelector(".entry:not([hidden])");
    const wider = asked !== "" && !plain(field.value).includes(asked);
    found.textContent = words.length === 0 && !wider ? said : `${shown} of ${entries.length} on this page${wider ? "; press Enter to search everything" : ""}`;
    document.dispatchEvent(new CustomEvent("narrowed"));
  };
  field.addEventListener("input", narrow);
  if (field.value && document.activeElement === field) narrow();
}
