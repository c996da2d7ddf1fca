"""Query parameters derived from an entity: what each is called, what it takes, and how its text is read."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial
from typing import Any

from app.entity import Column, Entity, ValueFault, parse, term
from app.errors import Fault, InvalidQuery
from app.query.operators import OPERATORS, Operator
from app.query.relations import relations

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000
MAX_LENGTH = 500  # of one value, in characters
MAX_CURSOR = 16_000  # of a cursor, which carries a row's sort keys
MAX_SORT_KEYS = 8
MAX_TERMS = 100  # of one comma-separated list
MAX_OFFSET = 10_000_000

JSON_TYPES: dict[type, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer", "format": "int64"},
    float: {"type": "number"},
    dt.date: {"type": "string", "format": "date"},
    list: {"type": "array"},
}

# What one value of a text or whole-number parameter may be, beyond its type.
LIMITS: dict[str, dict[str, Any]] = {
    "string": {"maxLength": MAX_LENGTH, "pattern": r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"},
    "integer": {"minimum": -(2**63), "maximum": 2**63 - 1},
}


@dataclass(frozen=True)
class Parameter:
    """One query parameter. `read` takes its text and raises ValueFault where that does not fit."""

    name: str
    about: str
    schema: Mapping[str, Any]
    example: Any
    read: Callable[[str], Any]
    column: Column | None = None
    operator: Operator | None = None


def read_parameters(known: Mapping[str, Parameter], given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The values of all given parameters. Raises InvalidQuery that tells every fault, not just the first."""
    values: dict[str, Any] = {}
    faults = []
    for name, text in given:
        parameter = known.get(name)
        if parameter is None:
            faults.append(_unknown(name, known))
        elif not text and name == "cursor":
            continue  # the beginning, which needs no cursor
        elif name in values:
            hint = (
                f"; for several values use {parameter.column.name}__in=a,b" if parameter.column else "; once is enough"
            )
            faults.append(Fault(name, f"given more than once{hint}"))
        elif max(map(len, text.split(","))) > (longest := MAX_LENGTH if parameter.operator else MAX_CURSOR):
            faults.append(Fault(name, f"longer than {longest} characters"))
        else:
            try:
                values[name] = parameter.read(text)
            except ValueFault as fault:
                values[name] = None
                faults.append(Fault(name, fault.detail, fault.allowed))
    if faults:
        raise InvalidQuery(faults)
    return values


def _unknown(name: str, known: Mapping[str, Parameter]) -> Fault:
    near = get_close_matches(name, known, n=3, cutoff=0.6)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    return Fault(name[:100], f"no such parameter here{hint}", near or sorted(known))


# --- readers of one text


def _list(read: Callable[[str], Any], text: str, most: int = MAX_TERMS) -> tuple[Any, ...]:
    items = text.split(",")
    if len(items) > most:
        raise ValueFault(f"more than {most} values")
    return tuple(read(item) for item in items)


def _distinct(read: Callable[[str], Any], text: str) -> tuple[Any, ...]:
    items = _list(read, text)
    if twice := next((item for item in items if items.count(item) > 1), None):
        raise ValueFault(f"{twice!r} stands there twice")
    return items


def _truth(text: str) -> bool:
    return term(text, ["true", "false"], "truth value") == "true"


def _between(least: int, most: int, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19 and least <= int(text) <= most):
        raise ValueFault(f"{text[:20]!r} is not a whole number from {least} to {most}")
    return int(text)


def _one_of(allowed: list[str], noun: str, text: str) -> str:
    return term(text, allowed, noun)


def _sort_key(allowed: list[str], text: str) -> tuple[str, bool]:
    return term(text.removeprefix("-"), allowed, "field to sort by"), text.startswith("-")


# --- what an entity's collection takes


@cache
def filters(entity: type[Entity]) -> Mapping[str, Parameter]:
    """Every filter: each column with each operator that applies to it."""
    found = (
        _filter(column, operator)
        for column in entity.columns().values()
        for operator in OPERATORS
        if operator.applies(column)
    )
    return {parameter.name: parameter for parameter in found}


