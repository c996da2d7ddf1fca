"""The filters of a collection: each column with each operator that applies to it."""

import datetime as dt
from functools import cache, partial
from typing import Any

from app.entity import SLUG, Bilingual, Column, Entity, parse
from app.request.dates import explain_dates, read_day
from app.request.operators import OPERATORS, Operator
from app.request.parameters import (
    MAX_LIST_VALUES,
    MAX_VALUE_CHARS,
    Parameter,
    Parameters,
    Reader,
    by_name,
    read_boolean,
    read_list,
)

TEXT_PATTERN = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$"

# The JSON Schema of one value by the type of its column.
VALUE_SCHEMAS: dict[type, dict[str, Any]] = {
    str: {"type": "string", "maxLength": MAX_VALUE_CHARS, "pattern": TEXT_PATTERN},
    int: {"type": "integer", "format": "int64", "minimum": -(2**63), "maximum": 2**63 - 1},
    float: {"type": "number"},
    dt.date: {"type": "string", "format": "date"},
    list: {"type": "array"},
}


@cache
def filters(entity: type[Entity]) -> Parameters:
    """Return the filters of an entity by their names."""
    columns = entity.columns().values()
    return by_name(*(_filter(column, each) for column in columns for each in OPERATORS if each.applies(column)))


def _filter(column: Column, operator: Operator) -> Parameter:
    schema, example, is_date = _value_schema(column), example_of(column), column.scalar is dt.date
    read: Reader = partial(read_day, column, operator) if is_date else partial(parse, column)
    if operator.takes == "many":
        schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": MAX_LIST_VALUES}
        example, read = [example], partial(read_list, read)
    elif operator.takes == "truth":
        schema, example, read = {"type": "boolean"}, False, read_boolean
    about, title = column.declared.about, column.declared.title
    if operator.suffix:
        about = Bilingual(f"{title.zh}{operator.words.zh}。", f"{title.en} {operator.words.en}.")
    if is_date and operator.takes != "truth":
        dates = explain_dates(operator)
        about = Bilingual(f"{about.zh}{dates.zh}", f"{about.en}{dates.en}")
    return Parameter(operator.parameter(column), about, schema, example, read, column, operator)


def _value_schema(column: Column) -> dict[str, Any]:
    if column.vocabulary:
        return {"type": "string", "enum": [*map(str, column.vocabulary)]}
    if column.declared.terms:
        return {"type": "string", "pattern": f"^{SLUG}$"}
    return VALUE_SCHEMAS[column.scalar]


def example_of(column: Column) -> Any:
    """Return an example value of a column, as JSON."""
    if column.declared.example is not None:
        return column.declared.example
    if column.vocabulary:
        return str(next(iter(column.vocabulary)))
    return {int: 1, float: 1, str: "bijiang"}.get(column.scalar, "2022-08-06")
