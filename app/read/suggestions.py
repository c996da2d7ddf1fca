"""Where a search finds nothing: queries near to it that find something."""

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

MOST = 3
WORD = 2  # characters that make a word, mostly
TRIES = 24  # queries that are tried
LONGEST_RUN = 16  # characters of a word that is taken apart
MOST_WORDS = 5  # of a query that is taken apart


class Suggestion(NamedTuple):
    """A query, and how much it finds."""

    q: str
    total: int


def suggest(connection: Connection, search: Search) -> list[Suggestion]:
    """Up to three queries that find something there, those nearest to the one that found nothing first."""
    found: dict[str, Suggestion] = {}
    for near in islice(_near(connection, search), TRIES):
        known = any(near.text in text for text in found)
        if not known and (total := _total(connection, replace(search, query=near))):
            found[near.text] = Suggestion(near.text, total)
        if len(found) == MOST:
            break
    return list(found.values())


def _near(connection: Connection, search: Search) -> Iterator[Query]:
    """The query without what it excludes, with other words for those that find nothing, and with fewer words."""
    wanted = search.query.wanted
    if search.query.unwanted:
        yield Query(wanted)
    if len(wanted) > MOST_WORDS:
        return
    lost = [term for term in wanted if not _total(connection, replace(search, query=Query((term,))))]
    kept = tuple(term for term in wanted if term not in lost)
    for term in lost:
        for others in _others(connection, search, term):
            instead = {term: others}
            yield Query(tuple(other for each in wanted for other in instead.get(each, (each,) if each in kept else ())))
    if lost and kept:
        yield Query(kept)
    elif len(kept) > 1:
        yield from (Query(tuple(each for each in kept if each is not term)) for term in kept)


def _others(connection: Connection, search: Search, term: Term) -> Iterator[tuple[Term, ...]]:
    """Terms that somebody may have meant: words spelled or sounding alike, its parts together, or one part of it."""
    if term.amount or max(map(len, term.runs)) > LONGEST_RUN:
        return  # half a number is another number, and a whole sentence has too many parts
    if len(term.runs) > 1:
        yield from ((Term((run,)),) for run in term.runs)
    for run in term.runs:
        if is_unspaced(run):
            yield from ((Term((other,)),) for other in _sounding_alike(connection, search, run))
            yield from ((Term((run[:at],)), Term((run[at:],))) for at in range(WORD, len(run) - WORD + 1))
            yield from ((Term((part,)),) for part in _parts(run))
        else:
            yield from ((Term((other,)),) for other in similar_values(connection, WORDS.c.word, run))


def _sounding_alike(connection: Connection, search: Search, run: str) -> Iterator[str]:
    """What stands in a name and sounds like a run: 篮球 for 蓝球."""
    word = "".join(syllables((run,)))
    if not word.isalpha() or not word.isascii():
        return
    sound = Query((Term((word,)),))
    for found in read_first(connection, replace(search, query=sound)):
        alike = fold(found.hit.text[found.hit.start : found.hit.end])
        if len(alike) == 1 and len(alike[0]) == len(run):
            yield alike[0]


def _parts(run: str) -> Iterator[str]:
    shortest = WORD if len(run) > WORD else 1
    for length in range(len(run) - 1, shortest - 1, -1):
        yield from (run[start : start + length] for start in range(len(run) - length + 1))


def _total(connection: Connection, search: Search) -> int:
    return sum(count_hits(connection, search).values())
