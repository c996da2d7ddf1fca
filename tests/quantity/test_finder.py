"""Finding quantities in a running text: what is found, and what is left alone because it may be something else."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.quantity import QuantityError, find, parse


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("资金8740万元，实施项目31个。", ["8740万元", "31个"]),
        ("共有约5万亩、超过三成的农户", ["约5万亩", "超过三成"]),
        ("超过了464万公里", ["超过了464万公里"]),
        ("年均约3亿元", ["约3亿元"]),
        ("每亩每年300元，即3000元/亩", ["300元", "3000元/亩"]),
        ("时速40公里/小时", ["40公里/小时"]),
        ("发放补贴10—20万元", ["10—20万元"]),
        ("从84%到96%", ["84%", "96%"]),
        ("几十年过去，数万个家庭", ["几十年", "数万个"]),
        ("一个多月后还有180多亩", ["一个多月", "180多亩"]),
        ("气温为-5℃，夜里零下10摄氏度", ["-5℃", "零下10摄氏度"]),
        ("去过3次，近3年", ["3次", "3年"]),
        ("上百名党员", ["上百名"]),
        ("4人民币5美元", ["4人民币", "5美元"]),
        ("100, 200人", ["100", "200人"]),
        ("５　萬　畝", ["５　萬　畝"]),
    ],
)
def test_what_is_found(text: str, expected: list[str]) -> None:
    assert [text[each.start : each.end] for each in find(text)] == expected


@pytest.mark.parametrize(
    "text",
    [
        "第3批", "第三次", "二〇二二年八月六日", "2022-08-06 10:31", "2022年", "8月6日", "2019—2021年", "上半年",
        "二期工程", "三年级", "90年代", "二十大", "十四五规划", "电话010-64035547", "手机13812345678", "5G基站", "A2高速",
        "国道G210", "数3人", "约10—20万元", "约3万元至5万元", "近3万元—5万元", "6000—500元", "100，200人", "两地", "六一", "一些", "一份收入", "千方百计",
        "150人·天", "20吨·公里", "5单位", "3顶级", "十年九旱", "四川", "“两个关键”", "三成立", "5成员", "5折叠", "3条件", "5五兆元", "$20", "7 2 折", "2^5", "1 3/5", ".5",
        "百分之15k", "10日元5日本銭", "五角大楼", "拾起", "对折", "3.5人", "13:05", "万元户", "以3比1获胜", "比分3:1", "5-10", "十一又", "负3人",
    ],
)  # fmt: skip
def test_what_may_be_something_else_is_left_alone(text: str) -> None:
    assert find(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("提高3.5个、6个百分点", [("3.5个", 3.5, "percentage-point"), ("6个百分点", 6, "percentage-point")]),
        ("提高5.4个和7.5个百分点", [("5.4个", 5.4, "percentage-point"), ("7.5个百分点", 7.5, "percentage-point")]),
        ("分别为3万、4万、5万元", [("3万", 30_000, "CNY"), ("4万", 40_000, "CNY"), ("5万元", 50_000, "CNY")]),
        ("3、4、5万元", [("5万元", 50_000, "CNY")]),  # the first two may share the 万
        ("5个、6人", [("5个", 5, "item"), ("6人", 6, "person")]),
    ],
)
def test_a_unit_that_stands_once_holds_for_the_whole_list(text: str, expected: list[tuple[str, float, str]]) -> None:
    found = [(text[each.start : each.end], each.quantity.value, each.quantity.unit.code) for each in find(text)]
    assert [(words, float(value or 0), unit) for words, value, unit in found] == expected


PIECES = st.sampled_from(
    [
        *"0123456789一二三十百千万亿两几数半第年月日个人元%成折点,，。、—-近约上多余又∶:$ Aa“”(",
        "亩",
        "百分之",
        "分之",
        "公里",
        "以上",
        "每",
        "个百分点",
    ]
)


@given(st.text() | st.lists(PIECES, max_size=30).map("".join))
@example("3.5个、6个百分点")
@example("\ufdfa5元")
def test_what_is_found_reads_alike_alone(text: str) -> None:
    found = find(text)
    assert all(first.end <= second.start for first, second in pairwise(found))
    for each in found:
        words = text[each.start : each.end]
        try:
            alone = parse(words)
        except QuantityError:
            assert words.endswith("个")  # of a list whose unit follows
            continue
        same_numbers = (alone.value, alone.lower, alone.upper) == (
            each.quantity.value,
            each.quantity.lower,
            each.quantity.upper,
        )
        assert alone == each.quantity or (same_numbers and alone.unit.code in {"one", "item"})
