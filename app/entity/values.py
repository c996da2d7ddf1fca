"""From text to a value of a column's declared type: the one reader of seed cells, query parameters and cursors."""

import datetime as dt
import math
import re
from functools import cached_property
from typing import Any

from app.entity.column import Column
from app.nearest import suggest_nearest

INT64 = range(-(2**63), 2**63)
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class ValueFault(ValueError):
    """A text that is no value of its column: what is wrong, and what would be right.

    Where `text` should have been one of `allowed`, `detail` names the nearest of them; `plain` spares that search.
    """

    def __init__(self, plain: str, allowed: list[str] | None = None, text: str | None = None) -> None:
        super().__init__(plain)
        self.plain = plain
        self.allowed = allowed
        self._text = text

    @cached_property
    def detail(self) -> str:
        """What is wrong, with the nearest right value if there is one."""
        return self.plain + (suggest_nearest(self._text, self.allowed) if self._text and self.allowed else "")


def parse(column: Column, text: str) -> Any:
    """Read `text` as one value of `column`. Raises ValueFault."""
    refuse_control_characters(text)
    if column.vocabulary:
        return term(text, list(column.vocabulary), "value")
    return _PARSERS[column.scalar](text)


def refuse_control_characters(text: str) -> None:
    """Raises ValueFault where a text holds what nobody can have meant to write."""
    if control := _CONTROL.search(text):
        raise ValueFault(f"{text!r} holds the control character U+{ord(control[0]):04X}. Leave it out.")


def term(text: str, allowed: list[str], noun: str) -> str:
    """`text` itself if it is one of `allowed`; otherwise a fault that names the nearest."""
    if text in allowed:
        return str(text)
    raise ValueFault(f"{text!r} is no known {noun}.", [*map(str, allowed)], text)


def _integer(text: str) -> int:
    if not _INTEGER.fullmatch(text) or int(text) not in INT64:
        raise ValueFault(f"{text!r} is not a whole number, such as 42.")
    return int(text)


def _number(text: str) -> float:
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueFault(f"{text!r} is not a number, such as 42 or 3.5e8.")
    return float(text)


def _date(text: str) -> dt.date:
    try:
        if _DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError as fault:
        raise ValueFault(f"{text!r} is not a date of the calendar: {fault}.") from None
    raise ValueFault(f"{text!r} is not a date, such as 2022-08-06.")


_PARSERS: dict[type, Any] = {
    str: str,
    int: _integer,
    float: _number,
    dt.date: _date,
    list: lambda text: text.split("|"),
}
