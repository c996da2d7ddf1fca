"""FAIR Signposting, level 1 (https://signposting.org/FAIR): typed links from pages to metadata and data."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from app.standards import api_catalog
from app.standards.dataset import Dataset, File

DATASET = "https://schema.org/Dataset"
ABOUT_PAGE = "https://schema.org/AboutPage"
DICTIONARY = "/v1/dictionary"

MAX_LINK_BYTES = 2_000  # of the Link header; nginx takes a head of 4 kB
OMITTED_FIRST = ("canonical", "self", "prev", "next")  # links that repeat the query; they stand in the body too

# The descriptions of the dataset with their media types. The dictionary is negotiated and so has no type.
DESCRIPTIONS: dict[str, str | None] = {**api_catalog.DESCRIPTIONS, DICTIONARY: None}


class Signpost(NamedTuple):
    """A link: its target, its relation, and the target's media type if known."""

    address: str
    relation: str
    media_type: str | None = None


def landing(dataset: Dataset, files: Sequence[File] | None = None, *, page: bool = False) -> list[Signpost]:
    """Return the links of `/` and `/v1`: citation, descriptions, licence and files; `page` adds the type of a page.

    A header should contain only `whole(dataset)`: links to all files exceed the header limit of many proxies.
    """
    items = dataset.files if files is None else files
    return [
        Signpost(dataset.release_url(dataset.release), "cite-as"),
        Signpost(dataset.url(api_catalog.PATH), "api-catalog"),
        *([Signpost(ABOUT_PAGE, "type")] if page else []),
        Signpost(DATASET, "type"),
        Signpost(dataset.license_url, "license"),
        *(Signpost(dataset.url(path), "describedby", media_type) for path, media_type in DESCRIPTIONS.items()),
        *(Signpost(file.url, "item", file.media_type) for file in items),
    ]


def whole(dataset: Dataset) -> list[File]:
    """Return the files that each contain the whole dataset, or else the CSV files of all collections."""
    return dataset.files_of(None) or [dataset.csv_of(entity) for entity in dataset.entities]


def records(license_url: str, base_url: str) -> list[Signpost]:
    """Return the links of records: the dictionary and the licence."""
    return [Signpost(f"{base_url}{DICTIONARY}", "describedby"), Signpost(license_url, "license")]


def record_page(address: str, citations: Iterable[Signpost], license_url: str, base_url: str) -> list[Signpost]:
    """Return the links of the page of the record at `address`: what to cite, its metadata, and the record as data."""
    return [
        Signpost(address, "cite-as"),
        Signpost(ABOUT_PAGE, "type"),
        *records(license_url, base_url),
        *citations,
        Signpost(address, "item", "application/json"),
    ]


def link_header(signposts: Iterable[Signpost]) -> str:
    """Return the links as a Link header (RFC 8288), without those that would make it too long."""
    links = [(signpost.relation, _link(signpost)) for signpost in signposts]
    header = ", ".join([link for _, link in links])
    return header if len(header) <= MAX_LINK_BYTES else ", ".join(_fitting(links))


def _fitting(links: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Yield the links that fit, in their order; those of OMITTED_FIRST give way to all others."""
    room_bytes, fitting = MAX_LINK_BYTES, set()
    for relation, link in sorted(links, key=lambda each: _rank(each[0])):
        if len(link) + len(", ") <= room_bytes:
            room_bytes -= len(link) + len(", ")
            fitting.add((relation, link))
    return (link for relation, link in links if (relation, link) in fitting)


def _rank(relation: str) -> int:
    return -OMITTED_FIRST.index(relation) if relation in OMITTED_FIRST else -len(OMITTED_FIRST)


def _link(signpost: Signpost) -> str:
    # The attribute `type` has no parameters.
    media_type = (signpost.media_type or "").partition(";")[0].strip()
    kind = f'; type="{media_type}"' if media_type else ""
    return f'<{signpost.address}>; rel="{signpost.relation}"{kind}'
