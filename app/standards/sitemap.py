"""`/sitemap.xml` (https://www.sitemaps.org/protocol.html) and `/robots.txt` (RFC 9309): crawlers may read all."""

from collections.abc import Iterator, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from app.standards.dataset import Dataset

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
PAGES = ("/", "/docs", "/v1/dictionary", "/conformance")
MOST = 50_000

Address = tuple[str, str]


def sitemap(dataset: Dataset, records: Mapping[str, Sequence[str]]) -> bytes:
    """The pages, releases, collections and records, each with its release's day; `records` are ids by slug.

    A file may hold 50,000 addresses. Where there would be more, no record is listed rather than some of them: the
    collections lead to all.
    """
    addresses = [*_pages(dataset), *_collections(dataset)]
    if len(addresses) + sum(map(len, records.values())) <= MOST:
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
    yield from ((dataset.address(path), day) for path in PAGES)
    yield from ((dataset.release_address(release), _day(release)) for release in dataset.history)


def _collections(dataset: Dataset) -> Iterator[Address]:
    day = _day(dataset.release)
    yield from ((dataset.address(f"/v1/{entity.collection.slug}"), day) for entity in dataset.entities)


def _records(dataset: Dataset, records: Mapping[str, Sequence[str]]) -> Iterator[Address]:
    day = _day(dataset.release)
    yield from ((dataset.address(f"/v1/{slug}/{each}"), day) for slug, ids in records.items() for each in ids)


def _day(release: Mapping[str, object]) -> str:
    return str(release["released_on"])
