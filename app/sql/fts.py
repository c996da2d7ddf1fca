"""The full-text index in SQL: FTS5 on SQLite, a tsvector on PostgreSQL."""

from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.models.search_index import ENTRIES, TERMS
from app.search import SYNTAXES, Expression, write

_TERMS = sa.table(TERMS, sa.column("rowid", sa.BigInteger()))
NUMBER: sa.ColumnElement[int] = _TERMS.c.rowid  # of the record


def join_entries(numbers: sa.Select[Any]) -> sa.Select[Any]:
    """Join a SELECT of record numbers with their index entries."""
    return numbers.join_from(_TERMS, ENTRIES, ENTRIES.c.number == NUMBER)


class TermExpression(sa.types.TypeDecorator[Expression]):
    """An expression of index terms, bound in the syntax of the database."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Expression | None, dialect: sa.Dialect) -> str | None:
        """Return the expression as text."""
        return None if value is None else write(value, SYNTAXES[dialect.name])


class Matches(FunctionElement[Any]):
    """Whether the index terms of a record match an expression.

    It has no type: SQLAlchemy would compare a Boolean with 1 on SQLite, and FTS5 takes no such condition.
    """

    name = "matches"
    inherit_cache = True


class Contains(FunctionElement[Any]):
    """Whether a text contains another, case-sensitively."""

    name = "contains"
    inherit_cache = True


class NumberOrder(FunctionElement[Any]):
    """The number of a record, to order by."""

    name = "number_order"
    inherit_cache = True


_TEMPLATES: dict[type[FunctionElement[Any]], dict[str, str]] = {
    Matches: {"sqlite": f"{TERMS} MATCH {{}}", "postgresql": f"{TERMS}.terms @@ CAST({{}} AS tsquery)"},
    Contains: {"sqlite": "instr({}) > 0", "postgresql": "strpos({}) > 0"},
    # FTS5 returns rows in the order of numbers. PostgreSQL's planner, which overestimates matches, would scan the index
    # of all numbers in their order; no index has the order of an expression.
    NumberOrder: {"sqlite": "{}", "postgresql": "({} + 0)"},
}


def _compile(template: str, element: FunctionElement[Any], compiler: Any, **options: Any) -> str:
    return template.format(compiler.process(element.clauses, **options))


for _element, _dialects in _TEMPLATES.items():
    for _dialect, _template in _dialects.items():
        compiles(_element, _dialect)(partial(_compile, _template))