def _filter(column: Column, operator: Operator) -> Parameter:
    schema = column_schema(column)
    if not {"enum", "format"} & schema.keys() or schema["type"] == "integer":
        schema |= LIMITS.get(schema["type"], {})
    example = example_of(column)
    read: Callable[[str], Any] = partial(parse, column)
    if operator.takes == "many":
        schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": MAX_TERMS}
        example, read = [example], partial(_list, read)
    elif operator.takes == "truth":
        schema, example, read = {"type": "boolean"}, False, _truth
    about = f"{column.declared.title.en} {operator.words}. {column.declared.about.en}"
    return Parameter(operator.parameter(column), about, schema, example, read, column, operator)


def column_schema(column: Column) -> dict[str, Any]:
    """The JSON Schema of one value of a column."""
    if column.vocabulary:
        return {"type": "string", "enum": [*map(str, column.vocabulary)]}
    return dict(JSON_TYPES[column.scalar])


def example_of(column: Column) -> Any:
    """A value that the column could hold, as JSON has it."""
    if column.declared.example is not None:
        return column.declared.example
    if column.vocabulary:
        return str(next(iter(column.vocabulary)))
    return {int: 1, float: 1, str: "bijiang"}.get(column.scalar, "2022-08-06")


def format_parameter(formats: tuple[str, ...]) -> Parameter:
    """The one parameter that every answer takes."""
    return Parameter(
        "format",
        "Format of the answer; it wins over the Accept header.",
        {"type": "string", "enum": list(formats)},
        formats[0],
        partial(_one_of, list(formats), "format"),
    )


@cache
def record_parameters(entity: type[Entity], formats: tuple[str, ...]) -> Mapping[str, Parameter]:
    """What the address of one record takes."""
    columns = list(entity.columns())
    follow = list(relations(entity))
    controls = [
        Parameter(
            "fields",
            "Only these keys, in this order; a comma-separated list.",
            _array(columns),
            columns[:2],
            partial(_distinct, partial(_one_of, columns, "field")),
        ),
        format_parameter(formats),
    ]
    if follow:
        controls.append(
            Parameter(
                "include",
                "Related records to put inside each record; a comma-separated list.",
                _array(follow),
                follow[:1],
                partial(_distinct, partial(_one_of, follow, "related record")),
            )
        )
    return {parameter.name: parameter for parameter in controls}


@cache
def page_parameters(entity: type[Entity], formats: tuple[str, ...]) -> Mapping[str, Parameter]:
    """Everything that the address of a collection takes."""
    columns = entity.columns()
    sortable = [name for name, column in columns.items() if not column.is_list]
    countable = [name for name, column in columns.items() if column.countable]
    keys = [key for name in sortable for key in (name, f"-{name}")]
    own = [
        Parameter(
            "sort",
            "Fields to sort by, a minus for descending; a comma-separated list. Nulls last; `id` is the last key.",
            _array(keys, unique=False) | {"maxItems": MAX_SORT_KEYS},
            [f"-{sortable[1]}", "id"],
            partial(_list, partial(_sort_key, sortable), most=MAX_SORT_KEYS),
        ),
        Parameter(
            "facet",
            "Fields whose values are counted, each without its own filter; a comma-separated list.",
            _array(countable),
            countable[:2],
            partial(_distinct, partial(_one_of, countable, "field to count by")),
        ),
        Parameter(
            "limit",
            f"Records on a page, 1 to {MAX_LIMIT}; 0 together with `facet`.",
            {"type": "integer", "minimum": 0, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
            2,
            partial(_between, 0, MAX_LIMIT),
        ),
        Parameter(
            "offset",
            "Records to pass over, for page numbers; not together with `cursor`.",
            {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET},
            10,
            partial(_between, 0, MAX_OFFSET),
        ),
        Parameter(
            "cursor",
            "Where to go on, from `links.next` or `links.prev` of the same query; opaque.",
            {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"},
            "",
            str,
        ),
    ]
    own = [parameter for parameter in own if parameter.name != "facet" or countable]
    return {**record_parameters(entity, formats), **{parameter.name: parameter for parameter in own}, **filters(entity)}


def _array(values: list[str], *, unique: bool = True) -> dict[str, Any]:
    items = {"type": "string", "enum": values}
    return {"type": "array", "items": items, "minItems": 1, "maxItems": MAX_TERMS, "uniqueItems": unique}
