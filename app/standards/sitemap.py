"""`/sitemap.xml` (https://www.sitemaps.org/protocol.html) and `/robots.txt` (RFC 9309)."""

from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from app.entity import Bilingual
from app.standards import llms
from app.standards.dataset import Dataset

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
LANGUAGES = Bilingual._fields
# Paths below each language, besides collections and records.
PAGES = (
    "", "/data", "/charts", "/docs", "/docs/reference", "/docs/queries", "/docs/dictionary", "/docs/conformance",
    "/docs/guides", "/docs/guides/api", "/docs/guides/search", "/docs/guides/files-and-releases", "/docs/guides/tools",
    "/docs/guides/operating", "/docs/guides/scaling", "/docs/guides/curating", "/docs/guides/speed",
    "/releases", "/about",
)  # fmt: skip
MAX_URLS = 50_000  # the protocol's limit


def sitemap(dataset: Dataset, records: Mapping[str, Sequence[str]]) -> bytes:
    """Return the sitemap of pages and releases; `records` are ids by slug.

    If records would exceed MAX_URLS, none is listed: crawlers reach them through their collections.
    """
    urls = [*_pages(dataset)]
    if len(urls) + len(LANGUAGES) * sum(map(len, records.values())) <= MAX_URLS:
        paths = [f"{slug}/{record_id}" for slug, ids in records.items() for record_id in ids]
        urls += [dataset.url(f"/{language}/{path}") for language in LANGUAGES for path in paths]
    days = {dataset.release_url(release): str(release["released_on"]) for release in dataset.history}
    # As an attribute, because the Atom feed has registered the process-wide default namespace of ElementTree.
    root = Element("urlset", {"xmlns": NAMESPACE})
    for each in urls:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = each
        SubElement(url, "lastmod").text = days.get(each, str(dataset.release["released_on"]))
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def robots(dataset: Dataset) -> bytes:
    """Return a robots.txt that allows everything, and names the sitemap and what assistants read."""
    notes = f"# Notes for assistants: {dataset.url(llms.PATH)}"  # robots.txt has no field for them
    return f"{notes}\nUser-agent: *\nAllow: /\n\nSitemap: {dataset.url('/sitemap.xml')}\n".encode()


def _pages(dataset: Dataset) -> Iterator[str]:
    yield dataset.url("/")
    yield from (dataset.url(f"/{language}{path}") for language in LANGUAGES for path in PAGES)
    yield from map(dataset.release_url, dataset.history)
    slugs = [entity.collection.slug for entity in dataset.entities]
    yield from (dataset.url(f"/{language}/{slug}") for language in LANGUAGES for slug in slugs)
