"""Seed → database: all of a seed, or nothing and a list of every fault."""

from pathlib import Path
from typing import NamedTuple

from app.db import Database
from app.load.charts import check_charts
from app.load.exclusions import Exclusions, propose_exclusions
from app.load.faults import InvalidSeed, SeedFault
from app.load.locators import Locators, read_known, relocate, unlocated_sources
from app.load.numerals import open_numerals
from app.load.rows import Report
from app.load.search_index import write_index
from app.load.seed import is_large, prepare, worker_map
from app.load.sqlite_swap import leftovers, remove_leftovers
from app.load.synonyms import read_synonyms
from app.load.write import (
    content_hash,
    count_records,
    is_served,
    read_current,
    read_namesake,
    record_release,
    rewrite,
    write_records,
)
from app.models.source import Source


class Loaded(NamedTuple):
    """The release that is served after a load, whether the load changed it, its counts by collection, and warnings."""

    release: str
    changed: bool
    counts: dict[str, int]
    warnings: tuple[str, ...] = ()


def load(seed: Path, database: Database, report: Report) -> Loaded:
    """Load a seed folder in one transaction. Raises InvalidSeed with every fault; after any error nothing changed."""
    with worker_map(parallel=is_large(seed)) as parallel_map:
        catalog, records = prepare(seed, report, parallel_map)
        digest, counts = content_hash(records, report), count_records(records)
        synonyms, _ = read_synonyms(seed)
        warnings = tuple(open_numerals(records[Source]))
        with database.transaction() as connection:
            current = read_current(connection)
            if current and is_served(current, catalog, digest, synonyms):
                remove_leftovers(database)
                database.rollback(connection)
                return Loaded(current.id, False, counts, warnings)
            with rewrite(database, connection) as target:
                write_records(target, records, report)
                by_id = {entity: [own[each].json for each in sorted(own)] for entity, own in records.items()}
                write_index(target, by_id, report, parallel_map, catalog.headlines, synonyms)
                check_charts(target, catalog)
                release = record_release(target, catalog, digest, counts, synonyms)
                if namesake := read_namesake(target, release, catalog.edition):
                    warnings = (*warnings, same_edition(namesake, catalog.edition))
                return Loaded(release, True, counts, warnings)


def same_edition(release: str, edition: str) -> str:
    """Return the warning that another release has the same edition."""
    return (
        f"release {release} calls itself edition {edition} too, and differs. "
        "Before this one is cited, change edition and released_on in catalog.toml"
    )


def unchanged(seed: Path, database: Database, report: Report) -> Loaded | None:
    """Return the outcome of a load that would change nothing, None if it would. Raises InvalidSeed.

    A load would also remove what a killed one has left.
    """
    with worker_map(parallel=is_large(seed)) as parallel_map:
        catalog, records = prepare(seed, report, parallel_map)
    with database.transaction() as connection:
        current = read_current(connection)
    synonyms, _ = read_synonyms(seed)
    served = current and is_served(current, catalog, content_hash(records, report), synonyms)
    if not (current and served) or leftovers(database):
        return None
    return Loaded(current.id, False, count_records(records), tuple(open_numerals(records[Source])))


__all__ = [
    "Exclusions",
    "InvalidSeed",
    "Loaded",
    "Locators",
    "SeedFault",
    "load",
    "prepare",
    "propose_exclusions",
    "read_known",
    "relocate",
    "unchanged",
    "unlocated_sources",
]
