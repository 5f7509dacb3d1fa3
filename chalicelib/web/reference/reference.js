// Shows the description that this very service gives of itself. A token is kept for as long as the page is open.
SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#reference",
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  defaultModelsExpandDepth: 0,
  tryItOutEnabled: false,
  validatorUrl: null,
});

// Light or dark, as the system has it.
const dark = matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", shade);
shade();

// What the renderer leaves out for those who do not see the page: names, regions, and headings without gaps in their order.
const names = { "#servers": "Server", ".operation-filter-input": "Filter by section", ".close-modal": "Close" };
const regions = { ".information-container": "About", ".scheme-container, .schemes-server-container": "Server and sign-in", ".filter-container": "Filter" };
function mend() {
  for (const [field, label] of Object.entries(names)) document.querySelector(field)?.setAttribute("aria-label", label);
  for (const [place, label] of Object.entries(regions)) {
    const region = document.querySelector(place);
    region?.setAttribute("role", "region");
    region?.setAttribute("aria-label", label);
  }
  for (const heading of document.querySelectorAll("h3.opblock-tag, .models h4, .dialog-ux h3")) heading.setAttribute("aria-level", "2");
  for (const heading of document.querySelectorAll(".opblock h4, .opblock h5, .dialog-ux h4")) heading.setAttribute("aria-level", "3");
  for (const choice of document.querySelectorAll(".opblock select:not([aria-label])")) choice.setAttribute("aria-label", choice.classList.contains("examples-select-element") ? "Example" : "Media type");
  for (const button of document.querySelectorAll(".dialog-ux .auth[aria-label]")) button.removeAttribute("aria-label");
  for (const table of document.querySelectorAll(".responses-table[role]")) table.removeAttribute("role");
  for (const sample of document.querySelectorAll(".opblock pre:not([tabindex])")) sample.tabIndex = 0;
  // A link within a button is none: the button opens the same, and puts it into the address.
  for (const link of document.querySelectorAll(".opblock-summary-control a[href]")) link.removeAttribute("href");
}
new MutationObserver(mend).observe(document.getElementById("reference"), { childList: true, subtree: true });
