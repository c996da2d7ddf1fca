"""A decimal sum that is the same on both databases, in any order of the rows."""

import math
import sqlite3
import sys
from decimal import Context, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class ExactSum(FunctionElement[Any]):
    """The exact sum of a column's values as decimals, in the column's type; null without rows or on overflow."""

    name = "exact_sum"
    inherit_cache = True

    def __init__(self, column: sa.ColumnElement[Any]) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(ExactSum, "sqlite")
def _sum_on_sqlite(element: ExactSum, compiler: Any, **options: Any) -> str:
    return f"{element.name}({compiler.process(element.clauses, **options)})"


@compiles(ExactSum, "postgresql")
def _sum_on_postgresql(element: ExactSum, compiler: Any, **options: Any) -> str:
    (column,) = element.clauses
    # Cast through text: a double cast to numeric keeps fifteen digits only.
    total = sa.func.sum(sa.cast(sa.cast(column, sa.Text), sa.Numeric))
    limit: sa.ColumnElement[Any] = sa.literal_column(MAX_VALUES[type(element.type)])
    text: str = compiler.process(sa.case((sa.func.abs(total) <= limit, sa.cast(total, element.type))), **options)
    return text


MAX_VALUES: dict[type, str] = {sa.BigInteger: str(2**63 - 1), sa.Double: repr(sys.float_info.max)}
MAX_EXACT = 2**53  # every whole double below it is exactly its decimal
_CONTEXT = Context(prec=1000)  # digits from the smallest double to a sum of the largest


class _Adder:
    """The aggregate function of SQLite: `step` is called with every value, then `finalize`."""

    def __init__(self) -> None:
        self._kind: type | None = None
        self._whole, self._rest = 0, Decimal(0)

    def step(self, value: float | None) -> None:
        if value is None:
            return
        self._kind = type(value)
        if isinstance(value, int) or (-MAX_EXACT < value < MAX_EXACT and value == int(value)):
            self._whole += int(value)
        else:
            self._rest = _CONTEXT.add(self._rest, Decimal(repr(value)))

    def finalize(self) -> float | None:
        if self._kind is int:
            return self._whole if abs(self._whole) < 2**63 else None
        total = float(_CONTEXT.add(self._rest, self._whole))
        return total if self._kind and math.isfinite(total) else None


@sa.event.listens_for(sa.Engine, "connect")
def _register(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_aggregate(ExactSum.name, 1, _Adder)  # type: ignore[arg-type] # a sum may be null
