"""What a record's values look like to readers of one language: a short text, the exact value, and where it leads."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from app.amounts import amount, qualified
from app.entity import Column, Entity
from app.models import COLLECTIONS
from app.portal.language import tag_of
from app.portal.page import Page
from app.request.relations import Relation, relations

USUAL = 5  # columns of a table, besides the name, where nobody chose
DIGITS = 4  # of a quotient
BOUNDS = ("lower", "upper", "comparator")

Record = dict[str, Any]


class Cell(NamedTuple):
    """A value as it is shown. `exact` is the value itself, where the text is another."""

    text: str | None
    exact: str | None = None
    address: str | None = None
    language: str | None = None  # of the text, where it is not the page's own


def cell(page: Page, entity: type[Entity], column: Column, record: Record) -> Cell:
    """A record's value in one column. The related records that references lead to are inside it."""
    value = record.get(column.name)
    if column.name == "value" and is_qualified(entity):
        return amount_of(page, entity, record)
    if value is None:
        return Cell(None)
    if relation := _relation(entity, column):
        return _related(page, column, relation, record)
    if column.vocabulary:
        return Cell(page.language.words(column.vocabulary.label_of(value)), value)
    if column.is_quantity and not column.is_list:
        unit = column.declared.unit or record[str(column.declared.unit_in)]
        return Cell(amount(value, unit, page.language), _exact(value))
    if column.is_list:
        return _written(_listed(page, value))
    if column.kind == "date":
        return Cell(page.language.day(value), value)
    if column.scalar is str and value.startswith(("http://", "https://")):
        return Cell(value, address=value)
    return _written(_exact(value))


def _written(text: str) -> Cell:
    """A text of the data, in the language that it is in."""
    return Cell(text, language=tag_of(text) if any(map(str.isalpha, text)) else None)


def is_qualified(entity: type[Entity]) -> bool:
    """Whether the records' `value` is told together with bounds and a comparator."""
    return {"value", "unit", *BOUNDS} <= entity.columns().keys()


def name_of(page: Page, entity: type[Entity], record: Record) -> Cell:
    """What a record is called, and its page."""
    return Cell(page.language.of(record, "name"), address=page.at(f"/{entity.collection.slug}/{record['id']}"))


@cache
def usual_columns(entity: type[Entity]) -> tuple[str, ...]:
    """The columns of a table where nobody chose: amounts first, then the words, terms, and what it belongs to."""
    absorbed = {column.declared.unit_in for column in entity.columns().values()} | _stems(entity)
    if is_qualified(entity):
        absorbed |= {*BOUNDS, "si_value"}
    ranked = sorted(
        (rank, place, name)
        for place, (name, column) in enumerate(entity.columns().items())
        if name not in absorbed and (rank := _interest(entity, column)) is not None
    )
    return tuple(name for _, _, name in ranked[:USUAL])


def references(entity: type[Entity], names: Iterable[str]) -> tuple[str, ...]:
    """The relations that have to be inside a record for these columns to be shown by name."""
    found = (_relation(entity, entity.columns()[name]) for name in names)
    return tuple(dict.fromkeys(relation.name for relation in found if relation))


def label(page: Page, column: Column) -> str:
    """A column's title."""
    return page.language.words(column.declared.title)


def _stems(entity: type[Entity]) -> set[str]:
    """Columns that only say of what kind another one's record is."""
    names = entity.columns().keys()
    return {name for name in names if name.endswith("_kind") and f"{name.removesuffix('_kind')}_id" in names}


def _interest(entity: type[Entity], column: Column) -> int | None:
    """How early a column is worth showing; None where it is not by itself."""
    if column.name in {"id", "name_zh", "name_en"} or column.is_list:
        return None
    if column.is_quantity:
        return 0
    if column.name == getattr(entity, "words_column", None):
        return 1
    if column.vocabulary:
        return 2
    if _relation(entity, column):
        return 3 if column.declared.rank < 2 else None
    if column.declared.names or column.kind == "date":
        return 4
    return None


@cache
def _relation(entity: type[Entity], column: Column) -> Relation | None:
    """The relation that a column holds the key of: by its own declaration, or by a kind that stands beside it."""
    known = relations(entity)
    if column.declared.reference:
        return known[column.declared.reference.include]
    stem = column.name.removesuffix("_id")
    return known.get(stem) if stem != column.name and f"{stem}_kind" in entity.columns() else None


def _related(page: Page, column: Column, relation: Relation, record: Record) -> Cell:
    stem = column.name.removesuffix("_id")
    if kind := record.get(f"{stem}_kind"):
        target = next(each for each in COLLECTIONS.values() if each.collection.singular == kind)
    else:
        target = relation.links[0].target
    inside, key = record.get(relation.name), record[column.name]
    text = page.language.of(inside, "name") if inside else key
    return Cell(text, key, page.at(f"/{target.collection.slug}/{key}"))


def amount_of(page: Page, entity: type[Entity], record: Record) -> Cell:
    """What a figure says, as its words qualify it."""
    text = _shortened(entity, record, page.language)
    if per := record.get("per_unit"):
        told = entity.columns()["per_unit"].vocabulary
        unit = page.language.words(told.label_of(per)) if told else per
        text = page.language.say(f"平均每{unit}{text}", f"{text} per {unit}")
    exact = record["value"]
    bounds = (record["lower"], record["upper"])
    return Cell(
        text, _exact(exact) if exact is not None else "–".join("…" if each is None else _exact(each) for each in bounds)
    )


def _shortened(entity: type[Entity], record: Record, language: str) -> str:
    """An amount in words; what was divided stands in no source, and is shown to so many digits as people read."""
    value = record["value"]
    shown = float(f"{value:.{DIGITS}g}") if value is not None and entity.columns()["value"].declared.ratio else value
    near = "≈" if shown != value and record["comparator"] == "eq" else ""
    return near + qualified({**record, "value": shown}, language)


def _listed(page: Page, values: list[Any]) -> str:
    if values and isinstance(values[0], dict):
        return page.language.say(f"{len(values)} 项", f"{len(values)} items")
    return page.language.say("、", ", ").join(map(str, values))


def _exact(value: Any) -> str:
    """A value as the data has it."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
