"""`/sitemap.xml` (https://www.sitemaps.org/protocol.html) and `/robots.txt` (RFC 9309): crawlers may read all."""

from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from app.entity import Bilingual
from app.standards.dataset import Dataset

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
LANGUAGES = Bilingual._fields
# Below each language; collections and records stand there too.
PAGES = (
    "", "/data", "/charts", "/docs", "/docs/queries", "/docs/dictionary", "/docs/conformance", "/docs/guides",
    "/docs/guides/api", "/docs/guides/search", "/docs/guides/files-and-releases", "/docs/guides/operating",
    "/docs/guides/curating", "/docs/guides/speed", "/releases",
)  # fmt: skip
MOST = 50_000

Address = tuple[str, str]


def sitemap(dataset: Dataset, records: Mapping[str, Sequence[str]]) -> bytes:
    """The pages of the site in each language, and the releases, each with its release's day; `records` are ids by slug.

    A file may hold 50,000 addresses. Where there would be more, no record is listed rather than some of them: the
    collections lead to all.
    """
    addresses = [*_pages(dataset), *_collections(dataset)]
    if len(addresses) + len(LANGUAGES) * sum(map(len, records.values())) <= MOST:
        addresses += _records(dataset, records)
    # As an attribute: ElementTree has one default namespace for the whole process, and the Atom feed has taken it.
    root = Element("urlset", {"xmlns": NAMESPACE})
    for address, day in addresses:
        url = SubElement(root, "url")
        SubElement(url, "loc").text = address
        SubElement(url, "lastmod").text = day
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def robots(dataset: Dataset) -> bytes:
    """Everything is allowed to everybody, and the sitemap is named."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {dataset.address('/sitemap.xml')}\n".encode()


def _pages(dataset: Dataset) -> Iterator[Address]:
    day = _day(dataset.release)
    yield from ((dataset.address(path), day) for path in ("/", "/docs"))
    yield from ((dataset.address(f"/{language}{path}"), day) for language in LANGUAGES for path in PAGES)
    yield from ((dataset.release_address(release), _day(release)) for release in dataset.history)


def _collections(dataset: Dataset) -> Iterator[Address]:
    day = _day(dataset.release)
    for language in LANGUAGES:
        yield from ((dataset.address(f"/{language}/{entity.collection.slug}"), day) for entity in dataset.entities)


def _records(dataset: Dataset, records: Mapping[str, Sequence[str]]) -> Iterator[Address]:
    day = _day(dataset.release)
    for language in LANGUAGES:
        for slug, ids in records.items():
            yield from ((dataset.address(f"/{language}/{slug}/{each}"), day) for each in ids)


def _day(release: Mapping[str, object]) -> str:
    return str(release["released_on"])
