"""Spans of words in a paragraph, and links to them."""

import hashlib
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import quote

MAX_PREFIX_CHARS = 8  # of context that a text fragment quotes before ambiguous words


class Paragraph(NamedTuple):
    """A body paragraph of a source, without its text.

    `located_on` is the date (ISO 8601) on which `locate` found the words of all its records. It is None in releases
    that are older than this field.
    """

    number: int
    length: int
    sha256: str
    located_on: str | None = None


class WordsNotFound(ValueError):
    """Raised when words are not in the paragraph, or there more than once."""


def sha256(text: str) -> str:
    """Return the hash that identifies a text."""
    return hashlib.sha256(text.encode()).hexdigest()


def describe(number: int, text: str, located_on: str | None = None) -> Paragraph:
    """Return the paragraph's description."""
    return Paragraph(number, len(text), sha256(text), located_on)


def find(words: str, text: str, occurrence: int | None) -> int:
    """Return the offset of the words in the text; `occurrence` counts from 1. Raises WordsNotFound."""
    offsets = [at for at in range(len(text)) if text.startswith(words, at)]
    if not offsets:
        raise WordsNotFound(f"{words!r} is not in this paragraph. Copy the words exactly as they are printed.")
    if occurrence is None and len(offsets) > 1:
        raise WordsNotFound(f"{words!r} is here {len(offsets)} times. Give the number in the column occurrence.")
    if occurrence is not None and occurrence > len(offsets):
        raise WordsNotFound(f"{words!r} has no occurrence {occurrence}. It is here {len(offsets)} times.")
    return offsets[(occurrence or 1) - 1]


def find_nearest(words: str, texts: Mapping[int, str], paragraph: int, before: int) -> tuple[int, int]:
    """Return the paragraph and the offset of the words that are nearest to a number. Raises WordsNotFound.

    They are the last before the number in its own paragraph, else the first after it there, else the last in the
    paragraphs before: a newspaper states a time ahead of what holds at it.
    """
    own = texts[paragraph]
    offset = own.rfind(words, 0, before)
    if offset < 0:
        offset = own.find(words)
    earlier = (number for number in sorted(texts, reverse=True) if number < paragraph and words in texts[number])
    if offset < 0 and (number := next(earlier, None)):
        return number, texts[number].rfind(words)
    if offset < 0:
        detail = f"{words!r} is neither in this paragraph nor before it. Copy the words exactly as they are printed."
        raise WordsNotFound(detail)
    return paragraph, offset


def distinguishing_prefix(words: str, text: str, start: int, whole: str) -> str:
    """Return the shortest context before the words that makes them unique in the whole text.

    It begins at a word boundary, because browsers match whole words only.
    """
    for length in range(min(MAX_PREFIX_CHARS, start) + 1):
        prefix = text[start - length : start]
        if whole.count(prefix + words) == 1 and (not prefix or _is_word_boundary(text, start - length)):
            return prefix
    return text[max(start - MAX_PREFIX_CHARS, 0) : start]


def _is_word_boundary(text: str, offset: int) -> bool:
    return offset == 0 or not text[offset - 1 : offset + 1].isalnum()


def text_fragment(url: str, words: str, prefix: str = "") -> str:
    """Return the URL that opens a page at these words (WICG Text Fragments)."""
    before = f"{_quote(prefix)}-," if prefix else ""
    return f"{url}#:~:text={before}{_quote(words)}"


def _quote(text: str) -> str:
    return quote(text, safe="").replace("-", "%2D")  # a hyphen is syntax in a text fragment
