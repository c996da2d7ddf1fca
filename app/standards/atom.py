"""Atom feeds (RFC 4287), paged (RFC 5005), with the elements that OpenSearch adds to results."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from app.standards.identifiers import Identifiers

ATOM = "http://www.w3.org/2005/Atom"
OPENSEARCH = "http://a9.com/-/spec/opensearch/1.1/"
MEDIA_TYPE = "application/atom+xml"
register_namespace("", ATOM)
register_namespace("opensearch", OPENSEARCH)

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 cannot even escape these


class Link(NamedTuple):
    """A link: its relation, its target and the target's media type."""

    relation: str
    address: str
    media_type: str | None = None


class Entry(NamedTuple):
    """An entry. Its id never changes; `updated` is the day since which it says what it says."""

    id: str
    title: str
    updated: date
    links: Sequence[Link]
    summary: str
    category: tuple[str, str] | None = None  # its term and label


class Part(NamedTuple):
    """Which entries a document has of how many: the number before the first, and how many at most."""

    offset: int
    limit: int
    total: int


class Feed(NamedTuple):
    """A feed, or a part of it. Its id is that of the whole."""

    id: str
    title: str
    subtitle: str
    author: str
    rights: str
    language: str  # a BCP 47 tag
    updated: date
    links: Sequence[Link]
    entries: Sequence[Entry]
    part: Part | None = None


def write(feed: Feed) -> bytes:
    """Return the feed as XML."""
    root = Element(f"{{{ATOM}}}feed", {"xml:lang": feed.language})
    _text(root, "id", feed.id)
    _text(root, "title", feed.title)
    _text(root, "subtitle", feed.subtitle)
    _text(root, "updated", _moment(feed.updated))
    _links(root, feed.links)
    _text(SubElement(root, f"{{{ATOM}}}author"), "name", feed.author)
    _text(root, "rights", feed.rights)
    if feed.part:
        numbers = {"totalResults": feed.part.total, "startIndex": feed.part.offset + 1, "itemsPerPage": feed.part.limit}
        for name, number in numbers.items():
            SubElement(root, f"{{{OPENSEARCH}}}{name}").text = str(number)
    for each in feed.entries:
        entry = SubElement(root, f"{{{ATOM}}}entry")
        _text(entry, "id", each.id)
        _text(entry, "title", each.title)
        _text(entry, "updated", _moment(each.updated))
        _links(entry, each.links)
        if each.category:
            term, label = each.category
            SubElement(entry, f"{{{ATOM}}}category", {"term": term, "label": label})
        _text(entry, "summary", each.summary)
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def release_feed(catalog: Mapping[str, Any], releases: Sequence[Mapping[str, Any]], ids: Identifiers) -> bytes:
    """Return the feed of releases. Its ids and those of its entries never change (RFC 4287, 4.2.6)."""
    address, page = f"{ids.base_url}/v1/releases", f"{ids.base_url}/en/releases"
    return write(
        Feed(
            ids.of("/v1/releases.atom"),
            catalog["title"]["en"],
            catalog["title"]["zh"],
            catalog["publisher"]["en"],
            catalog["rights"]["en"],
            "en",
            max(release["released_on"] for release in releases),
            [
                Link("self", f"{address}.atom", MEDIA_TYPE),
                Link("alternate", page, "text/html"),
                Link("alternate", address, "application/json"),
                Link("license", catalog["license"]["url"]),
            ],
            [
                Entry(
                    ids.of_release(release["id"]),
                    f"{release['edition']} ({release['id']})",
                    release["released_on"],
                    [
                        Link("alternate", f"{page}#{release['id']}", "text/html"),
                        Link("alternate", f"{address}/{release['id']}", "application/json"),
                    ],
                    _counts(release),
                )
                for release in releases
            ],
        )
    )


def _counts(release: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count} {slug}" for slug, count in release["counts"].items())
    before = f" It follows {release['previous_id']}." if release["previous_id"] else ""
    return f"{counts}; {release['content_hash']}.{before}"


def _moment(day: date) -> str:
    return f"{day}T00:00:00Z"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{ATOM}}}{name}").text = NOT_XML.sub("\ufffd", text)


def _links(parent: Element, links: Iterable[Link]) -> None:
    for each in links:
        media_type = {"type": each.media_type} if each.media_type else {}
        SubElement(parent, f"{{{ATOM}}}link", {"rel": each.relation, "href": each.address} | media_type)
