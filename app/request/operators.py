"""The filter operators, one row each: suffix, words, the columns that it applies to, and its SQL condition."""

import datetime as dt
import operator
import string
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa

from app.entity import Bilingual, Column

Takes = Literal["one", "many", "truth"]


class Operator(NamedTuple):
    """`{field}__{suffix}=…`; the plain `{field}=…` is the operator without a suffix."""

    suffix: str
    words: Bilingual
    takes: Takes
    applies: Callable[[Column], bool]
    suits: Callable[[Column], bool]  # the columns for which it is documented
    condition: Callable[[sa.ColumnElement[Any], sa.BindParameter[Any]], sa.ColumnElement[bool]]
    bind: Callable[[Any], Any] = lambda value: value

    def parameter(self, column: Column) -> str:
        """Return the name of the query parameter."""
        return f"{column.name}__{self.suffix}" if self.suffix else column.name


def _is_scalar(column: Column) -> bool:
    return not column.is_list


def _is_ordered(column: Column) -> bool:
    return _is_scalar(column) and not column.is_term


def _is_free_text(column: Column) -> bool:
    return column.scalar is str and not column.is_term


# The columns for which the OpenAPI document declares an operator: those that readers filter by. A document with every
# operator for every column is too large for generators of clients and for readers.


def _suits_equality(column: Column) -> bool:
    """Nobody knows prose, addresses and places in a text by heart."""
    return (column.is_categorical and column.scalar is not int) or column.is_quantity or column.scalar is dt.date


def _suits_sets(column: Column) -> bool:
    return column.name == "id" or (column.is_categorical and column.scalar is str)


def _suits_bounds(column: Column) -> bool:
    return column.is_quantity or column.scalar is dt.date


def _suits_search(column: Column) -> bool:
    return column.declared.names and column.name != "id"  # `q` searches prose


def _suits_nothing(_: Column) -> bool:
    return False


_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def _escape(text: str) -> str:
    return text.translate(_ASCII_LOWER).translate(_LITERAL)


def _like(column: sa.ColumnElement[Any], pattern: sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
    # lower() folds ASCII letters alone on both databases: on PostgreSQL because the column's collation is "C".
    return sa.func.lower(column).like(pattern, escape="\\")


OPERATORS = (
    Operator("", Bilingual("等于", "equals"), "one", _is_scalar, _suits_equality, operator.eq),
    Operator(
        "ne",
        Bilingual("不等于；空值从不符合", "differs from; null never matches"),
        "one",
        _is_scalar,
        _suits_nothing,
        operator.ne,
    ),
    Operator("gt", Bilingual("大于", "is greater than"), "one", _is_ordered, _suits_nothing, operator.gt),
    Operator("gte", Bilingual("不小于", "is at least"), "one", _is_ordered, _suits_bounds, operator.ge),
    Operator("lt", Bilingual("小于", "is less than"), "one", _is_ordered, _suits_nothing, operator.lt),
    Operator("lte", Bilingual("不大于", "is at most"), "one", _is_ordered, _suits_bounds, operator.le),
    Operator(
        "in",
        Bilingual("是列出的值之一", "is one of a list"),
        "many",
        _is_scalar,
        _suits_sets,
        sa.ColumnElement.in_,
    ),
    Operator(
        "contains",
        Bilingual("包含；英文字母不分大小写", "contains; ASCII letters match in either case"),
        "one",
        _is_free_text,
        _suits_search,
        _like,
        lambda text: f"%{_escape(text)}%",
    ),
    Operator(
        "startswith",
        Bilingual("以此开头；英文字母不分大小写", "starts with; ASCII letters match in either case"),
        "one",
        _is_free_text,
        _suits_nothing,
        _like,
        lambda text: f"{_escape(text)}%",
    ),
    Operator(
        "isnull",
        Bilingual("为空（true），或不为空（false）", "is null (true), or is not (false)"),
        "truth",
        lambda _: True,
        _suits_nothing,
        lambda column, truth: column.is_(None) == truth,
    ),
)
