"""Dates in filters, compared with the days that they mean."""

import calendar
import datetime as dt
import operator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.entity import ValueFault
from app.models import Figure
from app.request.dates import read_day
from app.request.operators import OPERATORS

AS_OF = Figure.columns()["as_of"]
BY_SUFFIX = {each.suffix: each for each in OPERATORS}
COMPARISONS: dict[str, Any] = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le}

days = st.dates(dt.date(1999, 1, 1), dt.date(2001, 12, 31))


def days_of(text: str) -> tuple[dt.date, dt.date]:
    """Return the first and the last day of a year or month."""
    year, month = int(text[:4]), int(text[5:] or 0)
    last = dt.date(year, month or 12, calendar.monthrange(year, month or 12)[1])
    return dt.date(year, month or 1, 1), last


@given(day=days, span=days, length=st.sampled_from([4, 7]), suffix=st.sampled_from([*COMPARISONS]))
def test_a_year_or_month_is_all_of_its_days(day: dt.date, span: dt.date, length: int, suffix: str) -> None:
    text = span.isoformat()[:length]
    first, last = days_of(text)
    expected = {"gt": day > last, "gte": day >= first, "lt": day < first, "lte": day <= last}[suffix]
    assert COMPARISONS[suffix](day, read_day(AS_OF, BY_SUFFIX[suffix], text)) == expected


@pytest.mark.parametrize("suffix", ["", "ne", "in"])
@pytest.mark.parametrize("text", ["2022", "2022-08"])
def test_a_span_equals_no_day(suffix: str, text: str) -> None:
    with pytest.raises(ValueFault, match=f"use as_of__gte={text} and as_of__lte={text}"):
        read_day(AS_OF, BY_SUFFIX[suffix], text)


@given(time=st.datetimes(), offset=st.sampled_from(["", "Z", "z", "+08:00", "-05:30", " 08:00", "+0800"]))
@pytest.mark.parametrize("suffix", ["", "ne", "in", *COMPARISONS])
def test_of_a_time_the_day_as_written_counts(suffix: str, time: dt.datetime, offset: str) -> None:
    for text in (
        time.isoformat(),
        time.isoformat(" "),
        time.isoformat(timespec="milliseconds"),
        f"{time:%Y-%m-%dT%H:%M}",
    ):
        if len(text.partition("-")[0]) == 4:
            assert read_day(AS_OF, BY_SUFFIX[suffix], f"{text}{offset}") == time.date()


@pytest.mark.parametrize(
    "text",
    [
        "", "22", "202", "20222", "0000", "2022-13", "2022-00", "2022-8", "2022-02-30", "2022-08-06T", "2022-08-06T25:00",
        "2022-08-06T12:60:00Z", "2022-08-06T12:00:00+99:00", "2022-08-06T12", "2022-02-30T12:00:00Z", "２０２２", "2022\n",
        "2022-W31", "today", "-2022", "2022-08-06T12:00:00Zx",
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", "in", *COMPARISONS])
def test_what_is_no_date_is_refused(suffix: str, text: str) -> None:
    with pytest.raises(ValueFault) as refused:
        read_day(AS_OF, BY_SUFFIX[suffix], text)
    quoted = str(refused.value).split("'")[1]
    assert quoted in repr(text)  # nothing that the client has not sent
