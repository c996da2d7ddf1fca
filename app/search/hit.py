"""Where in a record a query was found: the field, and the code points of the first place in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any, NamedTuple

from app.entity import Column
from app.search.amounts import stated
from app.search.fold import Span, fold, places, unspaced, written
from app.search.query import Query, Term
from app.search.record import SOUNDED, amounts, texts
from app.search.terms import stem_of


class Hit(NamedTuple):
    """A place in a record: `text[start:end]`, where `text` is the field's, or one of the field's if it is a list."""

    field: str
    text: str
    start: int
    end: int


class Highlight(NamedTuple):
    """All places in a text of a record."""

    field: str
    text: str
    ranges: list[Span]


@dataclass(frozen=True)
class _Field:
    """A text of a record, as it is and as it is searched."""

    name: str
    text: str

    @cached_property
    def letters(self) -> str:
        """The text as it is searched."""
        return f"{written(fold(self.text))} "

    def at(self, start: int, length: int) -> Hit:
        """The place of letters that are searched."""
        run = self._spans[start : start + length]
        return Hit(self.name, self.text, run[0][0], run[-1][1])

    @cached_property
    def _spans(self) -> list[Span]:
        return places(self.text)


class Places:
    """The places in a record where a query that finds it is found."""

    def __init__(self, query: Query, columns: Iterable[Column], record: Mapping[str, Any], syllables: str) -> None:
        self._query = query
        # Those that are read best come first.
        self._columns = sorted(columns, key=lambda column: (column.name == "id", not column.declared.names))
        self._fields = [_Field(column.name, text) for column in self._columns for text in texts(column, record)]
        self._record = record
        self._syllables = syllables.split()

    def first(self) -> Hit:
        """The whole of the query if some field holds it, else the first of its words."""
        wanted = self._query.wanted
        row = [Term(self._query.runs, phrase=True)] if len(wanted) > 1 else []
        (field, *_) = self._fields
        found = chain.from_iterable(self._of(term) for term in (*row, *wanted))
        return next(found, Hit(field.name, field.text, 0, len(field.text)))

    def every(self) -> list[Highlight]:
        """Every place of every word, by field; places that touch are one."""
        found: dict[tuple[str, str], set[Span]] = {}
        for place in chain.from_iterable(map(self._of, self._query.wanted)):
            found.setdefault((place.field, place.text), set()).add((place.start, place.end))
        return [Highlight(field, text, _joined(spans)) for (field, text), spans in found.items()]

    def _of(self, term: Term) -> Iterator[Hit]:
        """Everywhere that a term is found: as it is written first; as it sounds only where it is not found else."""
        ways = chain(
            _as_written(term, self._fields),
            _as_amount(term, self._fields),
            _as_other_form(term, self._fields),
            _as_value(term, self._columns, self._record),
        )
        found = False
        for place in ways:
            found = True
            yield place
        if not found:
            yield from _as_sound(term, self._fields, self._syllables)


def _joined(spans: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _as_written(term: Term, fields: list[_Field]) -> Iterator[Hit]:
    needle = term.needle
    skipped = needle.startswith(" ")
    for field in fields if term.literal else ():
        start = field.letters.find(needle)
        while start >= 0:
            yield field.at(start + skipped, len(needle.strip()))
            start = field.letters.find(needle, start + 1)


def _as_amount(term: Term, fields: list[_Field]) -> Iterator[Hit]:
    for field in fields:
        for told, (start, end) in stated(field.text) if term.amount else ():
            if f"{term.amount}_".startswith(f"{told}_"):  # the amount itself, or the amount of something
                yield Hit(field.name, field.text, start, end)


def _as_other_form(term: Term, fields: list[_Field]) -> Iterator[Hit]:
    """Another form of the same English word."""
    stem = term.stem
    for field in fields if stem else ():
        start = 0
        for word in field.letters.split(" "):
            if word == stem or stem_of(word) == stem:
                yield field.at(start, len(word))
            start += len(word) + 1


def _as_value(term: Term, columns: Iterable[Column], record: Mapping[str, Any]) -> Iterator[Hit]:
    """A number of the record's own: its place is all of it, as JSON writes it."""
    for column in columns:
        if term.amount and term.amount in amounts(column, record):
            text = str(record[column.name])
            yield Hit(column.name, text, 0, len(text))


def _as_sound(term: Term, fields: list[_Field], syllables: list[str]) -> Iterator[Hit]:
    """Characters of the Chinese name that sound like the term."""
    closed = term.closed or not term.word
    sounds, word = [] if closed else [each.replace("v", "u") for each in syllables], term.word.replace("v", "u")
    name = next(field for field in fields if field.name == SOUNDED)
    sounding = [at for at, letter in enumerate(name.letters) if unspaced(letter)]
    for first in range(len(sounds)):
        for last in range(first, len(sounds)):
            spelled = "".join(sounds[first : last + 1])
            if spelled.startswith(word):
                start, end = sounding[first], sounding[last]
                yield name.at(start, end - start + 1)
                break
            if not word.startswith(spelled):
                break
