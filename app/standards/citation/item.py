"""The cited work as an item of CSL-JSON, from which every format derives."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Item = dict[str, Any]
Record = Mapping[str, Any]  # as the API serves it


class Citation(NamedTuple):
    """The cited work, the dataset that contains it (the same item if the dataset is cited), and its licence."""

    item: Item
    dataset: Item
    license: str  # SPDX identifier, which CSL-JSON lacks


def cite_dataset(catalog: Record, release: Record, base_url: str | None = None) -> Citation:
    """Cite a release of the dataset. Without `base_url`, the citation has no URL."""
    terms, publisher = catalog["license"], _line(catalog["publisher"]["en"])
    item = {
        "id": f"shanhai-{release['id']}",
        "type": "dataset",
        "title": _line(catalog["title"]["en"]),
        "original-title": _line(catalog["title"]["zh"]),
        "author": _names([publisher]),
        "publisher": publisher,
        "issued": _date(release["released_on"]),
        "version": release["edition"],
        "number": release["id"],
        "note": f"Release {release['id']}, licensed under {terms['id']} ({terms['url']})",
    }
    if base_url:
        item["URL"] = f"{base_url}/v1/releases/{release['id']}"
    return Citation(item, item, terms["id"])


def cite_figure(figure: Record, source: Record, catalog: Record, release: Record, base_url: str) -> Citation:
    """Cite the article that states a figure, with a URL that opens it at the words.

    If the newspaper's date is unknown, the repost is cited as a web page, so that no style combines the repost's date
    with the newspaper's name.
    """
    via = cite_source(source, catalog, release, base_url)
    item = via.item | {
        "id": f"shanhai-{figure['id']}",
        "section": f"paragraph {figure['paragraph']}",
        "URL": figure["source_url"],
        "note": _note(figure, source, via.dataset, base_url),
    }
    return via._replace(item=item)


def cite_source(source: Record, catalog: Record, release: Record, base_url: str) -> Citation:
    """Cite an article, whichever figures it states."""
    via = cite_dataset(catalog, release, base_url)
    item = {
        "id": f"shanhai-{source['id']}",
        **(_in_newspaper(source) if source["published_on"] else _on_page(source)),
        "title": _line(source["title"]),
        "author": _names(source["authors"]),
        "language": source["language"],
        "URL": source["url"],
        "source": via.dataset["title"],
    }
    if source["retrieved_on"]:
        item["accessed"] = _date(source["retrieved_on"])
    return via._replace(item=item)


def _in_newspaper(source: Record) -> Item:
    return {
        "type": "article-newspaper",
        "container-title": _line(source["publisher"]),
        "issued": _date(source["published_on"]),
    }


def _on_page(source: Record) -> Item:
    """Return the properties of a repost, whose publisher may be unknown."""
    return {
        "type": "webpage",
        **({"container-title": _line(source["republisher"])} if source["republisher"] else {}),
        "original-publisher": _line(source["publisher"]),
        "issued": _date(source["reposted_on"]),
    }


def _note(figure: Record, source: Record, dataset: Item, base_url: str) -> str:
    place = f"“{_line(figure['as_stated'])}” in paragraph {figure['paragraph']}"
    record = f"{base_url}/v1/figures/{figure['id']}"
    of = f"{dataset['title']}, edition {dataset['version']}, release {dataset['number']}"
    return f"{place}, found by way of {record} ({of}){_repost(source)}"


def _repost(source: Record) -> str:
    """Return the part of the note about the repost."""
    by = f" by {_line(source['republisher'])}" if source["republisher"] else ""
    if source["published_on"]:
        return f"; the text as reposted{by}" if by else ""
    paper = _line(source["publisher"])
    return f"; first published by {paper}, on a date that is not known: page and date cited are those of the repost{by}"


def _names(names: Iterable[str]) -> list[dict[str, str]]:
    """Return names as literals, not split into family and given name.

    Where the family name ends is ambiguous (宋国平, 欧阳修). A literal is never inverted or abbreviated and sorts by
    the family name, which comes first. Chinese databases export authors the same way.
    """
    return [{"literal": _line(name)} for name in names]


def day_of(date: Mapping[str, Any]) -> dt.date:
    """Return the day of an item's date."""
    return dt.date(*date["date-parts"][0])


def _date(date: dt.date | str) -> dict[str, list[list[int]]]:
    day = dt.date.fromisoformat(str(date))
    return {"date-parts": [[day.year, day.month, day.day]]}


def _line(text: str) -> str:
    """Return the text without line breaks, which are syntax in BibTeX and RIS."""
    return " ".join(text.split())
