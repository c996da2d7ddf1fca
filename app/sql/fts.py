"""The index of terms as SQL: what leads to a record, what its text holds, and in which order records stand."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from app.models.search_index import ENTRIES, TERMS
from app.search import SYNTAXES, Expression, write

_TERMS = sa.table(TERMS, sa.column("rowid", sa.BigInteger()))
NUMBER: sa.ColumnElement[int] = _TERMS.c.rowid


def in_entries(found: sa.Select[Any]) -> sa.Select[Any]:
    """The same, each beside its entry."""
    return found.join_from(_TERMS, ENTRIES, ENTRIES.c.number == NUMBER)


class Written(sa.types.TypeDecorator[Expression]):
    """An expression of index terms, written as the database wants it."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Expression | None, dialect: sa.Dialect) -> str | None:
        """The expression as text."""
        return None if value is None else write(value, SYNTAXES[dialect.name])


class Leads(FunctionElement[Any]):
    """Whether the index terms of a record satisfy an expression."""

    name = "leads"
    inherit_cache = True
    # Of no declared type: a truth value would be compared with 1 on SQLite, and an index is not asked that way.


class Holds(FunctionElement[Any]):
    """Whether a text holds another, letter by letter."""

    name = "holds"
    inherit_cache = True


class Placed(FunctionElement[Any]):
    """The number of a record, to order by."""

    name = "placed"
    inherit_cache = True


@compiles(Placed, "sqlite")
def _placed_on_sqlite(element: Placed, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))  # the order in which FTS5 finds them anyway


@compiles(Placed, "postgresql")
def _placed_on_postgresql(element: Placed, compiler: Any, **options: Any) -> str:
    # An order that no other index has: the planner would rather read all numbers than believe that few are found.
    return f"({compiler.process(element.clauses, **options)} + 0)"


@compiles(Leads, "sqlite")
def _leads_on_sqlite(element: Leads, compiler: Any, **options: Any) -> str:
    return f"{TERMS} MATCH {compiler.process(element.clauses, **options)}"


@compiles(Leads, "postgresql")
def _leads_on_postgresql(element: Leads, compiler: Any, **options: Any) -> str:
    return f"{TERMS}.terms @@ CAST({compiler.process(element.clauses, **options)} AS tsquery)"


@compiles(Holds, "sqlite")
def _holds_on_sqlite(element: Holds, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)}) > 0"


@compiles(Holds, "postgresql")
def _holds_on_postgresql(element: Holds, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)}) > 0"
