// "Link to this page" hands the link on: to the device's share sheet, or to the clipboard.

export function offerCopying(): void {
  const link = document.getElementById("share") as HTMLAnchorElement | null;
  if (!link || !navigator.clipboard) return;
  const words = link.textContent;
  const touch = matchMedia("(pointer: coarse)").matches && typeof navigator.share === "function";
  link.textContent = touch ? "Share" : "Copy link";
  const rest = link.textContent;
  link.setAttribute("role", "button");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const address = link.href;
    if (touch) {
      navigator.share({ title: document.title, url: address }).catch(() => undefined);
      return;
    }
    navigator.clipboard.writeText(address).then(
      () => say("Link copied"),
      () => say(`${words}: ${address}`),
    );
  });

  function say(text: string): void {
    if (!link) return;
    link.textContent = text;
    setTimeout(() => (link.textContent = rest), 3000);
  }
}

/** What was opened over the page goes away with Escape, and when something else is pressed. */
export function closeSheets(): void {
  const menu = document.querySelector<HTMLDetailsElement>("details.menu");
  if (!menu) return;
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary")?.focus();
  });
  addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target as Node)) menu.open = false;
  });
}
