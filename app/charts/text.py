"""Lines of text, measured without a font: Vega-Lite does not wrap."""

from collections.abc import Iterable
from itertools import zip_longest
from unicodedata import east_asian_width

NARROW_EM, LETTER_EM, BROAD_EM = 0.3, 0.55, 0.72  # widths of Latin letters; a Chinese character has 1
BOLD_EM = 1.08  # width of bold text, by that of normal text
NARROW, BROAD = frozenset(" fijlrtI.,:;'()|·"), frozenset("mwMWABCDGHKNOQRUVXY@%")
# Marks of punctuation that may not start a line, and those that may not end one.
NOT_FIRST, NOT_LAST = frozenset("，。；：、！？）》”’"), frozenset("（《“‘")


def lines(text: str, size: float, width: float) -> list[str]:
    """Wrap a text of a size, to a width in pixels, after spaces and between Chinese characters."""
    is_chinese = any(map(_is_wide, text))
    wrapped, room = [""], width / size
    for word in _split(text):
        needed = _em_of(word.rstrip(), is_chinese)
        if wrapped[-1] and needed > room:
            wrapped, room = [*wrapped, ""], width / size
        wrapped[-1] += word
        room -= _em_of(word, is_chinese)
    return [line.rstrip() for line in wrapped if line]


def _split(text: str) -> Iterable[str]:
    """Yield what stays on one line: words, and Chinese characters with the marks that must not start a line."""
    word = ""
    for character, following in zip_longest(text, text[1:], fillvalue=""):
        word += character
        breaks = character == " " or _is_wide(character) or (following and _is_wide(following))
        if breaks and following not in NOT_FIRST and character not in NOT_LAST:
            yield word
            word = ""
    if word:
        yield word


def width_of(text: str, size: float) -> float:
    """Return about how wide a text is, in pixels."""
    return size * _em_of(text, any(map(_is_wide, text)))


def _em_of(text: str, is_chinese: bool) -> float:
    # Chinese fonts set quotes and the like as wide as characters.
    wide = "WFA" if is_chinese else "WF"
    return sum(1 if east_asian_width(each) in wide else _letter_em_of(each) for each in text)


def _letter_em_of(letter: str) -> float:
    return NARROW_EM if letter in NARROW else BROAD_EM if letter in BROAD else LETTER_EM


def _is_wide(character: str) -> bool:
    return east_asian_width(character) in "WF"
