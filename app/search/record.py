"""A record as the search index holds it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache
from typing import Any, NamedTuple

from app.entity import Column
from app.search.amounts import amount_term, find_amounts
from app.search.fold import fold, is_unspaced, join_runs
from app.search.pinyin import sound_terms, syllables
from app.search.synonyms import Synonyms
from app.search.terms import HEADLINE, MAX_TERM_CHARS, NAME, RELATED, REMOTE, SOUND, WHOLE, name_term, run_terms

MAX_CACHED_RUNS, MAX_CACHED_RUN_CHARS = 2_000, 100  # most runs recur in many records

# 碧江 is a name of 碧江区.
_DIVISION = re.compile(r"(\w{2,})(?:省|市|区|县|镇|乡|街道)")
_DIVISION_ENDS = tuple("省市区县镇乡道")

SOUND_COLUMN = "name_zh"  # indexed by its pinyin too
VIA = "\x1f"  # before each part of a line that is a text of another record; no folded text holds it
NO_SYNONYMS = Synonyms()


class IndexedRecord(NamedTuple):
    """A record's entry in the index.

    `text` has a line for each folded text: of the record, of those it refers to, and of synonyms. `syllables` are those
    of the Chinese name, to locate a match by pinyin. `words` are those of the names, for suggestions.
    """

    text: str
    syllables: str
    terms: Set[str]
    words: Set[str]


class RelatedText(NamedTuple):
    """A text of another record by which a record is found, through its column or relation `via`."""

    via: str
    collection: str
    id: str
    field: str
    folded: str


class Related(NamedTuple):
    """The texts of another record by which a record is found: lines of its entry, and its index terms."""

    lines: tuple[str, ...]
    terms: Set[str]
    remote: bool


def related(
    via: str,
    slug: str,
    columns: Iterable[Column],
    values: Mapping[str, Any],
    *,
    remote: bool = False,
    names: bool = False,
) -> Related:
    """Return the part of an entry that these columns of another record are, to which the relation `via` leads.

    With `names`, they are names of the record itself, and matches rank as such.
    """
    lines, terms, mark = [], set[str](), NAME if names else REMOTE if remote else RELATED
    for column in columns:
        for text in _texts(column, values[column.name]):
            runs = fold(text)
            lines.append(VIA + VIA.join(RelatedText(via, slug, values["id"], column.name, f"{join_runs(runs)} ")))
            terms.update(mark + term for run in runs for term in _RUN_TERMS[run])
            terms.update(_name_terms(runs) if names else ())
    return Related(tuple(lines), terms, remote)


def read_related(line: str) -> RelatedText:
    """Parse a line that `related` returned."""
    return RelatedText(*line.removeprefix(VIA).split(VIA))


def index_record(
    columns: Iterable[Column],
    values: Mapping[str, Any],
    others: Iterable[Related] = (),
    synonyms: Synonyms = NO_SYNONYMS,
    *,
    headline: bool = False,
) -> IndexedRecord:
    """Return the index entry of a record with these values, which is found by the texts of `others` too."""
    searchable, quantities = _select(tuple(columns))
    lines: list[str] = []
    sounds: list[str] = []
    names: list[str] = []
    in_names: set[str] = set()  # runs of names
    elsewhere: set[str] = set()  # runs of other texts
    terms: set[str] = set()
    for column in searchable:
        for text in _texts(column, values[column.name]):
            runs = fold(text)
            lines.append(f"{join_runs(runs)} ")  # the space marks the end of the last word
            terms.update([term for term, _ in find_amounts(text)])
            if not column.declared.names:
                elsewhere.update(runs)
                continue
            names.append(lines[-1])
            in_names.update(runs)
            terms.update(_name_terms(runs))
            if column.name == SOUND_COLUMN:
                sounds = syllables(runs)
                terms.add(name_term(("".join(sounds),), SOUND))
                terms.update(*map(_SOUND_TERMS.__getitem__, runs))
    # Set operations on all runs at once are faster than a loop over terms.
    of_names = map(_RUN_TERMS.__getitem__, in_names)
    terms.update(set[str]().union(*map(_RUN_TERMS.__getitem__, elsewhere - in_names)).difference(*of_names))
    terms.update(*map(_MARKED_TERMS.__getitem__, in_names))
    for column in quantities:
        if (value := values[column.name]) is not None:
            terms.update(_value_terms(value, _unit(column, values)))
    remote: list[str] = []
    for other in others:
        (remote if other.remote else lines).extend(other.lines)
        terms |= other.terms
    found = list(synonyms.find("\n".join(names), "\n".join(lines), "\n".join(remote), terms))
    lines += remote
    for line, own in found:
        lines.append(line)
        terms |= own
    if headline:
        terms.add(HEADLINE)
    words = {run for run in in_names if run.isalpha() and len(run) <= MAX_TERM_CHARS and not is_unspaced(run)}
    return IndexedRecord("\n".join(lines), " ".join(sounds), terms, words)


@lru_cache
def _select(columns: tuple[Column, ...]) -> tuple[list[Column], list[Column]]:
    """Return the columns whose texts are indexed, and those whose amounts are."""
    return [column for column in columns if column.is_searchable], [column for column in columns if column.is_quantity]


class _RunCache(dict[str, tuple[str, ...]]):
    """A bounded cache of the terms of runs. Long runs are computed each time."""

    def __init__(self, compute: Callable[[str], tuple[str, ...]]) -> None:
        super().__init__()
        self._compute = compute

    def __missing__(self, run: str) -> tuple[str, ...]:
        terms = self._compute(run)
        if len(run) <= MAX_CACHED_RUN_CHARS:
            if len(self) >= MAX_CACHED_RUNS:
                self.clear()
            self[run] = terms
        return terms


_RUN_TERMS = _RunCache(lambda run: tuple(run_terms(run)))
_MARKED_TERMS = _RunCache(lambda run: tuple([NAME + term for term in _RUN_TERMS[run]]))
_SOUND_TERMS = _RunCache(lambda run: tuple({NAME + term for term in sound_terms(run)}))


def _name_terms(runs: tuple[str, ...]) -> list[str]:
    if runs and runs[-1].endswith(_DIVISION_ENDS) and (division := _DIVISION.fullmatch("".join(runs))):
        return [name_term(runs), name_term([division[1]])]
    return [name_term(runs)]


def searchable_texts(column: Column, values: Mapping[str, Any]) -> list[str]:
    """Return the indexed texts of a column; a list holds several."""
    return _texts(column, values[column.name]) if column.is_searchable else []


def _texts(column: Column, value: Any) -> list[str]:
    if not value:
        return []
    return list(value) if column.is_list else [value]


def amount_terms(column: Column, values: Mapping[str, Any]) -> Iterator[str]:
    """Yield the terms of a column's amount: in any unit, and in its own."""
    value = values[column.name]
    if value is not None and column.is_quantity:
        yield from _with_unit(value, _unit(column, values))


def _unit(column: Column, values: Mapping[str, Any]) -> str | None:
    return column.declared.unit or values[column.declared.unit_in or ""]


def _with_unit(value: float, unit: str | None) -> tuple[str, ...]:
    term = amount_term(value)
    return (term, f"{term}_{unit}") if unit else (term,)


@lru_cache(MAX_CACHED_RUNS, typed=True)  # an exact value is also its lower and upper bound
def _value_terms(value: float, unit: str | None) -> tuple[str, ...]:
    terms = _with_unit(value, unit)
    return (*terms, *[WHOLE + term for term in terms])
