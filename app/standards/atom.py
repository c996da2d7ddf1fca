"""The releases as an Atom feed (RFC 4287)."""

from collections.abc import Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

from app.standards.identifiers import Identifiers

ATOM = "http://www.w3.org/2005/Atom"
register_namespace("", ATOM)


def feed(catalog: Mapping[str, Any], releases: Sequence[Mapping[str, Any]], ids: Identifiers) -> bytes:
    """Return the feed. Its ids and those of its entries never change (RFC 4287, 4.2.6)."""
    address, page = f"{ids.base_url}/v1/releases", f"{ids.base_url}/en/releases"
    root = Element(f"{{{ATOM}}}feed", {"xml:lang": "en"})
    _text(root, "id", ids.of("/v1/releases.atom"))
    _text(root, "title", catalog["title"]["en"])
    _text(root, "subtitle", catalog["title"]["zh"])
    _text(root, "updated", max(_moment(release) for release in releases))
    _link(root, "self", f"{address}.atom", "application/atom+xml")
    _link(root, "alternate", page, "text/html")
    _link(root, "alternate", address, "application/json")
    _link(root, "license", catalog["license"]["url"])
    author = SubElement(root, f"{{{ATOM}}}author")
    _text(author, "name", catalog["publisher"]["en"])
    _text(root, "rights", catalog["rights"]["en"])
    for release in releases:
        entry = SubElement(root, f"{{{ATOM}}}entry")
        _text(entry, "id", ids.of_release(release["id"]))
        _text(entry, "title", f"{release['edition']} ({release['id']})")
        _text(entry, "updated", _moment(release))
        _link(entry, "alternate", f"{page}#{release['id']}", "text/html")
        _link(entry, "alternate", f"{address}/{release['id']}", "application/json")
        _text(entry, "summary", _summary(release))
    document: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _summary(release: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{count} {slug}" for slug, count in release["counts"].items())
    before = f" It follows {release['previous_id']}." if release["previous_id"] else ""
    return f"{counts}; {release['content_hash']}.{before}"


def _moment(release: Mapping[str, Any]) -> str:
    return f"{release['released_on']}T00:00:00Z"


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, f"{{{ATOM}}}{name}").text = text


def _link(parent: Element, relation: str, address: str, media_type: str | None = None) -> None:
    SubElement(
        parent, f"{{{ATOM}}}link", {"rel": relation, "href": address} | ({"type": media_type} if media_type else {})
    )
