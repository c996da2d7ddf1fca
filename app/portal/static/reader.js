const label = document.documentElement.lang === "en" ? " Example: " : "示例：";
const dark = matchMedia("(prefers-color-scheme: dark)");
const dress = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dress);
dress();

// Swagger UI parses a whole OpenAPI 3.1 document anew for each operation that is opened. It does not do so with 3.0, to
// which the parts that it shows can be converted: types or null, and examples.
function as30(node) {
  if (Array.isArray(node)) return node.map(as30);
  if (node === null || typeof node !== "object") return node;
  const { examples, ...kept } = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, as30(value)]));
  if (Array.isArray(kept.type)) {
    kept.nullable = kept.type.includes("null");
    kept.type = kept.type.find((type) => type !== "null");
  }
  const example = (kept.in ? node.schema : node).examples?.[0];
  if (example !== undefined && kept.description) kept.description += `${label}\`${[example].flat()}\``;
  return kept;
}

// Records refer to each other, so that every operation refers to all collections. Within a record, others are objects.
function withoutRelated(document) {
  const schemas = document.components.schemas;
  const isRecord = (schema) => schema?.properties?.id;
  for (const { properties } of Object.values(schemas).filter(isRecord)) {
    for (const [name, property] of Object.entries(properties)) {
      const target = JSON.stringify(property).match(/schemas\/(\w+)/)?.[1];
      if (isRecord(schemas[target])) properties[name] = { type: "object" };
    }
  }
  return document;
}

fetch(document.querySelector("link[rel=service-desc]").href)
  .then((response) => response.json())
  .then((document) => SwaggerUIBundle({
    spec: { ...as30(withoutRelated(document)), openapi: "3.0.3" },
    dom_id: "#reader",
    deepLinking: true,
    docExpansion: "none",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    validatorUrl: null,
    // The page itself has a heading and names the one server.
    plugins: [() => ({ components: { InfoContainer: () => null, ServersContainer: () => null } })],
  }));
