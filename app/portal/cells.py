"""A record's values as cells: short text for readers, the exact value, and a link."""

from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

from app import times
from app.amounts import amount, per_in_words, qualified
from app.entity import Absence, Column, Entity
from app.models.qualifiers import Comparator, Period, Standing
from app.portal.language import tag_of
from app.portal.page import Page
from app.request.relations import Relation, references, relations

DEFAULT_COLUMNS = 5  # of a table, after the name
QUOTIENT_DIGITS = 4  # significant digits; sources state no quotients
VAGUE_DIGITS = 2  # of a quotient of which one number is only said to be “about” its value
BOUNDS = ("lower", "upper", "comparator")

Record = dict[str, Any]


class Cell(NamedTuple):
    """A displayed value. `exact` is the value itself; `language` is the text's, if the page does not decide it.

    An empty one has no text, but says why it is empty.
    """

    text: str | None
    exact: str | None = None
    url: str | None = None
    language: str | None = None
    absence: Absence | None = None


def format_value(page: Page, entity: type[Entity], column: Column, record: Record) -> Cell:
    """Format a record's value in one column. The record includes those that its references lead to."""
    value = record.get(column.name)
    if is_qualified(entity) and (cell := _format_qualified(page, entity, column.name, record)):
        return cell
    if value is None:
        return Cell(None, absence=column.absence)
    if relation := references(entity).get(column):
        return _format_reference(page, column, relation, record)
    if column.is_term:
        return _format_term(page, column, record)
    if column.is_quantity and not column.is_list:
        unit = column.declared.unit or record[str(column.declared.unit_in)]
        return Cell(amount(value, unit, page.language), _exact(value))
    if column.is_list:
        return _format_text(_join(page, value))
    if column.kind == "date":
        return Cell(page.language.date(value), value)
    if column.scalar is str and value.startswith(("http://", "https://")):
        return Cell(value, url=value)
    return _format_text(_exact(value))


def _format_qualified(page: Page, entity: type[Entity], name: str, record: Record) -> Cell | None:
    """Format what only a figure says: its value, when it holds, and what it is per."""
    if name == "value":
        return format_amount(page, entity, record)
    if name == "time_end":
        return Cell(times.in_words(record, page.language) + _doubt(page, record), record[name])
    if name == "per" and (per := record[name]):
        return Cell(page.language.say(*map(str.strip, per_in_words(per))), per)
    return None


def _format_term(page: Page, column: Column, record: Record) -> Cell:
    value = record[column.name]
    if column.name == "per_unit" and (per := record.get("nouns", (None, None))[1]):
        return Cell(page.language.say(per.zh, per.singular), value)
    if column.vocabulary is Period and value == Period.AS_OF:
        return Cell(_capitalized(times.in_words(record, page.language)), value)
    return Cell(page.language.localize(column.labels(page.terms)[value]), value)


def _doubt(page: Page, record: Record) -> str:
    """Return the mark of a figure that is in dispute or replaced."""
    if record.get("standing") not in {Standing.DISPUTED, Standing.REPLACED}:
        return ""
    return page.language.say("，", ", ") + page.language.localize(Standing.label_of(record["standing"])).lower()


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


def format_field(page: Page, entity: type[Entity], name: str, record: Record) -> Cell:
    """Format the value of a key of a record, or as `relation.key` of the related record that it includes."""
    relation, _, key = name.rpartition(".")
    if not relation:
        return format_value(page, entity, entity.columns()[key], record)
    if (related := record[relation]) is None:
        key_column = relations(entity)[relation].key
        return Cell(None, absence=key_column.absence if key_column else Absence.NOT_APPLICABLE)
    target = relations(entity)[relation].target(record)
    return format_value(page, target, target.columns()[key], related)


def format_name(page: Page, entity: type[Entity], record: Record) -> Cell:
    """Format a record's name as a link to its page."""
    return Cell(page.language.localized(record, "name"), url=page.url(f"/{entity.collection.slug}/{record['id']}"))


