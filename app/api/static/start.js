// Addresses are relative to this script, so that the reader works behind a path prefix too.
const here = new URL(document.currentScript.src);
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dress);
dress();
SwaggerUIBundle({
  url: new URL("../../v1/openapi.json", here).href,
  dom_id: "#reader",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: -1,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null,
});
