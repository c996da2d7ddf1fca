"""RDF: values as JSON-LD has them, and a document's graph as Turtle."""

import json
from typing import Any

from app.entity import Bilingual

Node = dict[str, Any]


def both(words: Bilingual) -> list[Node]:
    """A text in both languages."""
    return [tagged(words.zh, "zh-Hans"), tagged(words.en, "en")]


def tagged(text: str, language: str) -> Node:
    """A text in a language."""
    return {"@value": text, "@language": language}


def day(day: object) -> Node:
    """A day."""
    return typed(str(day), "date")


def typed(value: str, kind: str) -> Node:
    """A value of one of XML Schema's types, for which the document's context has the prefix `xsd`."""
    return {"@value": value, "@type": f"xsd:{kind}"}


def turtle(document: Node) -> bytes:
    """The graph of a JSON-LD document as Turtle; its context must be its own, since no network is asked."""
    from rdflib import Graph

    return Graph().parse(data=json.dumps(document), format="json-ld").serialize(format="turtle", encoding="utf-8")
