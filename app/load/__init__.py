"""Seed → database: every fault told, all of it, or nothing."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple

from sqlalchemy.engine import Connection

from app.catalog import Catalog, CatalogError, read_catalog
from app.db import Database
from app.load.charts import declared_faults, require_figures
from app.load.faults import InvalidSeed, SeedFault
from app.load.locators import Locators, locate, read_locators, write_locators
from app.load.places import read_places
from app.load.reading import Reading, is_large
from app.load.rows import read_rows, stray_files
from app.load.search import Found, find, write_found
from app.load.spool import Batch, new_batch
from app.load.store import content_hash, counted, current_release, record_release, rewriting, serves, write_records
from app.load.workers import Spread, put_aside, taken_up, workers
from app.models.source import Source

Report = Callable[[str], None]


class Loaded(NamedTuple):
    """The outcome of a load."""

    release: str
    changed: bool
    counts: dict[str, int]


def load(seed: Path, database: Database, report: Report) -> Loaded:
    """Load a seed folder. Raises InvalidSeed with every fault; then, as after any error, nothing has changed."""
    with workers(many=is_large(seed)) as spread:
        catalog, batch = prepare(seed, report, spread)
        hashed = content_hash(batch, report)
        with database.transaction() as connection:
            release = current_release(connection)
            if serves(release, catalog, hashed):
                database.leave(connection)
                return Loaded(release.id, False, counted(batch))
            with rewriting(database, connection) as target:
                found = find(target, {entity: own.records() for entity, own in batch.items()}, spread)
                _write(target, write_records(target, batch, report), found, report)
                require_figures(target, catalog)
                return Loaded(record_release(target, catalog, hashed, batch), True, counted(batch))


def _write(connection: Connection, records: Iterator[None], found: Iterator[Found], report: Report) -> None:
    """Write records and index by turns, so that the one is written while the other is worked out by others."""
    if connection.dialect.name == "sqlite":
        _exhaust(zip_longest(records, write_found(connection, found, report)))
        return
    with TemporaryFile() as aside:  # a connection to PostgreSQL can do nothing else until a table is through
        _exhaust(zip_longest(records, put_aside(found, aside)))
        _exhaust(write_found(connection, taken_up(aside), report))


def _exhaust(steps: Iterable[Any]) -> None:
    for _ in steps:
        pass


def unchanged(seed: Path, database: Database, report: Report) -> Loaded | None:
    """What a load would tell if it changed nothing; None if it would change something. Raises InvalidSeed."""
    with workers(many=is_large(seed)) as spread:
        catalog, batch = prepare(seed, report, spread)
    with database.transaction() as connection:
        release = current_release(connection)
    served = serves(release, catalog, content_hash(batch, report))
    return Loaded(release.id, False, counted(batch)) if served else None


def prepare(seed: Path, report: Report, spread: Spread = map) -> tuple[Catalog, Batch]:
    """Read, compute and check a seed folder without a database. Raises InvalidSeed."""
    if not seed.is_dir():
        raise InvalidSeed(
            [SeedFault(str(seed), 0, "", "no such folder; a seed holds catalog.toml and a CSV for each collection")]
        )
    faults = list(stray_files(seed))
    catalog = None
    try:
        catalog = read_catalog(seed)
    except CatalogError as error:
        faults += [SeedFault("catalog.toml", 0, "", fault) for fault in error.faults]
    places, unlocated = read_places(seed)
    batch = new_batch()
    reading = Reading(seed, batch, places)
    reading.run(spread, report)
    faults += [*reading.unread, *unlocated]
    if reading.complete:  # or what could not be read is the cause of whatever would not fit together now
        faults += [*reading.faults, *(declared_faults(catalog, batch) if catalog else ())]
    if faults or catalog is None:
        raise InvalidSeed(faults)
    return catalog, batch


def relocate(seed: Path, source_id: str, lines: list[str], body: list[str], report: Report) -> Locators:
    """Find the words of every record of a source in its text and write `locators.csv`. Raises InvalidSeed."""
    rows, faults = read_rows(seed, report)
    known, _ = read_locators(seed)
    if source_id not in {row.values["id"] for row in rows if row.entity is Source}:
        raise InvalidSeed(
            [*faults, SeedFault("sources.csv", 0, "id", f"there is no source {source_id!r}; add its row first")]
        )
    located, missing = locate(source_id, rows, known, lines, body, dt.datetime.now(dt.UTC).date())
    if faults or missing:
        raise InvalidSeed([*faults, *missing])
    write_locators(seed, located)
    return located


__all__ = ["InvalidSeed", "Loaded", "SeedFault", "load", "prepare", "read_locators", "relocate", "unchanged"]
