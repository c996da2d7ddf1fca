"""Where a query matches in a record: the field, and spans of code points in it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice
from typing import Any, NamedTuple

from app.entity import Column
from app.search.amounts import find_amounts
from app.search.fold import Span, fold, is_unspaced, join_runs, source_spans
from app.search.query import Query, Term
from app.search.record import SOUND_COLUMN, VIA, RelatedText, amount_terms, read_related, searchable_texts
from app.search.synonyms import FOUND, read_synonyms
from app.search.terms import stem_of


class Hit(NamedTuple):
    """A match at `text[start:end]`. `text` is the field's value, or one item if it is a list."""

    field: str
    text: str
    start: int
    end: int


class Highlight(NamedTuple):
    """All matches in a text of a record."""

    field: str
    text: str
    ranges: list[Span]


@dataclass(frozen=True)
class _Field:
    """A text of a record."""

    name: str
    text: str

    @cached_property
    def folded(self) -> str:
        return f"{join_runs(fold(self.text))} "

    def hit(self, start: int, length: int) -> Hit:
        """Return the hit at a span of the folded text."""
        spans = self._spans[start : start + length]
        return Hit(self.name, self.text, spans[0][0], spans[-1][1])

    @cached_property
    def _spans(self) -> list[Span]:
        return source_spans(self.text)


class Highlighter:
    """Finds the matches of a query in a record that it matches, whose index entry has this text and these syllables."""

    def __init__(
        self, query: Query, columns: Iterable[Column], record: Mapping[str, Any], text: str, syllables: str
    ) -> None:
        self._query = query
        # Names first, the id last.
        self._columns = sorted(columns, key=lambda column: (column.name == "id", not column.declared.names))
        texts = ((column.name, text) for column in self._columns for text in searchable_texts(column, record))
        self._fields = [_Field(name, text) for name, text in texts]
        self._record = record
        self._syllables = syllables.split()
        self._lines = text.split("\n")

    def first_hit(self) -> Hit | None:
        """Return the match of the whole query as a phrase if there is one, else that of its first matching term.

        None if only texts of other records match.
        """
        wanted = self._query.wanted
        phrase = next(self._hits(Term(self._query.runs, phrase=True)), None) if len(wanted) > 1 else None
        return phrase or next(filter(None, self._first_hits), None)

    def whole_name(self) -> Hit:
        """Return the record's name as a match, where no other is found."""
        name = self._fields[0]
        return Hit(name.name, name.text, 0, len(name.text))

    def related(self) -> Iterator[tuple[Term, RelatedText]]:
        """Yield a text of another record for each term that matches no text of this one, and what it matches there."""
        for term, first in zip(self._query.wanted, self._first_hits, strict=True):
            if first is None:
                pairs = ((each, text) for each in (term, *self._synonyms(term)) for text in self._related)
                yield from islice(((each, text) for each, text in pairs if _holds(each, text.folded)), 1)

    @cached_property
    def _first_hits(self) -> list[Hit | None]:
        return [next(self._hits(term), None) for term in self._query.wanted]

    def highlights(self, related: Iterable[Hit] = ()) -> list[Highlight]:
        """Return all matches of all terms by text, `related` last. Overlapping and adjacent spans are merged."""
        spans: dict[tuple[str, str], set[Span]] = {}
        for hit in chain(chain.from_iterable(map(self._hits, self._query.wanted)), related):
            spans.setdefault((hit.field, hit.text), set()).add((hit.start, hit.end))
        return [Highlight(field, text, _merge(own)) for (field, text), own in spans.items()]

    def _hits(self, term: Term) -> Iterator[Hit]:
        """Yield the hits of a term; those by pinyin only if there are no others, and those of synonyms last."""
        hits = chain(
            _literal_hits(term, self._fields),
            _amount_hits(term, self._fields),
            _stem_hits(term, self._fields),
            _value_hits(term, self._columns, self._record),
        )
        for way in (hits, _sound_hits(term, self._fields, self._syllables), self._synonym_hits(term)):
            if (first := next(way, None)) is not None:
                yield from chain([first], way)
                return

    def _synonym_hits(self, term: Term) -> Iterator[Hit]:
        for word in self._synonyms(term):
            yield from text_hits(word, self._fields)

    def _synonyms(self, term: Term) -> Iterator[Term]:
        """Yield the words of the record, or of those related, whose synonym the term is."""
        for line in self._lines:
            if line.startswith(FOUND) and _holds(term, (found := read_synonyms(line)).others):
                yield from (Term((word,), whole=True) for word in found.words)

    @cached_property
    def _related(self) -> list[RelatedText]:
        return [read_related(line) for line in self._lines if line.startswith(VIA)]


def related_hit(term: Term, text: RelatedText, record: Mapping[str, Any]) -> Hit:
    """Return the match of a term in a text of the related record: in the field that refers to it."""
    value = record[text.field]
    fields = [_Field(text.via, each) for each in (value if isinstance(value, list) else [value])]
    return next(text_hits(term, fields), Hit(text.via, fields[0].text, 0, len(fields[0].text)))


def text_hits(term: Term, fields: list[_Field]) -> Iterator[Hit]:
    """Yield the matches of a term or of an inflection of it."""
    return chain(_literal_hits(term, fields), _stem_hits(term, fields))


def _holds(term: Term, folded: str) -> bool:
    """Whether a folded text holds a term or an inflection of it."""
    stem = term.stem
    is_literal = term.literal and term.needle in folded
    return is_literal or (stem != "" and any(stem in (word, stem_of(word)) for word in folded.split()))


def _merge(spans: Iterable[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _literal_hits(term: Term, fields: list[_Field]) -> Iterator[Hit]:
    needle = term.needle
    offset = needle.startswith(" ")
    for field in fields if term.literal else ():
        start = field.folded.find(needle)
        while start >= 0:
            yield field.hit(start + offset, len(needle.strip()))
            start = field.folded.find(needle, start + 1)


def _amount_hits(term: Term, fields: list[_Field]) -> Iterator[Hit]:
    for field in fields:
        for amount, (start, end) in find_amounts(field.text) if term.amount else ():
            if f"{term.amount}_".startswith(f"{amount}_"):  # with or without the term's unit
                yield Hit(field.name, field.text, start, end)


def _stem_hits(term: Term, fields: list[_Field]) -> Iterator[Hit]:
    stem = term.stem
    for field in fields if stem else ():
        start = 0
        for word in field.folded.split(" "):
            if word == stem or stem_of(word) == stem:
                yield field.hit(start, len(word))
            start += len(word) + 1


def _value_hits(term: Term, columns: Iterable[Column], record: Mapping[str, Any]) -> Iterator[Hit]:
    """Yield a column's amount as a whole, as JSON writes it."""
    for column in columns:
        if term.amount and term.amount in amount_terms(column, record):
            text = str(record[column.name])
            yield Hit(column.name, text, 0, len(text))


def _sound_hits(term: Term, fields: list[_Field], syllables: list[str]) -> Iterator[Hit]:
    """Yield the characters of the Chinese name that sound like the term."""
    if term.is_closed or not term.word:
        return
    word, sounds = term.word.replace("v", "u"), [syllable.replace("v", "u") for syllable in syllables]
    name = next(field for field in fields if field.name == SOUND_COLUMN)
    positions = [at for at, letter in enumerate(name.folded) if is_unspaced(letter)]
    for first in range(len(sounds)):
        for last in range(first, len(sounds)):
            sound = "".join(sounds[first : last + 1])
            if sound.startswith(word):
                yield name.hit(positions[first], positions[last] - positions[first] + 1)
                break
            if not word.startswith(sound):
                break
