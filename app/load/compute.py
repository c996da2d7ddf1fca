"""Compute of a row what nobody types: its place, its value from words, and for a derived figure its quotient.

A row is computed by itself, from what is handed over with it: rows may be computed in any process.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from app.entity import Cited
from app.evidence.spans import Paragraph, text_fragment
from app.load.derive import derive
from app.load.faults import SeedFault
from app.load.locators import Locator
from app.load.places import Some
from app.load.rows import LOCATORS, Row
from app.models import Figure
from app.models.derived_figure import DerivedFigure
from app.models.figure import Period
from app.models.source import Source
from app.quantity import QuantityError, number, parse

# By when a source had been published: on its own date, or where that is unknown, on the repost's.
DATES = ("published_on", "reposted_on")
# The time that a token itself may name, and the period that says the same.
PERIODS = {"year": Period.PER_YEAR, "month": Period.PER_MONTH, "person-year": Period.PER_PERSON_PER_YEAR}


class Known(NamedTuple):
    """What rows of a collection are computed from, besides their own cells."""

    places: Some = Some()  # of the rows
    paragraphs: Mapping[str, Mapping[int, Paragraph]] = {}  # of the sources that are computed or cited, by their ids
    sources: Mapping[str, tuple[str, str]] = {}  # address of those that are cited, and by when they were published
    figures: Mapping[tuple[str, str], Row] = {}  # those that are divided


def compute(row: Row, known: Known) -> Iterator[SeedFault]:
    """Fill every computed column of a row in place; yield what stands in the way."""
    if row.entity is Source:
        yield from _paragraphs(row, known)
        yield from _dates(row)
    if issubclass(row.entity, Cited):
        place = known.places.get(row.values["id"])
        yield from _place(row, place, known)
        if row.entity is Figure:
            yield from _quantity(row, place, known)
    if row.entity is DerivedFigure:
        yield from derive(row, known.figures)


def _paragraphs(source: Row, known: Known) -> Iterator[SeedFault]:
    own = known.paragraphs.get(source.values["id"], {})
    source.values["paragraphs"] = [own[number]._asdict() for number in sorted(own)]
    if sorted(own) != [*range(1, len(own) + 1)] or not own:
        yield source.fault(
            "paragraphs", f"{LOCATORS} does not hold them all, 1 to the last; run `shanhai locate FILE` anew"
        )


def _dates(source: Row) -> Iterator[SeedFault]:
    """Figures hold as of the day by which their source had been published."""
    if not source.broken & set(DATES) and not any(source.values[name] for name in DATES):
        yield source.fault(DATES[0], f"is empty, and so is {DATES[1]}; give the date of publication or of the repost")


def _place(row: Row, place: Locator | None, known: Known) -> Iterator[SeedFault]:
    assert issubclass(row.entity, Cited)  # noqa: S101 - tells the type
    column = row.entity.words_column
    if {column, "id", "source_id", "paragraph"} & row.broken:
        return
    if place is None:
        detail = f"{row.words!r} was not located in the source yet; run `shanhai locate FILE` with its text"
        yield row.fault(column, detail)
    elif (place.source_id, place.paragraph) != (row.values["source_id"], row.values["paragraph"]):
        where = f"paragraph {place.paragraph} of {place.source_id}"
        yield row.fault("paragraph", f"was located in {where}; put that back, or run `shanhai locate FILE` anew")
    elif not _is_sealed(row.words, place, known):
        detail = (
            f"{row.words!r} is not what was located in paragraph {place.paragraph} [{place.start}:{place.end}], or "
            f"{LOCATORS} was edited; correct the words, or run `shanhai locate FILE` anew"
        )
        yield row.fault(column, detail)
    else:
        row.values |= {"start": place.start, "end": place.end}


def _is_sealed(words: str, place: Locator, known: Known) -> bool:
    paragraph = known.paragraphs.get(place.source_id, {}).get(place.paragraph)
    return paragraph is not None and place.holds(words, paragraph)


def _quantity(row: Row, place: Locator | None, known: Known) -> Iterator[SeedFault]:
    """Value, bounds, comparator and unit, from the words alone."""
    if "as_stated" in row.broken:
        return
    values = row.values
    try:
        quantity = parse(values["as_stated"])
    except QuantityError as fault:
        yield row.fault("as_stated", str(fault))
        return
    values |= {
        "value": number(quantity.value),
        "lower": number(quantity.lower),
        "upper": number(quantity.upper),
        "comparator": quantity.comparator.value,
        "unit": quantity.unit.code,
        "si_value": number(quantity.si_value),
        "si_unit": quantity.si_code,
    }
    if quantity.per and "period" not in row.broken and values["period"] != PERIODS.get(quantity.per):
        right = PERIODS.get(quantity.per)
        yield row.fault("period", f"{values['as_stated']!r} says per {quantity.per}; the period is {right}")
    source = known.sources.get(values["source_id"])
    if source and place:
        address, values["as_of"] = source
        values["source_url"] = text_fragment(address, values["as_stated"], place.prefix)
