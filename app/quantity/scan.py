"""Finding the numerals of a text, so that each one can be accounted for."""

import re
import unicodedata

from app.quantity.characters import CharacterMap

# A text is translated into one character per kind, on which the pattern runs.
_KINDS = {
    **dict.fromkeys("0123456789０１２３４５６７８９", "0"),
    **dict.fromkeys(".．", "."),
    **dict.fromkeys(",，", ","),
    **dict.fromkeys("两兩", "n"),  # some versions of Unicode give them no numeric value
}
_KIND_OF = CharacterMap(lambda char: _KINDS.get(char) or (" " if unicodedata.numeric(char, None) is None else "n"))
_NUMERAL = re.compile(r"[0n](?:[0n]|(?<=0)\.(?=0)|(?<=0),(?=000(?!0)))*")


def numerals(text: str) -> list[tuple[int, int]]:
    """Return the span, in code points, of every longest run of numeral characters.

    A decimal point between digits and a comma before a group of three digits belong to the run.
    """
    return [match.span() for match in _NUMERAL.finditer(text.translate(_KIND_OF))]
