"""Pages parsed strictly, as a browser reads them."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import httpx
import httpx2

# Installed with rdflib, a dependency of the project; it has no types.
from html5rdf import HTMLParser  # type: ignore[import-untyped]

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
SPOKEN = ("title", "alt", "aria-label", "placeholder", "data-title")  # attributes that are read out or displayed


class Document:
    """A parsed page. Raises html5rdf's ParseError where the HTML has an error."""

    def __init__(self, response: httpx.Response | httpx2.Response) -> None:
        self.response = response
        self.address = str(response.url)
        self.root: Element = HTMLParser(strict=True, namespaceHTMLElements=False).parse(response.text)
        self.parents = {child: parent for parent in self.root.iter() for child in parent}

    def all(self, *tags: str, **attributes: str) -> list[Element]:
        """Return all elements with one of the tags and all of the attributes; `class_` matches one class of several."""
        return [
            element
            for element in elements(self.root)
            if (not tags or name(element) in tags) and all(_has(element, *item) for item in attributes.items())
        ]

    def one(self, *tags: str, **attributes: str) -> Element:
        """Return the only such element."""
        matches = self.all(*tags, **attributes)
        assert len(matches) == 1, (self.address, tags, attributes, len(matches))
        return matches[0]

    def hrefs(self, tag: str = "main") -> list[str]:
        """Return the addresses that links in the only element of that tag lead to."""
        return [str(link.get("href")) for link in self.one(tag).iter("a")]

    def is_within(self, element: Element, *tags: str) -> bool:
        """Return whether an element has an ancestor with one of the tags."""
        parent = self.parents.get(element)
        return parent is not None and (name(parent) in tags or self.is_within(parent, *tags))

    def language(self, element: Element) -> str:
        """Return the language of an element's text."""
        while (language := element.get("lang")) is None:
            element = self.parents[element]
        return language

    def spoken(self) -> Iterator[tuple[str, str]]:
        """Yield the language and text of everything that is displayed or read out, except code."""
        for element in elements(self.root):
            if name(element) in {"script", "code", "style"} or self.is_within(element, "code"):
                if name(element) == "code" and element.tail and not self.is_within(element, "code"):
                    yield self.language(self.parents[element]), element.tail
                continue
            yield from ((self.language(element), element.get(key) or "") for key in SPOKEN)
            yield self.language(element), element.text or ""
            if element in self.parents:
                yield self.language(self.parents[element]), element.tail or ""

    def names(self) -> list[str]:
        """Return the record names in its table."""
        return [text(heading) for heading in self.all("th", scope="row")]

    def headings(self) -> list[Element]:
        """Return the column headings of its table."""
        return self.all("th", scope="col")

    def rows(self) -> list[list[Element]]:
        """Return the cells of its table by row, without the names."""
        return [[cell for cell in row if name(cell) == "td"] for row in self.all("tr") if row.find("td") is not None]

    def total(self) -> int:
        """Return the number of records that its table announces."""
        return last_number(text(self.one("p", class_="total")))


def last_number(words: str) -> int:
    """Return the last number of a text, which in "1–20 of 53" is the total."""
    return int(re.findall(r"[\d,]+", words)[-1].replace(",", ""))


def elements(root: Element) -> Iterator[Element]:
    """Yield all elements, without comments."""
    return (element for element in root.iter() if isinstance(element.tag, str))


def name(element: Element) -> str:
    """Return the tag without its namespace."""
    return element.tag.rpartition("}")[2]


def text(element: Element) -> str:
    """Return all text in an element, whitespace collapsed."""
    return " ".join("".join(element.itertext()).split())


def _has(element: Element, key: str, value: str) -> bool:
    actual = element.get(key.rstrip("_").replace("_", "-"))
    return actual is not None and (value in actual.split() if key == "class_" else actual == value)
