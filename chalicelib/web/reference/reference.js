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

// What the renderer leaves out for those who do not see the page: names, regions, and headings without gaps in their order.
const names = { "#servers": "Server", ".operation-filter-input": "Filter by section" };
const regions = { ".information-container": "About", ".scheme-container, .schemes-server-container": "Server and sign-in", ".filter-container": "Filter" };
function mend() {
  for (const [field, label] of Object.entries(names)) document.querySelector(field)?.setAttribute("aria-label", label);
  for (const [place, label] of Object.entries(regions)) {
    const region = document.querySelector(place);
    region?.setAttribute("role", "region");
    region?.setAttribute("aria-label", label);
  }
  for (const heading of document.querySelectorAll("h3.opblock-tag, .models h4")) heading.setAttribute("aria-level", "2");
}
new MutationObserver(mend).observe(document.getElementById("reference"), { childList: true, subtree: true });
