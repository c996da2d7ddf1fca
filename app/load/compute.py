"""Compute what nobody types: places, values from words, the columns that figures fill, and derived figures."""

from collections.abc import Iterable, Iterator

from app.entity import Anchored
from app.evidence.anchors import text_fragment
from app.load.derive import derive
from app.load.faults import SeedFault
from app.load.locators import Locators
from app.load.rows import LOCATORS, Row
from app.models import Figure
from app.models.derived_figure import DerivedFigure
from app.models.figure import Comparator, Period
from app.models.source import Source
from app.quantity import QuantityError, number, parse

Records = dict[tuple[str, str], Row]

# The time that a token itself may name, and the period that says the same.
PERIODS = {"year": Period.PER_YEAR, "month": Period.PER_MONTH, "person-year": Period.PER_PERSON_PER_YEAR}


def index(rows: Iterable[Row]) -> Records:
    """The rows by the singular of their collection and their id."""
    return {(row.entity.collection.singular, row.values["id"]): row for row in rows if row.values["id"]}


def compute(rows: list[Row], records: Records, locators: Locators) -> Iterator[SeedFault]:
    """Fill every computed column of every row in place; yield what stands in the way."""
    for row in rows:
        if row.entity is Source:
            yield from _paragraphs(row, locators)
        if issubclass(row.entity, Anchored):
            yield from _place(row, locators)
    for row in rows:
        if row.entity is Figure:
            yield from _quantity(row, records, locators)
    for row in rows:
        if row.entity is Figure:
            yield from _fill(row, records)
        if row.entity is DerivedFigure:
            yield from derive(row, records)


def _paragraphs(source: Row, locators: Locators) -> Iterator[SeedFault]:
    known = locators.paragraphs(source.values["id"])
    source.values["paragraphs"] = [each._asdict() for each in known]
    if [each.number for each in known] != [*range(1, len(known) + 1)] or not known:
        yield source.fault(
            "paragraphs", f"{LOCATORS} does not hold them all, 1 to the last; run `shanhai locate FILE` anew"
        )


def _place(row: Row, locators: Locators) -> Iterator[SeedFault]:
    assert issubclass(row.entity, Anchored)  # noqa: S101 - tells the type
    column = row.entity.words_column
    if {column, "id", "source_id", "paragraph"} & row.broken:
        return
    place = locators.place(row.entity.collection.slug, row.values["id"])
    if place is None:
        detail = f"{row.words!r} was not located in the source yet; run `shanhai locate FILE` with its text"
        yield row.fault(column, detail)
    elif (place.source_id, place.paragraph) != (row.values["source_id"], row.values["paragraph"]):
        where = f"paragraph {place.paragraph} of {place.source_id}"
        yield row.fault("paragraph", f"was located in {where}; put that back, or run `shanhai locate FILE` anew")
    elif not place.holds(row.words):
        detail = (
            f"{row.words!r} is not what stands in paragraph {place.paragraph} [{place.start}:{place.end}]; "
            "correct the words, or run `shanhai locate FILE` if another place is meant"
        )
        yield row.fault(column, detail)
    else:
        row.values |= {"start": place.start, "end": place.end}


def _quantity(row: Row, records: Records, locators: Locators) -> Iterator[SeedFault]:
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
    source = records.get(("source", values["source_id"]))
    place = locators.place("figures", values["id"])
    if source and place and not {"url", "published_on"} & source.broken:
        values["as_of"] = source.values["published_on"]
        values["source_url"] = text_fragment(source.values["url"], values["as_stated"], place.prefix)


def _fill(figure: Row, records: Records) -> Iterator[SeedFault]:
    """Let a figure fill the column of its subject that its `field` names."""
    values = figure.values
    field = values["field"]
    subject = records.get((values["subject_kind"], values["subject_id"]))
    if field is None or subject is None or {"as_stated", "field"} & figure.broken:
        return
    column = subject.entity.columns().get(field)
    if column is None or not column.measured:
        measured = [name for name, each in subject.entity.columns().items() if each.measured]
        right = f"one of {', '.join(measured)}, or empty" if measured else "empty"
        yield figure.fault("field", f"{field!r} is no measured column of {values['subject_kind']}; it is {right}")
    elif column.declared.unit != values["unit"]:
        yield figure.fault("field", f"{field} is counted in {column.declared.unit}, these words in {values['unit']}")
    elif values["comparator"] != Comparator.EQ:
        yield figure.fault("field", f"{values['as_stated']!r} is not exact, so it fills no column; leave field empty")
    elif subject.values[field] is not None:
        yield figure.fault("field", f"{field} of {values['subject_id']!r} is filled by another figure already")
    else:
        subject.values[field] = values["value"]
