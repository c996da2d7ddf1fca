// Extensions > Apps Script, then =SHANHAI("unit=CNY&per__isnull=true&sort=-value") in a cell.
const SERVER = "https://data.example"; // Google's computers fetch: the server must be public
const COLUMNS = ["id", "name_en", "text_en", "value", "comparator", "unit", "per", "change", "status", "part_of_id", "note_en",
                 "as_stated", "paragraph", "source.publisher", "source.title", "source_url"];
const MAX_ROWS = 10000; // a cell's function must end within 30 seconds

/**
 * Returns the figures that match a query of /v1/figures, with the words of the source, and how to cite them below.
 *
 * @param {string} query Filters and order, such as "unit=CNY&sort=-value". "" returns all figures.
 * @return {Array<Array>} A heading, a row for each figure, and the citation.
 * @customfunction
 */
function SHANHAI(query) {
  const rows = [];
  let page = { links: { next: `${SERVER}/v1/figures?${query ? `${encodeURI(query)}&` : ""}fields=${COLUMNS}&limit=1000` } };
  while (page.links.next) {
    page = answer(page.links.next); // a page of another release is refused, and so is an unknown filter
    if (page.meta.total > MAX_ROWS) throw new Error(`${page.meta.total} figures match. Filter them, or load the CSV file.`);
    rows.push(...page.data.map((figure) => COLUMNS.map((name) => figure[name] ?? "")));
  }
  const [dataset] = answer(`${SERVER}/v1/citation.csl.json`);
  const citation = `${dataset.title}. ${dataset.note}. ${dataset.URL}`;
  return [COLUMNS, ...rows, [citation]].map((row) => [...row, ...Array(COLUMNS.length - row.length).fill("")]);
}

/** Returns what the server answers. A refusal's detail says what would be right, and the cell shows it. */
function answer(address) {
  const response = UrlFetchApp.fetch(address, { muteHttpExceptions: true });
  const body = JSON.parse(response.getContentText());
  if (response.getResponseCode() !== 200) throw new Error(body.detail);
  return body;
}
