"""What a record is found by: the text that is searched, and the terms that lead to it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from app.entity import Column
from app.search.amounts import amount, stated
from app.search.fold import fold, unspaced, written
from app.search.pinyin import spellings, syllables
from app.search.terms import LONGEST, NAME, SOUND, WHOLE, stems, terms, whole

T = TypeVar("T")

SHORT, KEPT = 100, 5_000  # so many texts of so many characters are remembered: what is said often is read once
# 碧江 is what people call 碧江区: what is left without these is a name too.
_DIVISION = re.compile(r"(\w{2,})(?:省|市|区|县|镇|乡|街道)")

SOUNDED = "name_zh"  # the name that is found by its sound too


class Searchable(NamedTuple):
    """A record as the index holds it.

    `text` is all that is searched in it, a line for each text, as `written`; `syllables` are those of its Chinese
    name, by which a place in it is told; `words` are those of its names, to be proposed where nothing is found.
    A term that stands in a name is marked so, and not given again without the mark.
    """

    text: str
    syllables: str
    terms: frozenset[str]
    words: frozenset[str]


class _Read(NamedTuple):
    """What a text is found by."""

    line: str
    terms: frozenset[str]
    words: frozenset[str] = frozenset()
    syllables: tuple[str, ...] = ()


def searchable(columns: Iterable[Column], values: Mapping[str, Any]) -> Searchable:
    """What a record with these values is found by."""
    searched, quantities = _looked_into(tuple(columns))
    read = [(column, _reader(column)(text)) for column in searched for text in texts(column, values)]
    named = {term for column, each in read if column.declared.names for term in each.terms}
    found = {
        term
        for column, each in read
        if not column.declared.names
        for term in each.terms
        if NAME + term not in named
    }
    told = {term for column in quantities for term in amounts(column, values)}
    return Searchable(
        "\n".join(each.line for _, each in read),
        " ".join(next((each.syllables for column, each in read if column.name == SOUNDED), ())),
        frozenset(chain(named, found, told, (WHOLE + term for term in told))),
        frozenset(word for _, each in read for word in each.words),
    )


@lru_cache
def _looked_into(columns: tuple[Column, ...]) -> tuple[list[Column], list[Column]]:
    """The columns of which the texts are searched, and those of which the values are."""
    return [column for column in columns if column.searched], [column for column in columns if column.quantity]


def _reader(column: Column) -> Callable[[str], _Read]:
    if not column.declared.names:
        return _as_text
    return _as_sounded_name if column.name == SOUNDED else _as_name


def _remembering(work: Callable[[str], T]) -> Callable[[str], T]:
    """The same, but what is short and was asked lately is not worked out again."""
    remembered = lru_cache(KEPT)(work)
    return lambda text: remembered(text) if len(text) <= SHORT else work(text)


@_remembering
def _as_text(text: str) -> _Read:
    runs = fold(text)
    found = {term for run in runs for term in _of_run(run)}
    found.update(term for term, _ in stated(text))
    return _Read(_line(runs), frozenset(found))


@_remembering
def _as_name(text: str) -> _Read:
    runs = fold(text)
    found = {term for run in runs for term in _of_named_run(run)}
    found.update(term for term, _ in stated(text))
    found.add(whole(runs))
    if division := _DIVISION.fullmatch("".join(runs)):
        found.add(whole([division[1]]))
    words = frozenset(run for run in runs if run.isalpha() and len(run) <= LONGEST and not unspaced(run))
    return _Read(_line(runs), frozenset(found), words)


@_remembering
def _as_sounded_name(text: str) -> _Read:
    name, runs = _as_name(text), fold(text)
    sounds = tuple(syllables(runs))
    own = {term for run in runs for term in _of_sounded_run(run)}
    return name._replace(terms=name.terms | own | {whole(("".join(sounds),), SOUND)}, syllables=sounds)


def _line(runs: tuple[str, ...]) -> str:
    return f"{written(runs)} "  # so that the end of a word shows too


@_remembering
def _of_run(run: str) -> tuple[str, ...]:
    return (*terms((run,)), *stems((run,)))


@_remembering
def _of_named_run(run: str) -> tuple[str, ...]:
    return tuple(NAME + term for term in _of_run(run))


@_remembering
def _of_sounded_run(run: str) -> tuple[str, ...]:
    return tuple(NAME + term for term in spellings((run,)))


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
