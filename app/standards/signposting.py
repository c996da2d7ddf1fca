"""FAIR Signposting, level 1 (https://signposting.org/FAIR): typed links that lead machines where pages lead people."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from app.standards.api_catalog import PATH as API_CATALOG
from app.standards.dataset import Dataset, File

DATASET = "https://schema.org/Dataset"
ABOUT_PAGE = "https://schema.org/AboutPage"
DICTIONARY = "/v1/dictionary"

LD = "application/ld+json"

# What describes the dataset, and as what it is served; the dictionary comes in several forms and so has no type.
DESCRIPTIONS: dict[str, str | None] = {
    "/v1/dcat.jsonld": LD,
    "/v1/datapackage.json": "application/json",
    "/v1/croissant.json": LD,
    DICTIONARY: None,
}


class Signpost(NamedTuple):
    """Where a link leads, its relation, and the media type of what is there if that is known."""

    address: str
    relation: str
    media_type: str | None = None


def landing(dataset: Dataset, files: Sequence[File] | None = None, *, page: bool = False) -> list[Signpost]:
    """The links of `/` and `/v1`: how it is cited, what describes it, its files; a page says that it is one.

    The files are all there are unless they are given. A header should carry `whole(dataset)`: all of them take more
    than many a proxy accepts as header.
    """
    items = dataset.files if files is None else files
    return [
        Signpost(dataset.release_address(dataset.release), "cite-as"),
        Signpost(dataset.address(API_CATALOG), "api-catalog"),
        *([Signpost(ABOUT_PAGE, "type")] if page else []),
        Signpost(DATASET, "type"),
        Signpost(dataset.catalog["license"]["url"], "license"),
        *(Signpost(dataset.address(path), "describedby", kind) for path, kind in DESCRIPTIONS.items()),
        *(Signpost(file.url, "item", file.media_type) for file in items),
    ]


def whole(dataset: Dataset) -> list[File]:
    """The files that together, or each alone, are the whole dataset, and no more of them than a header can carry."""
    return dataset.files_of(None) or [dataset.csv_of(entity) for entity in dataset.entities]


def records(license_url: str, base_url: str) -> list[Signpost]:
    """The links of records: what their keys mean, and their licence; `base_url` is before `/v1`.

    A record's collection is told by its answer's own links.
    """
    return [
        Signpost(f"{base_url}{DICTIONARY}", "describedby"),
        Signpost(license_url, "license"),
    ]


def link_header(signposts: Iterable[Signpost]) -> str:
    """The links as a Link header (RFC 8288); there may be several of one relation."""
    return ", ".join(map(_link, signposts))


def _link(signpost: Signpost) -> str:
    kind = f'; type="{_plain(signpost.media_type)}"' if signpost.media_type else ""
    return f'<{signpost.address}>; rel="{signpost.relation}"{kind}'


def _plain(media_type: str) -> str:
    """The media type without its parameters, which `type` must not have."""
    return media_type.partition(";")[0].strip()
