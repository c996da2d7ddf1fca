"""Parsing of text into a value of a column's type, for seed cells, query parameters and cursors."""

import datetime as dt
import math
import re
from functools import cached_property
from typing import Any

from app.entity.column import Column
from app.nearest import quote_chinese, suggest_nearest
from app.sentence import Sentence

INT64 = range(-(2**63), 2**63)
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class ValueFault(ValueError):
    """Raised when a text is not a value of its column.

    `message` says what is wrong. `text` is the word in place of which one of the `allowed` ones belongs. `detail` adds
    the nearest of them, which is slow to find.
    """

    def __init__(self, message: str, allowed: list[str] | None = None, text: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.allowed = allowed
        self.text = text

    @cached_property
    def detail(self) -> str:
        """The message, with the nearest allowed value if one is similar."""
        return self.message + (suggest_nearest(self.text, self.allowed) if self.text and self.allowed else "")


def parse(column: Column, text: str) -> Any:
    """Return `text` as one value of `column`. Raises ValueFault."""
    refuse_control_characters(text)
    if column.vocabulary:
        return term(text, list(column.vocabulary), "value")
    return _PARSERS[column.scalar](text)


def refuse_control_characters(text: str) -> None:
    """Raise ValueFault if a text holds a control character other than tab, line feed and carriage return."""
    if control := _CONTROL.search(text):
        raise ValueFault(
            Sentence(
                f"{quote_chinese(text)}含有控制字符 U+{ord(control[0]):04X}，请去掉。",
                f"{text!r} holds the control character U+{ord(control[0]):04X}. Leave it out.",
            )
        )


def term(text: str, allowed: list[str], noun: str) -> str:
    """Return `text` if it is one of `allowed`. Raises ValueFault."""
    if text in allowed:
        return str(text)
    raise ValueFault(
        Sentence(f"{quote_chinese(text)}不在可选值之中。", f"{text!r} is no known {noun}."), [*map(str, allowed)], text
    )


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or int(text) not in INT64:
        raise ValueFault(
            Sentence(f"{quote_chinese(text)}不是整数（例如 42）。", f"{text!r} is not a whole number, such as 42.")
        )
    return int(text)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueFault(
            Sentence(
                f"{quote_chinese(text)}不是数值（例如 42 或 3.5e8）。",
                f"{text!r} is not a number, such as 42 or 3.5e8.",
            )
        )
    return float(text)


def _date(text: str) -> dt.date:
    try:
        if _DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError as fault:
        raise ValueFault(
            Sentence(f"{quote_chinese(text)}不是日历上有的日期。", f"{text!r} is not a date of the calendar: {fault}.")
        ) from None
    raise ValueFault(
        Sentence(f"{quote_chinese(text)}不是日期（例如 2022-08-06）。", f"{text!r} is not a date, such as 2022-08-06.")
    )


_PARSERS: dict[type, Any] = {
    str: str,
    int: _integer,
    float: _number,
    dt.date: _date,
    list: lambda text: text.split("|"),
}
