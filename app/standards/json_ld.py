"""JSON-LD values, and the graph of a JSON-LD document as Turtle."""

import json
from typing import Any

from app.entity import Bilingual

Node = dict[str, Any]


def node(url: str, kind: str | None = None) -> Node:
    """Return a reference to a node, optionally with its type."""
    return {"@id": url, "@type": kind} if kind else {"@id": url}


def both(text: Bilingual, zh: str = "zh-Hans") -> list[Node]:
    """Return a text in both languages; `zh` is the language tag of Chinese."""
    return [tagged(text.zh, zh), tagged(text.en, "en")]


def tagged(text: str, language: str) -> Node:
    """Return a text with a language tag."""
    return {"@value": text, "@language": language}


def plain(document: Any, language: str) -> Any:
    """Return a document with one plain text in place of each that it has in several languages.

    Search engines take texts alone; `language` is the tag of the page's.
    """
    if isinstance(document, list):
        texts = {each["@language"]: each["@value"] for each in document if isinstance(each, dict) and "@value" in each}
        return texts[language] if texts else [plain(each, language) for each in document]
    return {name: plain(each, language) for name, each in document.items()} if isinstance(document, dict) else document


def day(day: object) -> Node:
    """Return an xsd:date."""
    return typed(str(day), "date")


def typed(value: str, kind: str) -> Node:
    """Return a value of an XML Schema type. The document's context must define the prefix `xsd`."""
    return {"@value": value, "@type": f"xsd:{kind}"}


def turtle(document: Node) -> bytes:
    """Return the graph of a JSON-LD document as Turtle. The document must contain its context."""
    from rdflib import Graph

    return Graph().parse(data=json.dumps(document), format="json-ld").serialize(format="turtle", encoding="utf-8")
