"""Amounts as readers write them: what is written, and that exactly the value can be read out of it again."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.amounts import NEARLY, QUALIFIERS, SCALES, Noun, amount, in_words, per_in_words, qualified
from app.quantity import UNITS, Quantity, QuantityError, number, parse

WRITTEN = [
    (701500000, "CNY", "7.015亿元", "CNY 701.5 million"),
    (87400000, "CNY", "8740万元", "CNY 87.4 million"),
    (2_000_000_000, "CNY", "20亿元", "CNY 2 billion"),
    (11000, "item", "1.1万个", "11,000 items"),
    (80, "team", "80支", "80 teams"),
    (2505, "person", "2505人", "2,505 people"),
    (1, "person", "1人", "1 person"),
    (2, "batch", "2批", "2 batches"),
    (1, "time", "1次", "1 time"),
    (12.5, "percent", "12.5%", "12.5%"),
    (33.3333333333333, "percent", "1/3", "1/3"),
    (16.6666666666667, "permille", "1/60", "1/60"),
    (0.0555555555555556, "ratio", "1∶18", "1∶18"),
    (3, "ratio", "3∶1", "3∶1"),
    (0.123456789012345, "ratio", "0.123456789012345∶1", "0.123456789012345∶1"),
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
        ("approx", 1000000, None, 1000000, "近100万元", "nearly CNY 1 million"),
        ("gt", 500, 500, None, "多于500元", "more than CNY 500"),
        ("ge", 500, 500, None, "至少500元", "at least CNY 500"),
        ("lt", 500, None, 500, "少于500元", "less than CNY 500"),
        ("le", 500, None, 500, "至多500元", "at most CNY 500"),
        ("eq", 500, 500, 500, "500元", "CNY 500"),
        ("range", None, 500, 6000, "500–6000元", "CNY 500–6,000"),
        ("range", None, 1000000, 2000000, "100万–200万元", "CNY 1–2 million"),
        ("range", None, 500, 2000000, "500–2000000元", "CNY 500–2,000,000"),
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


LONG = "12345678901234567890123456789012"  # more digits than Python's decimals have by default
PROJECTS = Noun("个项目", "project", "projects")


def figure_of(quantity: Quantity) -> dict[str, Any]:
    """The columns of a figure that its text is made of, as a load computes them."""
    amounts = {name: number(getattr(quantity, name)) for name in ("value", "lower", "upper")}
    unit, per = quantity.unit.code, quantity.per_code or None
    return {**amounts, "comparator": quantity.comparator, "unit": unit, "per": per, "change": "level"}


@pytest.mark.parametrize(
    ("words", "noun", "zh", "en"),
    [
        ("31个", PROJECTS, "31个项目", "31 projects"),
        ("1个", PROJECTS, "1个项目", "1 project"),
        ("1.1万余个", PROJECTS, "多于1.1万个项目", "more than 11,000 projects"),
        ("3至5个", PROJECTS, "3–5个项目", "3–5 projects"),
        ("31个", None, "31个", "31 items"),
        ("约1858万元", None, "约1858万元", "about CNY 18.58 million"),
        ("近200人", None, "近200人", "nearly 200 people"),
        ("500—6000元", None, "500–6000元", "CNY 500–6,000"),
        ("每人每年500—6000元", None, "每人每年500–6000元", "CNY 500–6,000 per person per year"),
        ("每月至少一次", Noun("次活动", "outing", "outings"), "每月至少1次活动", "at least 1 outing per month"),
        ("每亩每年300元", None, "每亩每年300元", "CNY 300 per mu per year"),
        ("人均3.5亩", None, "每人3.5亩", "3.5 mu per person"),
        ("日均20万公斤", None, "每天20万公斤", "200,000 kg per day"),
        ("-22.2%", None, "-22.2%", "-22.2%"),
        ("年均约3亿元", None, "每年约3亿元", "about CNY 300 million per year"),
        (f"{LONG}人", None, f"{LONG[:-4]}.{LONG[-4:]}万人", f"{int(LONG):,} people"),
    ],
)
def test_a_figure_in_words(words: str, noun: Noun | None, zh: str, en: str) -> None:
    figure = figure_of(parse(words))
    assert in_words(figure, noun) == {"text_zh": zh, "text_en": en}


@pytest.mark.parametrize(
    ("change", "words", "zh", "en"),
    [
        ("increase", "11%", "增长11%", "an increase of 11%"),
        ("decrease", "约11%", "下降约11%", "a decrease of about 11%"),
        ("decrease", "1.5个百分点", "下降1.5个百分点", "a decrease of 1.5 percentage points"),
        ("increase", "1个百分点", "上升1个百分点", "an increase of 1 percentage point"),
        ("increase", "每年30人", "每年增加30人", "an increase of 30 people per year"),
        ("decrease", "500—6000元", "减少500–6000元", "a decrease of CNY 500–6,000"),
        ("from", "8000元", "原为8000元", "from CNY 8,000"),
        ("to", "1.2万元", "变为1.2万元", "to CNY 12,000"),
        ("multiple", "翻两番", "为原来的4倍", "4 times the earlier amount"),
        ("multiple", "150%", "为原来的150%", "150% of the earlier amount"),
    ],
)
def test_a_change_in_words(change: str, words: str, zh: str, en: str) -> None:
    assert in_words({**figure_of(parse(words)), "change": change}, None) == {"text_zh": zh, "text_en": en}


def in_chinese(text: str, quantity: Quantity, noun: Noun) -> str:
    """Translate a value in English words back, word by word."""
    before, after = per_in_words(quantity.per_code or None)
    text = text.removesuffix(after)
    qualifier = next((each for each in (*QUALIFIERS.values(), NEARLY) if text.startswith(each[1])), ("", ""))
    text = text.removeprefix(qualifier[1]).removeprefix(f"{quantity.unit.code} ")
    for word in (f" {noun.plural}", f" {noun.singular}", noun.zh):
        text = text.removesuffix(word)
    power, word = next((power, word) for power, word in SCALES["en"] if text.endswith(word))
    bounds = [f"{Decimal(each.replace(',', '')).scaleb(power):f}" for each in text.removesuffix(word).split("–")]
    return before + qualifier[0] + "–".join(bounds) + quantity.unit.zh


NUMERALS = st.one_of(
    st.integers(0, 10**12).map(str),
    st.tuples(st.decimals(0, 10**4, places=3).map(str), st.sampled_from(["", "万", "亿"])).map("".join),
)
WORDS = st.tuples(
    st.sampled_from(["", "每年", "每月", "每人每年"]),
    st.sampled_from(["", "约", "近", "超过", "至少", "不足", "至多"]),
    st.lists(NUMERALS, min_size=1, max_size=2).map("—".join),
    st.sampled_from([unit.zh for unit in UNITS.values() if unit.words]),
).map("".join)


@given(WORDS, st.booleans())
def test_a_figure_in_words_states_exactly_its_quantity(words: str, has_noun: bool) -> None:
    try:
        quantity = parse(words)
    except QuantityError:
        assume(False)
    unit = quantity.unit
    noun = Noun(f"{unit.zh}甲", "thing", "things") if has_noun and unit.counted else None
    texts = in_words(figure_of(quantity), noun)
    assert parse(texts["text_zh"].replace("甲", "")) == quantity
    assert parse(in_chinese(texts["text_en"], quantity, noun or Noun(unit.zh, unit.singular, unit.plural))) == quantity
