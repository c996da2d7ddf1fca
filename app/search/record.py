"""What a record is found by: the text that is searched, and the terms that lead to it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from app.entity import Column
from app.search.amounts import amount, stated
from app.search.fold import fold, unspaced, written
from app.search.pinyin import spellings, syllables
from app.search.terms import LONGEST, NAME, SOUND, WHOLE, stems, terms, whole

# 碧江 is what people call 碧江区: what is left without these is a name too.
_DIVISION = re.compile(r"(\w{2,})(?:省|市|区|县|镇|乡|街道)")

SOUNDED = "name_zh"  # the name that is found by its sound too


class Searchable(NamedTuple):
    """A record as the index holds it.

    `text` is all that is searched in it, a line for each text, as `written`; `syllables` are those of its Chinese
    name, by which a place in it is told; `words` are those of its names, to be proposed where nothing is found.
    """

    text: str
    syllables: str
    terms: frozenset[str]
    words: frozenset[str]


def searchable(columns: Iterable[Column], values: Mapping[str, Any]) -> Searchable:
    """What a record with these values is found by."""
    lines: list[str] = []
    found: set[str] = set()
    words: set[str] = set()
    sounds: list[str] = []
    for column in columns:
        for text in texts(column, values):
            runs = fold(text)
            lines.append(f"{written(runs)} ")  # so that the end of a word shows too
            own = {*terms(runs), *stems(runs)}
            if column.name == SOUNDED:
                sounds = syllables(runs)
                own.update(spellings(runs))
                found.add(whole(("".join(sounds),), SOUND))
            if column.declared.names:
                words.update(run for run in runs if run.isalpha() and len(run) <= LONGEST and not unspaced(run))
                own |= {NAME + term for term in own}
                found.add(whole(runs))
                if division := _DIVISION.fullmatch("".join(runs)):
                    found.add(whole([division[1]]))
            found |= own
            found.update(term for term, _ in stated(text))
        found.update(_amounts(column, values))
    return Searchable("\n".join(lines), " ".join(sounds), frozenset(found), frozenset(words))


def texts(column: Column, values: Mapping[str, Any]) -> list[str]:
    """The texts of a column that are searched; a list holds several."""
    value = values[column.name]
    if not column.searched or not value:
        return []
    return list(value) if column.is_list else [value]


def amounts(column: Column, values: Mapping[str, Any]) -> Iterator[str]:
    """The terms of a value, of anything and of something in its unit."""
    value = values[column.name]
    if column.quantity and value is not None:
        unit = column.declared.unit or values[column.declared.unit_in or ""]
        yield amount(value)
        yield amount(value, unit)


def _amounts(column: Column, values: Mapping[str, Any]) -> Iterator[str]:
    for term in amounts(column, values):
        yield term
        yield WHOLE + term
