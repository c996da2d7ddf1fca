"""The forms in which newspapers write numbers and amounts, beyond a numeral and its unit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.quantity import UNITS, Comparator, Quantity, parse


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        # Fractions, tenths and discounts are percentages, unless a unit follows.
        ("三分之一", "33.3333333333333", "percent"),
        ("五分之四", "80", "percent"),
        ("万分之三", "0.03", "percent"),
        ("百万分之五", "0.0005", "percent"),
        ("一百分之五", "5", "percent"),
        ("三分之一亩", "0.333333333333333", "mu"),
        ("一又二分之一", "1.5", "one"),
        ("一又二分之一倍", "1.5", "fold"),
        ("三成", "30", "percent"),
        ("两成", "20", "percent"),
        ("9.5成", "95", "percent"),
        ("三成半", "35", "percent"),
        ("七成六", "76", "percent"),
        ("八折", "80", "percent"),
        ("8.5折", "85", "percent"),
        ("七五折", "75", "percent"),
        ("75折", "75", "percent"),
        ("对折", "50", "percent"),
        # Halves
        ("一半", "50", "percent"),
        ("半年", "0.5", "year"),
        ("一年半", "1.5", "year"),
        ("半个月", "0.5", "month"),
        ("两个半月", "2.5", "month"),
        ("一个半小时", "1.5", "h"),
        ("一吨半", "1.5", "t"),
        ("半百", "50", "one"),
        # 两 as a unit of weight
        ("二两", "2", "liang"),
        ("十两", "10", "liang"),
        ("三十两", "30", "liang"),
        ("两万两", "20000", "liang"),
        ("三千两百两", "3200", "liang"),
        ("1234两", "1234", "liang"),
        # Money
        ("三元五角", "3.5", "CNY"),
        ("五元三毛", "5.3", "CNY"),
        ("50元6角三分", "50.63", "CNY"),
        ("十块三毛", "10.3", "CNY"),
        ("3元零5分", "3.05", "CNY"),
        ("五毛钱", "0.5", "CNY"),
        ("5分钱", "0.05", "CNY"),
        ("两美元又三美分", "2.03", "USD"),
        ("港币98元", "98", "HKD"),
        ("新台币 177.1 亿元", "17710000000", "TWD"),
        # Degrees
        ("98.6度", "98.6", "du"),
        ("华氏98.6度", "98.6", "degF"),
        ("华氏温度98.6度", "98.6", "degF"),
        ("39℃", "39", "Cel"),
        ("39°C", "39", "Cel"),
        ("零下10℃", "-10", "Cel"),
        # Below zero
        ("负0.2千米", "-0.2", "km"),
        ("-22.2%", "-22.2", "percent"),
        ("−5元", "-5", "CNY"),
        # Products and ratios
        ("翻一番", "2", "fold"),
        ("翻番", "2", "fold"),
        ("翻了两番", "4", "fold"),
        ("2×60万千瓦", "1200000", "kW"),
        ("3∶1", "3", "ratio"),
        ("1比4", "0.25", "ratio"),
        ("100:1", "100", "ratio"),
        # Lengths of time and ages
        ("3年", "3", "year"),
        ("十五年", "15", "year"),
        ("6个季度", "6", "quarter"),
        ("10个工作日", "10", "working-day"),
        ("2周", "2", "week"),
        ("60岁", "60", "age"),
        # Averages may be of parts
        ("平均2.5人", "2.5", "person"),
        # Traditional characters
        ("5萬畝", "50000", "mu"),
        ("12個", "12", "item"),
        ("3億餘元", "300000000", "CNY"),
        ("十五點五個百分點", "15.5", "percentage-point"),
    ],
)
def test_a_value(words: str, value: str, unit: str) -> None:
    quantity = parse(words)
    assert (str(quantity.value), quantity.unit.code) == (value, unit)


@pytest.mark.parametrize(
    ("words", "lower", "upper", "unit"),
    [
        ("数十家", 20, 100, "business"),
        ("几十万元", 200_000, 1_000_000, "CNY"),
        ("几千人", 2000, 10_000, "person"),
        ("好几百人", 200, 1000, "person"),
        ("數萬個", 20_000, 100_000, "item"),
        ("十几块钱", 10, 20, "CNY"),
        ("二十几万", 200_000, 300_000, "one"),
        ("一百零几万", 1_000_000, 1_100_000, "one"),
        ("20几岁", 20, 30, "age"),
        ("三四十人", 30, 40, "person"),
        ("三五个", 3, 5, "item"),
        ("三四个月", 3, 4, "month"),
        ("十五六亩", 15, 16, "mu"),
        ("两三万元", 20_000, 30_000, "CNY"),
        ("一两百人", 100, 200, "person"),
        ("一两年", 1, 2, "year"),
        ("一百二三十人", 120, 130, "person"),
        ("七八成", 70, 80, "percent"),
        ("百分之二三十", 20, 30, "percent"),
        ("在3万元至5万元之间", 30_000, 50_000, "CNY"),
        ("介于20和30之间", 20, 30, "one"),
        ("10000与20000之间", 10_000, 20_000, "one"),
        ("-5至-3℃", -5, -3, "Cel"),
        ("三成至五成", 30, 50, "percent"),
        ("三分之一至二分之一", Decimal("33.3333333333333"), 50, "percent"),
    ],
)
def test_bounds(words: str, lower: int | Decimal, upper: int | Decimal, unit: str) -> None:
    assert parse(words) == Quantity(None, Decimal(lower), Decimal(upper), Comparator.RANGE, UNITS[unit])


@pytest.mark.parametrize(
    ("words", "comparator", "value", "unit"),
    [
        ("六成以上", Comparator.GE, 60, "percent"),
        ("近三分之一", Comparator.APPROX, "33.3333333333333", "percent"),
        ("超过一半", Comparator.GT, 50, "percent"),
        ("半数以上", Comparator.GE, 50, "percent"),
        ("10余年", Comparator.GT, 10, "year"),
        ("1300多年", Comparator.GT, 1300, "year"),
        ("一个多月", Comparator.GT, 1, "month"),
        ("百年", Comparator.APPROX, 100, "year"),
        ("最高20万元", Comparator.LE, 200_000, "CNY"),
        ("超过了464万公里", Comparator.GT, 4_640_000, "km"),
    ],
)
def test_a_qualified_value(words: str, comparator: Comparator, value: int | str, unit: str) -> None:
    quantity = parse(words)
    assert (quantity.comparator, quantity.value, quantity.unit.code) == (comparator, Decimal(value), unit)


@pytest.mark.parametrize(
    ("words", "step"),
    [
        ("六成", "× 10 %（每成） = 60"),
        ("七五折", "七五折 = 原价的 75 %"),
        ("数十", "数十 = 20 至 100"),
        ("翻两番", "翻两番 = 原来的 4 倍"),
        ("零下10℃", "零下，零以下：-10"),
    ],
)
def test_a_step_in_chinese(words: str, step: str) -> None:
    assert step in [each.zh for each in parse(words).steps]


@given(st.integers(0, 10**6), st.integers(1, 10**4))
def test_a_fraction_is_exact_to_fifteen_digits(count: int, parts: int) -> None:
    value = parse(f"{parts}分之{count}").value
    assert value is not None
    assert abs(value * parts - 100 * count) <= Decimal(100 * count) / 10**14


@given(st.integers(0, 99), st.integers(1, 9), st.integers(1, 9))
def test_yuan_with_tenths_and_hundredths(yuan: int, tenths: int, hundredths: int) -> None:
    assert parse(f"{yuan}元{tenths}角{hundredths}分").value == Decimal(f"{yuan}.{tenths}{hundredths}")