def format_amount(page: Page, entity: type[Entity], record: Record) -> Cell:
    """Format a figure's value with its qualifier, its unit and what it is an average over."""
    value, language = record["value"], page.language
    if text := record.get(f"text_{language}"):
        return Cell(text, _exact_amount(record))
    ratio = value is not None and entity.columns()["value"].declared.ratio
    rounded = float(f"{value:.{_digits(record)}g}") if ratio else value
    text = "≈" if rounded != value and record["comparator"] == "eq" else ""
    if not record.get("per_unit"):
        return Cell(text + qualified({**record, "value": rounded}, language), _exact_amount(record))
    text += qualified({**record, "value": rounded}, language, record.get("nouns", (None, None))[0])
    unit = format_value(page, entity, entity.columns()["per_unit"], record).text
    return Cell(language.say(f"平均每{unit}{text}", f"{text} per {unit}"), _exact_amount(record))


def _digits(quotient: Record) -> int:
    """Return the significant digits to display of a quotient: fewer if its words are vague, which sets no bounds."""
    is_vague = quotient["comparator"] == Comparator.APPROX and quotient["lower"] is None and quotient["upper"] is None
    return VAGUE_DIGITS if is_vague else QUOTIENT_DIGITS


def _exact_amount(record: Record) -> str:
    if record["value"] is not None:
        return _exact(record["value"])
    bounds = (record["lower"], record["upper"])
    return "–".join("…" if bound is None else _exact(bound) for bound in bounds)


def is_qualified(entity: type[Entity]) -> bool:
    """Return whether the records' `value` is shown with bounds and a comparator."""
    return {"value", "unit", *BOUNDS} <= entity.columns().keys()


def column_title(page: Page, column: Column) -> str:
    """Return a column's title."""
    return page.language.localize(column.declared.title)


@cache
def default_columns(entity: type[Entity]) -> tuple[str, ...]:
    """Return the columns of a table unless the query names some.

    They are the declared ones, or amounts first, then words, terms and references.
    """
    if entity.table_columns:
        return entity.table_columns
    columns = entity.columns()
    merged = {column.declared.unit_in for column in columns.values()} | {"id", "name_zh", "name_en"}
    for name in columns:
        if f"{name.removesuffix('_id')}_kind" in columns:  # the id is shown as a link to its record
            merged |= {f"{name.removesuffix('_id')}_{part}" for part in ("kind", "collection")}
    if is_qualified(entity):
        merged |= {*BOUNDS, "si_value"}
    ranks = {name: _rank(entity, column) for name, column in columns.items() if name not in merged}
    ranked = sorted((name for name, rank in ranks.items() if rank is not None), key=lambda name: ranks[name] or 0)
    return tuple(ranked[:DEFAULT_COLUMNS])


def includes(entity: type[Entity], names: Iterable[str]) -> list[tuple[str, str]]:
    """Return the `include` parameter that these columns need to show related records by name."""
    needed = (_needed(entity, name) for name in names)
    joined = ",".join(dict.fromkeys(relation.name for relation in needed if relation))
    return [("include", joined)] if joined else []


def _needed(entity: type[Entity], name: str) -> Relation | None:
    """Return the relation that a cell of this key or `relation.key` shows a record of."""
    relation = name.rpartition(".")[0]
    return relations(entity)[relation] if relation else references(entity).get(entity.columns()[name])


def _rank(entity: type[Entity], column: Column) -> int | None:
    """Return a column's rank among the default columns, or None for a column that is not one."""
    ranked = (
        column.is_quantity,
        column.name == getattr(entity, "words_column", None),
        column.is_term,
        column in references(entity) and column.declared.rank < 2,
        column.declared.names or column.kind == "date",
    )
    return None if column.is_list else next((rank for rank, applies in enumerate(ranked) if applies), None)


def _format_reference(page: Page, column: Column, relation: Relation, record: Record) -> Cell:
    target, related, key = relation.target(record), record.get(relation.name), record[column.name]
    text = page.language.localized(related, "name") if related else key
    return Cell(text, key, page.url(f"/{target.collection.slug}/{key}"))


def _format_text(text: str) -> Cell:
    return Cell(text, language=tag_of(text) if any(map(str.isalpha, text)) else None)


def _join(page: Page, values: list[Any]) -> str:
    if values and isinstance(values[0], dict):
        return str(len(values))
    return page.language.say("、", ", ").join(map(str, values))


def _exact(value: Any) -> str:
    """Return a value as the API writes it."""
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
