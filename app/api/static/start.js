// Addresses are relative to this script, so that the reader works behind a path prefix too.
const here = new URL(document.currentScript.src);
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dress);
dress();

// Swagger UI parses a whole OpenAPI 3.1 document anew for each operation that is opened. It does not do so with 3.0, to
// which the parts that it shows can be converted: types or null, and examples.
function forReader(node) {
  if (Array.isArray(node)) return node.map(forReader);
  if (node === null || typeof node !== "object") return node;
  const { examples, ...kept } = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, forReader(value)]));
  if (Array.isArray(kept.type)) {
    kept.nullable = kept.type.includes("null");
    kept.type = kept.type.find((type) => type !== "null");
  }
  const example = (kept.in ? node.schema : node).examples?.[0];
  if (example !== undefined && kept.description) kept.description += ` Example: \`${[example].flat()}\``;
  return kept;
}

fetch(new URL("../../v1/openapi.json", here))
  .then((response) => response.json())
  .then((document) => SwaggerUIBundle({
    spec: { ...forReader(document), openapi: "3.0.3" },
    dom_id: "#reader",
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
  }));
