// Cards of programs: each figure in words, the evidence for it, and how to cite it. No framework; the types are those of
// the OpenAPI document, made by `npm run types`.
import type { components, paths } from "./shanhai";

type Figure = components["schemas"]["Figure"];
type Get<Path extends keyof paths> = paths[Path]["get"];
type Query<Path extends keyof paths> = Get<Path> extends { parameters: { query?: infer Q } } ? NonNullable<Q> : never;
type Answer<Path extends keyof paths> =
  Get<Path> extends { responses: { 200: { content: { "application/json": infer Body } } } } ? Body : never;

const API = new URLSearchParams(location.search).get("api") ?? "http://127.0.0.1:8000";

/** Return what the API answers; a refusal says in its detail what would be right. */
async function get<Path extends keyof paths>(path: Path, query: Query<Path>): Promise<Answer<Path>> {
  const url = new URL(API + path);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
  const response = await fetch(url);
  const body: unknown = await response.json();
  if (!response.ok) throw new Error((body as components["schemas"]["Problem"]).detail);
  return body as Answer<Path>;
}

/** Return all figures of programs, page by page. A page of another release would be refused, and is then shown. */
async function figuresOfPrograms(): Promise<Answer<"/v1/figures">> {
  const query: Query<"/v1/figures"> = {
    subject_kind: "program",
    include: ["subject", "source", "evidence"],
    labels: "en",
    sort: ["subject_id", "id"],
  };
  const pages = await get("/v1/figures", query);
  for (let next = pages.links.next; next; ) {
    const page: Answer<"/v1/figures"> = await (await fetch(next)).json();
    pages.data.push(...page.data);
    next = page.links.next;
  }
  return pages;
}

function element(name: string, text = "", ...children: Node[]): HTMLElement {
  const made = document.createElement(name);
  made.append(text, ...children);
  return made;
}

function link(text: string, href: string): HTMLAnchorElement {
  const made = document.createElement("a");
  Object.assign(made, { textContent: text, href });
  return made;
}

/** Return a figure as a term and its descriptions: the value in words, the source's own words, and the links. */
function described(figure: Figure): Node[] {
  const { evidence, source } = figure;
  const words = element("blockquote", figure.as_stated);
  words.lang = "zh-Hans";
  const date = source?.published_on ?? `reposted on ${source?.reposted_on}`;
  const by = element("small", `Reported by ${source?.publisher}, ${date}, paragraph ${figure.paragraph}. `);
  if (evidence) by.append(link("The words in the article", evidence.source_url), " · ");
  by.append(link("Cite (BibTeX)", `${API}/v1/citation.bib?figure=${figure.id}`));
  const steps = element("details", "", element("summary", "How the value follows from the words"));
  for (const step of evidence?.steps ?? []) steps.append(element("div", step));
  return [
    element("dt", figure.name_en),
    element("dd", `${figure.text_en} (${figure.status_label})`),
    element("dd", "", words, by, ...(evidence ? [steps] : [])),
  ];
}

function card(figures: Figure[]): HTMLElement {
  const subject = figures[0]?.subject;
  const title = element("h2", subject?.name_en ?? "");
  return element("article", "", title, element("dl", "", ...figures.flatMap(described)));
}

const about = document.querySelector<HTMLElement>("#about")!;
try {
  const { data, meta } = await figuresOfPrograms();
  const programs = new Map<string, Figure[]>();
  for (const figure of data) programs.set(figure.subject_id, [...(programs.get(figure.subject_id) ?? []), figure]);
  document.querySelector("main")!.replaceChildren(...[...programs.values()].map(card));
  about.textContent = `${data.length} figures of ${programs.size} programs, release ${meta.release}, ${meta.license}.`;
} catch (error) {
  about.textContent = `The figures cannot be shown: ${error instanceof Error ? error.message : String(error)}`;
}
