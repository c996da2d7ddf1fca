"""Searching by plain reading of every text, in other words than the index's own."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache, cached_property
from itertools import accumulate
from typing import Any

from pypinyin import lazy_pinyin
from starlette.testclient import TestClient

from app.catalog import read_catalog
from app.entity import Entity
from app.load.synonyms import read_synonyms
from app.models import COLLECTIONS, Figure
from app.search import Query, Term, is_unspaced, parse_query
from app.search.fold import fold, join_runs
from app.search.terms import stem_of
from tests.conftest import SEED, Record


@dataclass(frozen=True)
class Lines:
    """The texts by which a record is found, folded: its own, those of records it refers to, and words they stand for."""

    names: list[str]
    own: list[str]
    near: list[str]
    remote: list[str]
    for_names: list[str] = field(default_factory=list)  # other words for those of the names
    for_near: list[str] = field(default_factory=list)
    for_remote: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Add the other words of each group, where the record holds one first."""
        scopes = ((self.names, self.for_names), (self.own + self.near, self.for_near), (self.remote, self.for_remote))
        for group in synonyms():
            for lines, given in scopes:
                if held := [word for word in group if _is_in(word, lines)]:
                    given.append(f"{join_runs(tuple(word for word in group if word not in held))} ")
                    break

    @cached_property
    def all(self) -> list[str]:
        """All of them."""
        return self.own + self.near + self.remote + self.for_names + self.for_near + self.for_remote


@cache
def synonyms() -> tuple[tuple[str, ...], ...]:
    return read_synonyms(SEED)[0].groups


@cache
def headlines() -> frozenset[str]:
    return frozenset(read_catalog(SEED).headlines)


def _is_in(word: str, lines: list[str]) -> bool:
    return any(word in line for line in lines) if is_unspaced(word) else _other_form(word, lines)


def lines_of(entity: type[Entity], record: Record, everything: "Everything") -> Lines:
    """Return the lines of a record."""
    names = [record[name] for name, column in entity.columns().items() if column.declared.names]
    near: list[str] = []
    remote: list[str] = []
    if entity is Figure:
        indicator = _record("indicators", record["indicator_id"], everything)
        remote += [indicator["definition_zh"], indicator["definition_en"]]
        for slug, record_id in (("indicators", indicator["id"]), (record["subject_collection"], record["subject_id"])):
            other = _record(slug, record_id, everything)
            near += [other["summary_zh"], other["summary_en"]]
            while other:
                near += [other[name] for name in ("name_zh", "name_en", "as_named") if name in other]
                other = _record(slug, other["parent_id"], everything) if other.get("parent_id") else {}
    return Lines(
        *([f"{join_runs(fold(text))} " for text in texts] for texts in (names, _texts(entity, record), near, remote))
    )


def _record(slug: str, record_id: str, everything: "Everything") -> Record:
    return next(record for record in everything[slug] if record["id"] == record_id)


def finds(query: Query, entity: type[Entity], record: Record, lines: Lines) -> bool:
    """Whether a query finds a record."""
    return all(_holds(term, lines.all, entity, record) for term in query.wanted) and not any(
        _holds(term, lines.all, entity, record, whole=True) for term in query.unwanted
    )


def _holds(term: Term, lines: list[str], entity: type[Entity], record: Record, *, whole: bool = False) -> bool:
    """Whether these lines of a record hold a term; where whole words are meant, not only the beginning of one."""
    needle = _needle(term, whole=whole)
    if term.literal and any(needle in line for line in lines):
        return True
    if term.amount and _is_amount(term.amount, entity, record):
        return True
    if not _is_one_word(term):
        return False
    (word,) = term.runs
    sounds = not (whole or len(word) == 1 or word.isdecimal()) and _sounds(word, record["name_zh"])
    return _other_form(word, lines) or sounds


def _needle(term: Term, *, whole: bool) -> str:
    """What a line must hold: a number, a letter or a phrase to its end, other words at least to their beginning."""
    last = term.runs[-1]
    to_the_end = not is_unspaced(last) and (whole or term.phrase or len(last) == 1 or last.isdecimal())
    text = join_runs(term.runs) + (" " if to_the_end else "")
    return text[1:] if is_unspaced(term.runs[0]) else text


def _is_one_word(term: Term) -> bool:
    return not term.phrase and term.literal and len(term.runs) == 1 and not is_unspaced(term.runs[0])


def _texts(entity: type[Entity], record: Record) -> Iterator[str]:
    for name, column in entity.columns().items():
        value = record[name]
        if value and column.is_searchable:
            yield from value if column.is_list else [value]


def _other_form(word: str, lines: Iterable[str]) -> bool:
    stem = stem_of(word)
    return bool(stem) and any(stem in _words_and_stems(line) for line in lines)


@cache
def _words_and_stems(line: str) -> frozenset[str]:
    return frozenset(form for word in line.split() for form in (word, stem_of(word)))


def _sounds(word: str, name: str) -> bool:
    return any(each.startswith(word) or each.replace("v", "u").startswith(word) for each in _spellings(name))


