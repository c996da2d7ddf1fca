"""Searching 200,000 synthetic records: what the index costs, whether it finds all, and how long answers take."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.db import Database
from app.entity import Entity
from app.models.product import Product
from app.models.search_index import ENTRIES
from app.read.page import read_page
from app.read.search import count_hits, ranked_page, read_hits
from app.request.conditions import Search
from app.request.records import read_page_request
from app.request.search import SearchRequest, read_search_request
from app.search import parse_query
from app.search.fold import fold, is_unspaced, join_runs
from app.sql.search import search_shape, search_values
from bench.console import progress
from bench.search_data import Records, Vocabulary, empty_databases, make_records, write_records, write_their_index
from bench.table import Part, Table

RUNS = 7
TERMS = 10  # of each length
LENGTHS = (1, 2, 3, 6)
BOTH = "both, with records and places"
SHARES = (0.0005, 0.003, 0.01, 0.03, 0.2)

Found = tuple[str, str]  # a collection and an id
Databases = dict[str, Database]
Terms = dict[int, list[str]]
Work = Callable[[Connection], Any]


def main() -> Part:
    """Write, look for all there is, and time it."""
    chance = random.Random(20220806)  # noqa: S311 # the same records every time
    vocabulary = Vocabulary(chance)
    with empty_databases() as addresses, ExitStack() as stack:
        progress("making records")
        records = make_records(addresses["SQLite"], vocabulary)
        written_table = _writing(addresses, records)
        databases = {kind: stack.enter_context(Database(address)) for kind, address in addresses.items()}
        terms, recall = _recall(databases, records, chance)
        timed = [*map(vocabulary.found_in, SHARES), *(terms[length][0] for length in (1, 3, 6))]
        return Part("search", tables=[written_table, recall, *_timings(databases, timed)])


def _writing(addresses: dict[str, str], records: Records) -> Table:
    table = Table(
        "Search: writing",
        f"{sum(map(len, records.values())):,} synthetic records, and their search index; a single run.",
        ["database", "records, s", "index, s", "records, MB", "index, MB"],
        [],
    )
    for kind, address in addresses.items():
        progress(f"writing to {kind}")
        with Database(address, "load") as database:
            own, index = write_records(database, records), write_their_index(database, records, lambda _: None)
        seconds = f"{own.seconds:.0f}", f"{index.seconds:.0f}"
        table.rows.append([kind, *seconds, f"{own.size:,.0f}", f"{index.size:,.0f}"])
    return table


def _recall(databases: Databases, records: Records, chance: random.Random) -> tuple[Terms, Table]:
    """Hold what the index finds against a plain look into every text; return what was looked for too, by its length."""
    table = Table(
        "Search: recall",
        f"Records found, of those that a scan of every text finds; {TERMS} terms of each length.",
        ["characters", *databases, "both the same first 200"],
        [],
    )
    progress("folding all texts")
    texts = {(each.collection.slug, row["id"]): _searched(each, row) for each in records for row in records[each]}
    terms = {length: list(_at_random_places(list(texts.values()), length, chance)) for length in LENGTHS}
    for length, looked in terms.items():
        progress(f"looking for {' '.join(looked)}")
        expected, hits = 0, dict.fromkeys(databases, 0)
        for term in looked:
            (wanted,) = parse_query(term).wanted
            needle = wanted.needle
            right = {each for each, text in texts.items() if needle in text}
            expected += len(right)
            for kind, database in databases.items():
                hits[kind] += _hits(kind, database, term, right)
            _same_order(databases, term)
        counts = (f"{each:,} of {expected:,}" for each in hits.values())
        table.rows.append([str(length), *counts, f"{len(looked)} of {len(looked)}"])
    return terms, table


def _searched(entity: type[Entity], row: dict[str, Any]) -> str:
    """All texts of a record that are searched, a line for each."""
    return "\n".join(join_runs(fold(row[column.name])) for column in entity.columns().values() if column.is_searchable)


def _at_random_places(texts: list[str], length: int, chance: random.Random) -> Iterator[str]:
    seen: set[str] = set()
    while len(seen) < TERMS:
        run = chance.choice(chance.choice(texts).split())
        start = chance.randint(0, max(0, len(run) - length))
        term = run[start : start + length]
        if is_unspaced(run) and len(term) == length and term not in seen:
            seen.add(term)
            yield term


def _hits(kind: str, database: Database, term: str, right: set[Found]) -> int:
    """How many records the index finds. Raises RuntimeError where they are not the right ones."""
    search = Search(parse_query(term))
    numbers = search_shape(search).numbers().subquery()
    statement = sa.select(ENTRIES.c.collection, ENTRIES.c.id).join(numbers, numbers.c.rowid == ENTRIES.c.number)
    with database.transaction() as connection:
        hits = {(row.collection, row.id) for row in connection.execute(statement, search_values(search))}
        counted = sum(count_hits(connection, search).values())
    if hits != right or counted != len(right):
        wrong = f"{len(right - hits)} missing, {len(hits - right)} wrong, {counted} counted"
        raise RuntimeError(f"{kind}, {term}: {wrong}, such as {sorted(right ^ hits)[:3]}")
    return len(hits)


def _same_order(databases: Databases, term: str) -> None:
    orders = []
    for database in databases.values():
        with database.transaction() as connection:
            hits = read_hits(connection, _request(term, 200)).hits
        orders.append([(hit.entity.collection.slug, hit.id) for hit in hits])
    if any(order != orders[0] for order in orders):
        raise RuntimeError(f"{term}: the databases differ in order")


def _request(term: str, limit: int = 50) -> SearchRequest:
    return read_search_request([("q", term), ("limit", str(limit))])


def _timings(databases: Databases, terms: list[str]) -> Iterator[Table]:
    """Interleaved: each run does everything once, so that what else the machine does falls on all alike."""
    taken: dict[tuple[str, str], list[list[float]]] = {(kind, term): [] for kind in databases for term in terms}
    for run in range(RUNS + 1):
        progress(f"timing, {run} of {RUNS}")
        for (kind, term), runs in taken.items():
            measured = [_seconds(databases[kind], work) for work in _works(term)]
            if run:  # the first one warms up
                runs.append(measured)
    for kind, database in databases.items():
        table = Table(
            f"Search: {kind}",
            f"Milliseconds, medians of {RUNS} (lowest to highest), and how many times as long LIKE takes; its page is "
            "in no rank, so that it may end with the first 50.",
            [
                "term",
                "records",
                "count",
                "by LIKE",
                "page of 50",
                "by LIKE",
                BOTH,
                "page of one collection, with count",
            ],
            [],
        )
        for term in terms:
            with database.transaction() as connection:
                records = sum(count_hits(connection, Search(parse_query(term))).values())
            count, like_count, page, like_page, whole, collection = zip(*taken[kind, term], strict=True)
            ours = [_told(count), _times(like_count, count), _told(page), _times(like_page, page)]
            table.rows.append([term, f"{records:,}", *ours, _told(whole), _told(collection)])
        yield table


def _works(term: str) -> list[Work]:
    """What is timed: the count and a page, each by the index and with LIKE; then whole answers."""
    request, page_request = _request(term), read_page_request(Product, [("q", term)])
    like = sa.select(ENTRIES.c.number, ENTRIES.c.id).where(ENTRIES.c.text.like(f"%{term}%"))
    like_count = sa.select(sa.func.count()).select_from(like.subquery())
    like_page = like.order_by(ENTRIES.c.number).limit(50)
    return [
        lambda connection: count_hits(connection, request.search),
        lambda connection: connection.execute(like_count).all(),
        lambda connection: ranked_page(connection, request),
        lambda connection: connection.execute(like_page).all(),
        lambda connection: read_hits(connection, request),
        lambda connection: read_page(connection, page_request),
    ]


def _seconds(database: Database, work: Work) -> float:
    with database.transaction() as connection:
        began = time.perf_counter()
        work(connection)
        return time.perf_counter() - began


def _told(times: tuple[float, ...]) -> str:
    median, lowest, highest = (f"{each * 1000:.1f}" for each in (statistics.median(times), min(times), max(times)))
    return f"{median} ({lowest}–{highest})"


def _times(scan: tuple[float, ...], own: tuple[float, ...]) -> str:
    ratio = statistics.median(scan) / statistics.median(own)
    return f"× {ratio:,.0f}" if ratio >= 10 else f"× {ratio:.2g}"
