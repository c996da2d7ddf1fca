"""A page as a browser reads it: strictly, with what lies in it."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import httpx

# Comes with rdflib, which the project needs anyway; it has no types.
from html5rdf import HTMLParser  # type: ignore[import-untyped]

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
SPOKEN = ("title", "alt", "aria-label", "placeholder", "data-title")  # attributes that are read out or seen


class Document:
    """A page that answered."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self.address = str(answer.url)
        self.root: Element = HTMLParser(strict=True, namespaceHTMLElements=False).parse(answer.text)
        self.parents = {child: parent for parent in self.root.iter() for child in parent}

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        """All elements of these kinds, with these attributes; `class_` is one of several classes."""
        return [
            each
            for each in elements(self.root)
            if (not tags or name(each) in tags) and all(_has(each, key, value) for key, value in attributes.items())
        ]

    def one(self, *tags: str, **attributes: str) -> Element:
        """The only element of that kind."""
        found = self.all(*tags, **attributes)
        assert len(found) == 1, (self.address, tags, attributes, len(found))
        return found[0]

    def within(self, element: Element, *tags: str) -> bool:
        """Whether an element is inside one of these kinds."""
        above = self.parents.get(element)
        return above is not None and (name(above) in tags or self.within(above, *tags))

    def language(self, element: Element) -> str:
        """The language in which an element's text is."""
        while (told := element.get("lang")) is None:
            element = self.parents[element]
        return told

    def spoken(self) -> Iterator[tuple[str, str]]:
        """Every text that is seen or read out, with its language; code is nobody's language."""
        for element in elements(self.root):
            if name(element) in {"script", "code", "style"} or self.within(element, "code"):
                if name(element) == "code" and element.tail and not self.within(element, "code"):
                    yield self.language(self.parents[element]), element.tail
                continue
            yield from ((self.language(element), element.get(key) or "") for key in SPOKEN)
            yield self.language(element), element.text or ""
            if element in self.parents:
                yield self.language(self.parents[element]), element.tail or ""

    def names(self) -> list[str]:
        """The names of the records in its table."""
        return [text(each) for each in self.all("th", scope="row")]

    def headings(self) -> list[Element]:
        """The headings of its table's columns."""
        return self.all("th", scope="col")

    def rows(self) -> list[list[Element]]:
        """The cells of its table, besides names."""
        return [[cell for cell in row if name(cell) == "td"] for row in self.all("tr") if row.find("td") is not None]

    def total(self) -> int:
        """How many records its table tells of."""
        return total(text(self.one("p", class_="total")))


def total(told: str) -> int:
    """The last number of a text, or of three the last as well."""
    return int(re.findall(r"[\d,]+", told)[-1].replace(",", ""))


def elements(root: Element) -> Iterator[Element]:
    """All elements, without comments."""
    return (each for each in root.iter() if isinstance(each.tag, str))


def name(element: Element) -> str:
    """The name of an element, whatever it belongs to."""
    return element.tag.rpartition("}")[2]


def text(element: Element) -> str:
    """All text in an element, with single spaces."""
    return " ".join("".join(element.itertext()).split())


def _has(element: Element, key: str, value: str) -> bool:
    held = element.get(key.rstrip("_").replace("_", "-"))
    return held is not None and (value in held.split() if key == "class_" else held == value)
