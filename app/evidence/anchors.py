"""Words and their place: what is claimed, and how it is held against a text."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import quote

CONTEXT = 8  # characters before the words that an address may quote to tell them from the same words elsewhere


class Paragraph(NamedTuple):
    """A body paragraph of a source, as it is known without its text.

    `located_on` is the date (ISO 8601) on which `locate` found the words of all its records in it; None in releases
    older than this field.
    """

    number: int
    length: int
    sha256: str
    located_on: str | None = None


class WordsNotFound(ValueError):
    """The words do not stand in the paragraph as claimed: what is wrong, and what would be right."""


def sha256(text: str) -> str:
    """The hash by which a text is known."""
    return hashlib.sha256(text.encode()).hexdigest()


def describe(number: int, text: str, located_on: str | None = None) -> Paragraph:
    """A paragraph without its text."""
    return Paragraph(number, len(text), sha256(text), located_on)


def find(words: str, text: str, occurrence: int | None) -> int:
    """Where the words begin in the text. Raises WordsNotFound where they stand nowhere, or nobody says which."""
    places = list(_places(words, text))
    if not places:
        raise WordsNotFound(f"{words!r} does not stand in this paragraph; copy the words exactly as they are printed")
    if occurrence is None and len(places) > 1:
        raise WordsNotFound(f"{words!r} stands here {len(places)} times; say which in the column occurrence, from 1")
    if occurrence is not None and occurrence > len(places):
        raise WordsNotFound(f"occurrence {occurrence} of {words!r} does not exist; it stands here {len(places)} times")
    return places[(occurrence or 1) - 1]


def _places(words: str, text: str) -> Iterator[int]:
    place = text.find(words)
    while place >= 0:
        yield place
        place = text.find(words, place + 1)


def distinguishing_prefix(words: str, text: str, start: int, whole: str) -> str:
    """The fewest characters before the words that make them unique in the whole text; empty where they are unique.

    Browsers match whole words only, so it begins where a word surely does: at punctuation or right behind it.
    """
    for length in range(min(CONTEXT, start) + 1):
        prefix = text[start - length : start]
        if whole.count(prefix + words) == 1 and (not prefix or _begins_a_word(text, start - length)):
            return prefix
    return text[max(start - CONTEXT, 0) : start]


def _begins_a_word(text: str, place: int) -> bool:
    return any(not character.isalnum() for character in text[max(place - 1, 0) : place + 1]) or place == 0


def text_fragment(address: str, words: str, prefix: str = "") -> str:
    """The address that opens a page at these words (the Text Fragments of the Web Incubator Community Group)."""
    before = f"{_fragment_part(prefix)}-," if prefix else ""
    return f"{address}#:~:text={before}{_fragment_part(words)}"


def _fragment_part(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")  # a hyphen has a meaning of its own there
