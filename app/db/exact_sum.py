"""Sums that come out the same on both databases, in whatever order they are added up."""

import math
import sqlite3
import sys
from decimal import Context, Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class ExactSum(FunctionElement[Any]):
    """The sum of a column's decimal values, the same on both databases: no order of adding changes a digit of it.

    It is of the column's own type; null where there is nothing to add, or where the type has no number so large.
    """

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
    # By way of text: a double that is cast to numeric at once keeps fifteen digits only.
    total = sa.func.sum(sa.cast(sa.cast(column, sa.Text), sa.Numeric))
    most: sa.ColumnElement[Any] = sa.literal_column(LARGEST[type(element.type)])
    text: str = compiler.process(sa.case((sa.func.abs(total) <= most, sa.cast(total, element.type))), **options)
    return text


LARGEST: dict[type, str] = {sa.BigInteger: str(2**63 - 1), sa.Double: repr(sys.float_info.max)}
EXACT = 2**53  # below it a whole double is the decimal that it is written as
_CONTEXT = Context(prec=1000)  # more digits than lie between the smallest double and a sum of the largest


class _Adder:
    """What SQLite calls for `exact_sum`: `step` with every value, then `finalize`."""

    def __init__(self) -> None:
        self._kind: type | None = None
        self._whole, self._rest = 0, Decimal(0)

    def step(self, value: float | None) -> None:
        if value is None:
            return
        self._kind = type(value)
        if isinstance(value, int) or (-EXACT < value < EXACT and value == int(value)):
            self._whole += int(value)
        else:
            self._rest = _CONTEXT.add(self._rest, Decimal(repr(value)))

    def finalize(self) -> float | None:
        if self._kind is int:
            return self._whole if abs(self._whole) < 2**63 else None
        total = float(_CONTEXT.add(self._rest, self._whole))
        return total if self._kind and math.isfinite(total) else None


@sa.event.listens_for(sa.Engine, "connect")
def _teach(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.create_aggregate(ExactSum.name, 1, _Adder)  # type: ignore[arg-type] # a sum may be null