@cache
def _spellings(name: str) -> list[str]:
    """How a name sounds from each of its characters to the end of their run."""
    runs = [lazy_pinyin(run) for run in fold(name) if is_unspaced(run)]
    return ["".join(syllables[start:]) for syllables in runs for start in range(len(syllables))]


def _is_amount(amount: str, entity: type[Entity], record: Record) -> bool:
    """Whether a value of the record's own, or a number in digits in one of its texts, is that much."""
    value, _, unit = amount.removeprefix(":").partition("_")
    for name, column in entity.columns().items():
        if column.is_quantity and record[name] is not None and Decimal(repr(record[name])) == Decimal(value):
            own = column.declared.unit or record[column.declared.unit_in or ""]
            if not unit or own == unit:
                return True
    return not unit and any(Decimal(value) in _numbers(text) for text in _texts(entity, record))


@cache
def _numbers(text: str) -> set[Decimal]:
    """The numbers that a text writes with digits: 1,858 and 1.1万 and 0.5."""
    numbers = set()
    for digits, scale in re.findall(r"(\d+(?:,\d{3})*(?:\.\d+)?)([百千万亿]*)", text):
        factors = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
        *_, factor = accumulate((factors[each] for each in scale), lambda one, other: one * other, initial=1)
        numbers.add(Decimal(digits.replace(",", "")) * factor)
    return numbers


def plain_rank(query: Query, entity: type[Entity], record: Record, found_by: Lines) -> int:
    """Return the rank of a match, as the README describes it."""
    names = [fold(record[name]) for name, column in entity.columns().items() if column.declared.names and record[name]]
    (term, *more) = query.wanted
    wholes = ["_".join(name) for name in names]
    whole_query, literal = "_".join(query.runs), all(each.literal for each in query.wanted)
    sounds = "".join(lazy_pinyin("".join(filter(is_unspaced, fold(record["name_zh"])))))
    called = [*wholes, *(re.sub("(省|市|区|县|镇|乡|街道)$", "", "".join(name)) for name in names)]
    if literal and (whole_query in called or (not more and _is_one_word(term) and whole_query == sounds)):
        return 0
    if not more and term.amount and _is_own_value(term.amount, entity, record):
        return 0
    goes_on = "" if is_unspaced(query.runs[-1]) else "_"
    if literal and any(whole.startswith(whole_query + goes_on) for whole in wholes):
        return 1
    without = {**record, **dict.fromkeys(_quantities(entity))}
    texts = {name: None for name, column in entity.columns().items() if column.is_searchable} | {
        "name_zh": record["name_zh"]
    }
    nameless = {**without, **texts}
    by_synonyms = [_holds(each, found_by.names + found_by.for_names, entity, nameless) for each in query.wanted]
    near = found_by.own + found_by.near + found_by.for_names + found_by.for_near
    is_headline = entity is Figure and record["id"] in headlines()
    if is_headline and all(by_synonyms):
        return 2
    if all(_holds(each, found_by.names, entity, nameless) for each in query.wanted):
        return 3
    if is_headline and any(by_synonyms) and all(_holds(each, near, entity, record) for each in query.wanted):
        return 4
    own = all(_holds(each, found_by.own, entity, record) for each in query.wanted)
    return 5 if own or all(by_synonyms) else 6


def _quantities(entity: type[Entity]) -> list[str]:
    return [name for name, column in entity.columns().items() if column.is_quantity]


def _is_own_value(amount: str, entity: type[Entity], record: dict[str, Any]) -> bool:
    texts = {name: None for name, column in entity.columns().items() if column.is_searchable}
    return _is_amount(amount, entity, {**record, **texts})


Everything = dict[str, list[Record]]


def hits(client: TestClient, query: str, **more: Any) -> list[Record]:
    """All hits of a query, by the links."""
    records: list[Record] = []
    onward = client.get("/v1/search", params={"q": query, **more}).json()
    while True:
        records += onward["data"]
        if not onward["links"]["next"]:
            return records
        onward = client.get(onward["links"]["next"]).json()


def plainly(query: str, everything: Everything) -> list[tuple[int, int, str, str]]:
    """What a plain reader finds, in the order that the documentation promises."""
    parsed = parse_query(query)
    return sorted(
        (plain_rank(parsed, entity, record, lines), place, slug, record["id"])
        for place, (slug, entity) in enumerate(COLLECTIONS.items())
        for record, lines in zip(everything[slug], _all_lines(slug, everything), strict=True)
        if finds(parsed, entity, record, lines)
    )


_LINES: dict[tuple[int, str], tuple[Everything, list[Lines]]] = {}  # with what they are of, so that no id is used again


def _all_lines(slug: str, everything: Everything) -> list[Lines]:
    if (id(everything), slug) not in _LINES:
        own = [lines_of(COLLECTIONS[slug], record, everything) for record in everything[slug]]
        _LINES[id(everything), slug] = everything, own
    return _LINES[id(everything), slug][1]
