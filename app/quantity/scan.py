"""Finding the numerals of a text, so that each one of an article can be accounted for."""

import re
import unicodedata

MOST_KINDS = 50_000  # characters that are remembered
# A text's numeral characters, each by what it is, stand for themselves here; all else is a space.
_DIGIT, _NUMERAL, _POINT, _COMMA, _ELSE = "0", "n", ".", ",", " "
_SIGNS = {
    "0123456789０１２３４５６７８９": _DIGIT,
    ".．": _POINT,
    ",，": _COMMA,
    "两兩": _NUMERAL,  # Unicode, or one of its versions, gives them no value
}
_RUN = re.compile(r"[0n](?:[0n]|(?<=0)\.(?=0)|(?<=0),(?=000(?!0)))*")


def numerals(text: str) -> list[tuple[int, int]]:
    """Start and end, in code points, of every longest run of numeral characters.

    A decimal point between digits and a comma before a group of three digits belong to the run.
    """
    return [run.span() for run in _RUN.finditer(text.translate(_KINDS))]


class _Kinds(dict[int, str]):
    """What each character is in a numeral, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        if len(self) >= MOST_KINDS:
            self.clear()
        kind = self[code] = _kind(chr(code))
        return kind


def _kind(char: str) -> str:
    for chars, kind in _SIGNS.items():
        if char in chars:
            return kind
    return _NUMERAL if unicodedata.numeric(char, None) is not None else _ELSE


_KINDS = _Kinds()
