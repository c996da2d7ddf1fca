"""The numerals of each source that its records account for, counted at every load without the source's text."""

from collections.abc import Iterator
from typing import Any

from app.evidence.numerals import TIMES, count
from app.evidence.spans import Paragraph
from app.load.checks import Record, Records
from app.load.faults import SeedFault
from app.load.locators import Locator, Locators, seal_numerals
from app.load.rows import LOCATORS
from app.models import COLLECTIONS, Figure
from app.models.source import Source


def count_numerals(records: Records, locators: Locators) -> Iterator[SeedFault]:
    """Fill the counts of each source's paragraphs, and report spans of numerals that `locate` did not write.

    A source that was located by a version before 0.2 has no numerals, and no counts.
    """
    for source_id, record in records[Source].items():
        if found := locators.numerals(source_id):
            unaccounted = locators.unaccounted(source_id, lambda row: _is_loaded(row, records))
            paragraphs = record.values()["paragraphs"]
            for each in paragraphs:
                own = found.get(each["number"], [])
                each |= {"numerals": len(own), "unaccounted": unaccounted.get(each["number"], [])}
                if not _is_sealed(each, own):
                    detail = f"The numerals of paragraph {each['number']} were edited. Run `shanhai locate FILE` again."
                    yield SeedFault(LOCATORS, 0, "", f"{source_id}: {detail}")
            records[Source][source_id] = record.fill("paragraphs", paragraphs)


def _is_loaded(row: Locator, records: Records) -> bool:
    """Whether the record still has the words at this span."""
    if row.collection == TIMES:
        figure = records[Figure].get(row.id)
        return figure is not None and figure.values()["time_stated"] is not None
    return row.id in records[COLLECTIONS[row.collection]]


def _is_sealed(paragraph: dict[str, Any], rows: list[Locator]) -> bool:
    located = Paragraph(*(paragraph[name] for name in Paragraph._fields))
    seal = seal_numerals(located, [(row.start, row.end) for row in rows])
    return all(row.sha256 == seal for row in rows)


def open_numerals(records: dict[str, Record]) -> Iterator[str]:
    """Yield a warning for each source whose numerals are not all in a figure or excluded."""
    for source_id, record in records.items():
        counts = count(record.values()["paragraphs"])
        if counts is None:
            yield f"{source_id}: its numerals were never located. Run `shanhai locate FILE` with its text"
        elif counts.unaccounted:
            yield (
                f"{source_id}: {counts.unaccounted} of {counts.numerals} numerals are in no figure and not excluded. "
                "`shanhai locate FILE` lists them"
            )
