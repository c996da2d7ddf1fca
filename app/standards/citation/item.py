"""What is cited, as one item of CSL-JSON: the one truth from which every style derives its text."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

Item = dict[str, Any]
Record = Mapping[str, Any]  # as it is served


class Citation(NamedTuple):
    """The work to cite, the dataset that leads to it (the same where the dataset is cited), and that one's licence."""

    item: Item
    dataset: Item
    license: str  # by its SPDX identifier; CSL-JSON has no place for it


def cite_dataset(catalog: Record, release: Record, base_url: str | None = None) -> Citation:
    """A release of the dataset, by its publisher; without an address where it may be served anywhere."""
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
    """The article that states a figure, opened at its words; `dataset` is where the figure was found.

    Where the newspaper's date is unknown, what is cited is the page that was read, the repost, under its own date: no
    style may put the repost's date beside the newspaper's name.
    """
    via = cite_dataset(catalog, release, base_url)
    item = {
        "id": f"shanhai-{figure['id']}",
        **(_in_newspaper(source) if source["published_on"] else _on_page(source)),
        "title": _line(source["title"]),
        "author": _names(source["authors"]),
        "section": f"paragraph {figure['paragraph']}",
        "language": source["language"],
        "URL": figure["source_url"],
        "source": via.dataset["title"],
        "note": _whence(figure, source, via.dataset, base_url),
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
    """A repost; it need not say who reposted it."""
    return {
        "type": "webpage",
        **({"container-title": _line(source["republisher"])} if source["republisher"] else {}),
        "original-publisher": _line(source["publisher"]),
        "issued": _date(source["reposted_on"]),
    }


def _whence(figure: Record, source: Record, dataset: Item, base_url: str) -> str:
    """Which words are meant, and by way of which record they were found."""
    place = f"“{_line(figure['as_stated'])}” in paragraph {figure['paragraph']}"
    record = f"{base_url}/v1/figures/{figure['id']}"
    of = f"{dataset['title']}, edition {dataset['version']}, release {dataset['number']}"
    return f"{place}, found by way of {record} ({of}){_repost(source)}"


def _repost(source: Record) -> str:
    """What is to be known of a text that was read in a repost."""
    by = f" by {_line(source['republisher'])}" if source["republisher"] else ""
    if source["published_on"]:
        return f"; the text as reposted{by}" if by else ""
    paper = _line(source["publisher"])
    return f"; first published by {paper}, on a date that is not known: page and date cited are those of the repost{by}"


def _names(names: Iterable[str]) -> list[dict[str, str]]:
    """Names as they are signed, in one piece.

    A source that signs 宋国平 does not say where the family name ends, after one character, or after two as in 欧阳修;
    to split it would be a guess. In one piece no style turns it round or cuts it to an initial, and it still sorts by
    the family name, which stands first. Chinese databases export their authors the same way.
    """
    return [{"literal": _line(name)} for name in names]


def day_of(date: Mapping[str, Any]) -> dt.date:
    """The day that a date of an item tells."""
    return dt.date(*date["date-parts"][0])


def _date(date: dt.date | str) -> dict[str, list[list[int]]]:
    day = dt.date.fromisoformat(str(date))
    return {"date-parts": [[day.year, day.month, day.day]]}


def _line(text: str) -> str:
    """The text in one line: in BibTeX and RIS a line break would mean something."""
    return " ".join(text.split())
