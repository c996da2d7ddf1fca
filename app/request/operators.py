"""The filter operators, one row each: suffix, words, the columns that it applies to, and its SQL condition."""

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
    condition: Callable[[sa.ColumnElement[Any], sa.BindParameter[Any]], sa.ColumnElement[bool]]
    bind: Callable[[Any], Any] = lambda value: value

    def parameter(self, column: Column) -> str:
        """Return the name of the query parameter."""
        return f"{column.name}__{self.suffix}" if self.suffix else column.name


def _scalar(column: Column) -> bool:
    return not column.is_list


def _ordered(column: Column) -> bool:
    return _scalar(column) and column.vocabulary is None


def _free_text(column: Column) -> bool:
    return column.scalar is str and column.vocabulary is None


_ASCII_LOWER = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz")
_LITERAL = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def _pattern(text: str) -> str:
    return text.translate(_ASCII_LOWER).translate(_LITERAL)


def _like(column: sa.ColumnElement[Any], pattern: sa.BindParameter[Any]) -> sa.ColumnElement[bool]:
    # lower() folds ASCII letters alone on both databases: on PostgreSQL because the column's collation is "C".
    return sa.func.lower(column).like(pattern, escape="\\")


OPERATORS = (
    Operator("", Bilingual("等于", "equals"), "one", _scalar, lambda column, value: column == value),
    Operator(
        "ne",
        Bilingual("不等于；空值从不符合", "differs from; null never matches"),
        "one",
        _scalar,
        lambda column, value: column != value,
    ),
    Operator("gt", Bilingual("大于", "is greater than"), "one", _ordered, lambda column, value: column > value),
    Operator("gte", Bilingual("不小于", "is at least"), "one", _ordered, lambda column, value: column >= value),
    Operator("lt", Bilingual("小于", "is less than"), "one", _ordered, lambda column, value: column < value),
    Operator("lte", Bilingual("不大于", "is at most"), "one", _ordered, lambda column, value: column <= value),
    Operator(
        "in",
        Bilingual("是列出的值之一，以逗号分隔", "is one of a comma-separated list"),
        "many",
        _scalar,
        lambda column, values: column.in_(values),
    ),
    Operator(
        "contains",
        Bilingual("包含；英文字母不分大小写", "contains; ASCII letters match in either case"),
        "one",
        _free_text,
        _like,
        lambda text: f"%{_pattern(text)}%",
    ),
    Operator(
        "startswith",
        Bilingual("以此开头；英文字母不分大小写", "starts with; ASCII letters match in either case"),
        "one",
        _free_text,
        _like,
        lambda text: f"{_pattern(text)}%",
    ),
    Operator(
        "isnull",
        Bilingual("为空（true），或不为空（false）", "is null (true), or is not (false)"),
        "truth",
        lambda _: True,
        lambda column, truth: column.is_(None) == truth,
    ),
)
