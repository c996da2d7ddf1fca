"""Seed → database: every fault told, one transaction, or nothing."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from app.catalog import Catalog, CatalogError, read_catalog
from app.db import Database
from app.load.checks import check, parents_first
from app.load.compute import compute, index
from app.load.faults import InvalidSeed, SeedFault
from app.load.locators import Locators, locate, read_locators, write_locators
from app.load.rows import read_rows
from app.load.search import write_index
from app.load.store import Batch, counted, current_release, record_release, replace_records, serves, write_records
from app.models import ENTITIES
from app.models.source import Source

Report = Callable[[str], None]


class Loaded(NamedTuple):
    """The outcome of a load."""

    release: str
    changed: bool
    counts: dict[str, int]


def load(seed: Path, database: Database, report: Report) -> Loaded:
    """Load a seed folder. Raises InvalidSeed with every fault; then, as after any error, nothing has changed."""
    catalog, batch = prepare(seed, report)
    content_hash = write_records(batch)
    with database.transaction() as connection:
        release = current_release(connection)
        if serves(release, catalog, content_hash):
            return Loaded(release.id, False, counted(batch))
        replace_records(connection, batch, report)
        write_index(connection, {entity: [row.values for row in rows] for entity, rows in batch.items()}, report)
        return Loaded(record_release(connection, catalog, content_hash, batch), True, counted(batch))


def unchanged(seed: Path, database: Database, report: Report) -> Loaded | None:
    """What a load would tell if it changed nothing; None if it would change something. Raises InvalidSeed."""
    catalog, batch = prepare(seed, report)
    with database.transaction() as connection:
        release = current_release(connection)
    served = serves(release, catalog, write_records(batch))
    return Loaded(release.id, False, counted(batch)) if served else None


def prepare(seed: Path, report: Report) -> tuple[Catalog, Batch]:
    """Read, compute and check a seed folder without a database. Raises InvalidSeed."""
    if not seed.is_dir():
        raise InvalidSeed(
            [SeedFault(str(seed), 0, "", "no such folder; a seed holds catalog.toml and a CSV for each collection")]
        )
    faults: list[SeedFault] = []
    catalog = None
    try:
        catalog = read_catalog(seed)
    except CatalogError as error:
        faults += [SeedFault("catalog.toml", 0, "", fault) for fault in error.faults]
    rows, found = read_rows(seed, report)
    locators, unreadable = read_locators(seed)
    if not {row.entity for row in rows}.issuperset(ENTITIES) and found:
        # A file that could not be read is the cause of whatever would not fit together now.
        raise InvalidSeed([*faults, *found, *unreadable])
    records = index(rows)
    faults += [*found, *unreadable, *compute(rows, records, locators), *check(rows, records)]
    batch = parents_first(rows, faults)
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
    located, missing = locate(source_id, rows, known, lines, body)
    if faults or missing:
        raise InvalidSeed([*faults, *missing])
    write_locators(seed, located)
    return located


__all__ = ["InvalidSeed", "Loaded", "SeedFault", "load", "prepare", "read_locators", "relocate", "unchanged"]
