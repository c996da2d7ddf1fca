"""What a record is found by: the text that is searched, and the terms that lead to it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, NamedTuple

from app.entity import Column
from app.search.amounts import amount, stated
from app.search.fold import fold, unspaced, written
from app.search.pinyin import spellings, syllables
from app.search.terms import LONGEST, NAME, SOUND, WHOLE, stems, terms, whole

SHORT, KEPT = 100, 2_000  # so many runs of so many characters are remembered: most are met again and again

# 碧江 is what people call 碧江区: what is left without these is a name too.
_DIVISION = re.compile(r"(\w{2,})(?:省|市|区|县|镇|乡|街道)")
_ENDS = tuple("省市区县镇乡道")

SOUNDED = "name_zh"  # the name that is found by its sound too


class Searchable(NamedTuple):
    """A record as the index holds it.

    `text` is all that is searched in it, a line for each text, as `written`; `syllables` are those of its Chinese
    name, by which a place in it is told; `words` are those of its names, to be proposed where nothing is found.
    A term that stands in a name is marked so, and not given again without the mark.
    """

    text: str
    syllables: str
    terms: Set[str]
    words: Set[str]


def searchable(columns: Iterable[Column], values: Mapping[str, Any]) -> Searchable:
    """What a record with these values is found by."""
    searched, quantities = _looked_into(tuple(columns))
    lines: list[str] = []
    sounds: list[str] = []
    in_names: set[str] = set()  # the runs of names, and those of other texts
    elsewhere: set[str] = set()
    found: set[str] = set()
    for column in searched:
        for text in _texts(column, values[column.name]):
            runs = fold(text)
            lines.append(f"{written(runs)} ")  # so that the end of a word shows too
            found.update([term for term, _ in stated(text)])
            if not column.declared.names:
                elsewhere.update(runs)
                continue
            in_names.update(runs)
            found.update(_as_a_whole(runs))
            if column.name == SOUNDED:
                sounds = syllables(runs)
                found.add(whole(("".join(sounds),), SOUND))
                found.update(*map(_SPELLED.__getitem__, runs))
    # Sets are joined and parted as wholes: term by term it takes longer.
    in_name = map(_TERMS.__getitem__, in_names)
    found.update(set[str]().union(*map(_TERMS.__getitem__, elsewhere - in_names)).difference(*in_name))
    found.update(*map(_NAMED.__getitem__, in_names))
    for column in quantities:
        if (value := values[column.name]) is not None:
            found.update(_valued(value, _unit(column, values)))
    words = {run for run in in_names if run.isalpha() and len(run) <= LONGEST and not unspaced(run)}
    return Searchable("\n".join(lines), " ".join(sounds), found, words)


@lru_cache
def _looked_into(columns: tuple[Column, ...]) -> tuple[list[Column], list[Column]]:
    """The columns of which the texts are searched, and those of which the values are."""
    return [column for column in columns if column.is_searchable], [column for column in columns if column.is_quantity]


class _Remembered(dict[str, tuple[str, ...]]):
    """The terms of runs, worked out when a run is first met; of long ones, each time."""

    def __init__(self, work: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, run: str) -> tuple[str, ...]:
        found = self._work(run)
        if len(run) <= SHORT:
            if len(self) >= KEPT:
                self.clear()
            self[run] = found
        return found


def _terms(run: str) -> tuple[str, ...]:
    if run.isascii() and not run.isalpha():
        return (run[:LONGEST],)  # a number, mostly one that is met once: nothing else leads to it
    return (*terms((run,)), *stems((run,)))


def _named(run: str) -> tuple[str, ...]:
    return tuple([NAME + term for term in _TERMS[run]])


def _spelled(run: str) -> tuple[str, ...]:
    return tuple({NAME + term for term in spellings((run,))})


_TERMS, _NAMED, _SPELLED = map(_Remembered, (_terms, _named, _spelled))


def _as_a_whole(runs: tuple[str, ...]) -> list[str]:
    """The terms of a name as a whole."""
    if runs and runs[-1].endswith(_ENDS) and (division := _DIVISION.fullmatch("".join(runs))):
        return [whole(runs), whole([division[1]])]
    return [whole(runs)]


def texts(column: Column, values: Mapping[str, Any]) -> list[str]:
    """The texts of a column that are searched; a list holds several."""
    return _texts(column, values[column.name]) if column.is_searchable else []


def _texts(column: Column, value: Any) -> list[str]:
    if not value:
        return []
    return list(value) if column.is_list else [value]


def amounts(column: Column, values: Mapping[str, Any]) -> Iterator[str]:
    """The terms of a value, of anything and of something in its unit."""
    value = values[column.name]
    if value is not None and column.is_quantity:
        yield from _of_anything_and_unit(value, _unit(column, values))


def _unit(column: Column, values: Mapping[str, Any]) -> str | None:
    """The unit in which a column's value is."""
    return column.declared.unit or values[column.declared.unit_in or ""]


def _of_anything_and_unit(value: float, unit: str | None) -> tuple[str, ...]:
    anything = amount(value)
    return (anything, f"{anything}_{unit}") if unit else (anything,)


@lru_cache(KEPT, typed=True)  # a value is its own bounds, mostly
def _valued(value: float, unit: str | None) -> tuple[str, ...]:
    """The terms of a value of the record's own."""
    own = _of_anything_and_unit(value, unit)
    return (*own, *[WHOLE + term for term in own])
