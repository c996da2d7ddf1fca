"""Dates in filters: a day, a time, of which the day counts, or a year or month, of which all days are meant."""

import datetime as dt
import re

from app.entity import Bilingual, Column, ValueFault, parse
from app.nearest import quote_chinese
from app.request.operators import Operator
from app.sentence import Sentence
from app.times import days_of

# Where in a year or month the day lies that an operator compares with: the first (0) or the last (-1) of its days.
EDGES = {"gt": -1, "gte": 0, "lt": 0, "lte": -1}

_SPAN = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
# RFC 3339, also without offset, as Python writes it, and with the plus that a query string has turned into a space.
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]"
    r"([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"([Zz]|[+ -][0-9]{2}:?[0-9]{2})?"
)


def explain_dates(operator: Operator) -> Bilingual:
    """Return the sentence of a date filter's description on years, months and times."""
    spans = Bilingual("", "")
    if operator.suffix in EDGES:
        spans = Bilingual(
            "、年（2022）或月（2022-08，指其中的每一天）",
            ", a year (2022) or a month (2022-08), meaning all its days",
        )
    return Bilingual(
        f"可以写具体的日子{spans.zh}，或 RFC 3339 时间（只取写明的日期）。",
        f" Takes a day{spans.en}, or an RFC 3339 time, of which the day as written counts.",
    )


def read_day(column: Column, operator: Operator, text: str) -> dt.date:
    """Return the day that a filter compares with. Raises ValueFault."""
    if _SPAN.fullmatch(text):
        return _edge_of(column, operator, text)
    if time := _TIME.fullmatch(text):
        text, clock, offset = time[1], time[2], (time[3] or "").upper().replace(" ", "+")
        try:
            dt.time.fromisoformat(clock + offset)
        except ValueError as fault:
            raise ValueFault(
                Sentence(f"{quote_chinese(time[0])}不是有效的时间。", f"{time[0]!r} is not a time: {fault}.")
            ) from None
    day: dt.date = parse(column, text)
    return day


def _edge_of(column: Column, operator: Operator, text: str) -> dt.date:
    """Return the first or the last day of a year or month."""
    if operator.suffix not in EDGES:
        name = column.name
        raise ValueFault(
            Sentence(
                f"{quote_chinese(text)}不止一天。要取其中每一天，请用 {name}__gte={text} 和 {name}__lte={text}。",
                f"{text!r} is more than a day. For all its days use {name}__gte={text} and {name}__lte={text}.",
            )
        )
    try:
        return days_of(text)[EDGES[operator.suffix]]
    except ValueError as fault:
        raise ValueFault(
            Sentence(f"日历上没有{quote_chinese(text)}。", f"{text!r} is not in the calendar: {fault}.")
        ) from None
