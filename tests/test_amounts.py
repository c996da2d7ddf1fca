"""Amounts as readers write them: what is written, and that exactly the value can be read out of it again."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.amounts import SCALES, amount, qualified
from app.quantity import UNITS

WRITTEN = [
    (701500000, "CNY", "7.015亿元", "CNY 701.5 million"),
    (87400000, "CNY", "8,740万元", "CNY 87.4 million"),
    (2_000_000_000, "CNY", "20亿元", "CNY 2 billion"),
    (11000, "item", "1.1万个", "11,000 items"),
    (80, "team", "80支", "80 teams"),
    (2505, "person", "2,505人", "2,505 people"),
    (1, "person", "1人", "1 person"),
    (2, "batch", "2批", "2 batches"),
    (1, "time", "1次", "1 time"),
    (12.5, "percent", "12.5%", "12.5%"),
    (2.2, "km2", "2.2平方公里", "2.2 km²"),
    (58000, "mu", "5.8万亩", "58,000 mu"),
    (0, "item", "0个", "0 items"),
    (3, "month", "3个月", "3 months"),
    (7, "one", "7", "7"),
]


@pytest.mark.parametrize(("value", "unit", "zh", "en"), WRITTEN)
def test_amounts(value: float, unit: str, zh: str, en: str) -> None:
    assert (amount(value, unit, "zh"), amount(value, unit, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("comparator", "value", "lower", "upper", "zh", "en"),
    [
        ("approx", 1000000, None, None, "约100万元", "about CNY 1 million"),
        ("gt", 500, 500, None, "多于500元", "more than CNY 500"),
        ("ge", 500, 500, None, "至少500元", "at least CNY 500"),
        ("lt", 500, None, 500, "少于500元", "less than CNY 500"),
        ("le", 500, None, 500, "至多500元", "at most CNY 500"),
        ("eq", 500, 500, 500, "500元", "CNY 500"),
        ("range", None, 500, 6000, "500–6,000元", "CNY 500–6,000"),
        ("range", None, 1000000, 2000000, "100万–200万元", "CNY 1–2 million"),
        ("range", None, 500, 2000000, "500–2,000,000元", "CNY 500–2,000,000"),
    ],
)
def test_what_the_words_leave_open(
    comparator: str, value: float | None, lower: float | None, upper: float | None, zh: str, en: str
) -> None:
    record: dict[str, Any] = {"comparator": comparator, "value": value, "lower": lower, "upper": upper, "unit": "CNY"}
    assert (qualified(record, "zh"), qualified(record, "en")) == (zh, en)


NUMBERS = st.one_of(st.integers(-(10**15), 10**15), st.decimals(-(10**9), 10**9, places=3).map(float))


@given(NUMBERS, st.sampled_from(sorted(UNITS)), st.sampled_from(["zh", "en"]))
def test_the_number_can_be_read_back_exactly(value: float, unit_code: str, language: str) -> None:
    unit, text = UNITS[unit_code], amount(value, unit_code, language)
    for word in sorted({unit.zh, unit.singular, unit.plural, unit.code}, key=len, reverse=True):
        if unit_code != "one" and (text.endswith(word) or text.startswith(word)):
            text = text.removesuffix(word).removeprefix(word).strip()
            break
    power, word = next((power, word) for power, word in SCALES[language] if text.endswith(word))
    assert Decimal(text.removesuffix(word).replace(",", "")).scaleb(power) == Decimal(repr(value))
