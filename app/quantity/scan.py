"""Finding the numerals of a text, so that each one of an article can be accounted for."""

import re
import unicodedata
from collections.abc import Iterator
from itertools import groupby

_WITHOUT_NUMERIC_VALUE = "两兩"  # numerals that Unicode, or one of its versions, gives no value
_DIGIT = "[0-9０-９]"
_JOINT = re.compile(rf"(?<={_DIGIT})(?:[.．](?={_DIGIT})|[,，](?={_DIGIT}{{3}}(?!{_DIGIT})))")


def numerals(text: str) -> Iterator[tuple[int, int]]:
    """Start and end, in code points, of every longest run of numeral characters.

    A decimal point between digits and a comma before a group of three digits belong to the run.
    """
    joints = {match.start() for match in _JOINT.finditer(text)}
    runs = groupby(range(len(text)), key=lambda position: position in joints or _is_numeral(text[position]))
    for is_numeral, run in runs:
        if is_numeral:
            positions = list(run)
            yield positions[0], positions[-1] + 1


def _is_numeral(char: str) -> bool:
    return char in _WITHOUT_NUMERIC_VALUE or unicodedata.numeric(char, None) is not None
