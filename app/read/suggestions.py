"""Queries similar to one without results, which have results."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from sqlalchemy.engine import Connection

from app.models.search_index import WORDS
from app.read.search import count_hits, read_first
from app.read.similar import similar_values
from app.request.conditions import Search
from app.search import Query, Term, fold, is_unspaced, syllables

MAX_SUGGESTIONS = 3
MAX_TRIED_QUERIES = 24
MAX_WORDS = 5  # of a query that is varied
MAX_RUN_CHARS = 16  # of a word that is varied
MIN_WORD_CHARS = 2  # of the parts of a Chinese run


class Suggestion(NamedTuple):
    """A query and the number of its results."""

    q: str
    total: int


def suggest(connection: Connection, search: Search) -> list[Suggestion]:
    """Return up to three queries with results, the most similar first."""
    suggestions: dict[str, Suggestion] = {}
    for query in islice(_similar_queries(connection, search), MAX_TRIED_QUERIES):
        included = any(query.text in text for text in suggestions)
        if not included and (total := _total(connection, search, query)):
            suggestions[query.text] = Suggestion(query.text, total)
        if len(suggestions) == MAX_SUGGESTIONS:
            break
    return list(suggestions.values())


def _similar_queries(connection: Connection, search: Search) -> Iterator[Query]:
    """Yield the query without exclusions, with other terms for those without results, and with fewer terms."""
    terms = search.query.wanted
    if search.query.unwanted:
        yield Query(terms)
    if len(terms) > MAX_WORDS:
        return
    known = tuple(term for term in terms if _total(connection, search, Query((term,))))
    unknown = [term for term in terms if term not in known]
    for term in unknown:
        start = terms.index(term)
        before, after = (tuple(each for each in part if each in known) for part in (terms[:start], terms[start + 1 :]))
        yield from (Query((*before, *others, *after)) for others in _similar_terms(connection, search, term))
    if unknown and known:
        yield Query(known)
    if len(known) > 1:
        yield from (Query(tuple(each for each in known if each is not term)) for term in known)


def _similar_terms(connection: Connection, search: Search, term: Term) -> Iterator[tuple[Term, ...]]:
    """Yield terms in place of one: words that are spelled or sound alike, all of its parts, or one of them."""
    if term.amount or max(map(len, term.runs)) > MAX_RUN_CHARS:
        return  # half a number is another number, and a sentence has too many parts
    if len(term.runs) > 1:
        yield from ((Term((run,)),) for run in term.runs)
    for run in term.runs:
        if is_unspaced(run):
            yield from ((Term((other,)),) for other in _homophones(connection, search, run))
            splits = range(MIN_WORD_CHARS, len(run) - MIN_WORD_CHARS + 1)
            yield from ((Term((run[:at],)), Term((run[at:],))) for at in splits)
            yield from ((Term((part,)),) for part in _parts(run))
        else:
            yield from ((Term((other,)),) for other in similar_values(connection, WORDS.c.word, run))


def _homophones(connection: Connection, search: Search, run: str) -> Iterator[str]:
    """Yield the run of the same length in a name that sounds like this one: 篮球 for 蓝球."""
    word = "".join(syllables((run,)))
    if not word.isalpha() or not word.isascii():
        return
    for result in read_first(connection, replace(search, query=Query((Term((word,)),)))):
        runs = fold(result.hit.text[result.hit.start : result.hit.end])
        if len(runs) == 1 and len(runs[0]) == len(run):
            yield runs[0]


def _parts(run: str) -> Iterator[str]:
    """Yield the proper parts of a run, the longest first."""
    shortest = MIN_WORD_CHARS if len(run) > MIN_WORD_CHARS else 1
    for length in range(len(run) - 1, shortest - 1, -1):
        yield from (run[start : start + length] for start in range(len(run) - length + 1))


def _total(connection: Connection, search: Search, query: Query) -> int:
    return sum(count_hits(connection, replace(search, query=query)).values())
