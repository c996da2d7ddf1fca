"""The words of a quantity and what they mean: literal tables first, then properties of whatever can be said."""

import decimal
import re
import unicodedata
from dataclasses import FrozenInstanceError
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from app.quantity import UNITS, Comparator, Quantity, QuantityError, Unit, numerals, parse, qualifiers, rates, render

# ------------------------------------------------------------------------------------------------ exact quantities


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("8740万元", "87400000", "CNY"),
        ("3.5亿元", "350000000", "CNY"),
        ("3亿元", "300000000", "CNY"),
        ("7.015亿元", "701500000", "CNY"),
        ("560万元", "5600000", "CNY"),
        ("2.2平方公里", "2.2", "km2"),
        ("10万平方米", "100000", "m2"),
        ("5万亩", "50000", "mu"),
        ("5.8万亩", "58000", "mu"),
        ("一百名", "100", "person"),
        ("百元", "100", "CNY"),
        ("290人", "290", "person"),
        ("六大", "6", "item"),
        ("31个", "31", "item"),
        ("2个", "2", "item"),
        ("1万人次", "10000", "person-time"),
        ("80支", "80", "team"),
        ("103场", "103", "session"),
        ("55家", "55", "business"),
        ("843", "843", "one"),
        ("六", "6", "one"),
        ("两", "2", "one"),
        ("三百五十", "350", "one"),
        ("三点五亿", "350000000", "one"),
        ("百分之五", "5", "percent"),
        ("百分之三点五", "3.5", "percent"),
        ("百分之120", "120", "percent"),
        ("千分之二", "2", "permille"),
        ("人民币500万元", "5000000", "CNY"),
        ("￥500", "500", "CNY"),
        ("US$500万", "5000000", "USD"),
    ],
)
def test_an_exact_quantity(words: str, value: str, unit: str) -> None:
    number = Decimal(value)
    assert parse(words) == Quantity(number, number, number, Comparator.EQ, UNITS[unit])
    assert str(parse(words).value) == value


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("0", "0"),
        ("零", "0"),
        ("２５０５", "2505"),
        ("8740万", "87400000"),
        ("８７４０万", "87400000"),
        ("８，７４０．５万", "87405000"),
        ("1,858万", "18580000"),
        ("1，858万", "18580000"),
        ("1,234,567.89", "1234567.89"),
        ("12000万", "120000000"),
        ("1.10", "1.1"),
        ("0.5万", "5000"),
        ("3千", "3000"),
        ("5百万", "5000000"),
        ("1.5百万", "1500000"),
        ("2千万", "20000000"),
        ("3万亿", "3000000000000"),
        ("1.2万亿", "1200000000000"),
        ("10000万亿", "10000000000000000"),
        ("1亿2000万", "120000000"),
        ("1亿2,000万", "120000000"),
        ("3万5千", "35000"),
        ("1万5000", "15000"),
        ("十", "10"),
        ("十二", "12"),
        ("二十", "20"),
        ("九十九", "99"),
        ("一百一十五", "115"),
        ("三百十五", "315"),
        ("一百", "100"),
        ("两百", "200"),
        ("兩千", "2000"),
        ("一千零五", "1005"),
        ("一千零五十", "1050"),
        ("一万零三十", "10030"),
        ("一万三百", "10300"),
        ("两万五千", "25000"),
        ("二十五万", "250000"),
        ("三千五百万", "35000000"),
        ("一亿三百万", "103000000"),
        ("一亿零三百万零二十", "103000020"),
        ("九千九百九十九万九千九百九十九", "99999999"),
        ("三亿五千万", "350000000"),
        ("两万三千亿", "2300000000000"),
        ("百", "100"),
        ("千", "1000"),
        ("万", "10000"),
        ("十万", "100000"),
        ("百万", "1000000"),
        ("万亿", "1000000000000"),
        ("三百五", "350"),
        ("一万二", "12000"),
        ("两千三", "2300"),
        ("一亿五", "150000000"),
        ("零点五", "0.5"),
        ("十二点三四", "12.34"),
        ("三點五億", "350000000"),
        ("二〇二二", "2022"),
        ("一九九八", "1998"),
        ("一〇三", "103"),
        ("四万万", "400000000"),
        ("10万万", "1000000000"),
        ("壹佰贰拾叁", "123"),
        ("肆仟伍佰陆拾柒萬捌仟玖佰", "45678900"),
    ],
)
def test_a_numeral(words: str, value: str) -> None:
    assert str(parse(words).value) == value


# --------------------------------------------------------------------------------------------------------- units

UNIT_WORDS = {
    "CNY": "元 块钱 元人民币 人民币元 人民币 元钱 圆",
    "USD": "美元 美金 美圆",
    "HKD": "港元 港币 港圆",
    "MOP": "澳门元 澳门币",
    "TWD": "新台币 台币 新台币元",
    "EUR": "欧元",
    "JPY": "日元 日圆",
    "KRW": "韩元 韩圆",
    "GBP": "英镑",
    "CHF": "瑞士法郎",
    "RUB": "卢布",
    "AUD": "澳元 澳大利亚元",
    "CAD": "加元 加拿大元",
    "SGD": "新加坡元",
    "THB": "泰铢",
    "m2": "平方米 平米 m² ㎡",
    "km2": "平方公里 平方千米 km² ㎢",
    "cm2": "平方厘米",
    "mu": "亩",
    "ha": "公顷",
    "m3": "立方米 立方 m³ ㎥",
    "L": "升 公升",
    "mL": "毫升 ml mL",
    "m": "米 m",
    "km": "公里 千米 km KM",
    "cm": "厘米 公分 cm CM",
    "mm": "毫米 mm",
    "um": "微米",
    "nm": "纳米 nm",
    "li": "里 里路 华里",
    "zhang": "丈",
    "chi": "尺 市尺",
    "nmi": "海里",
    "kg": "公斤 千克 kg KG",
    "g": "克",
    "mg": "毫克 mg",
    "ug": "微克",
    "jin": "斤 市斤",
    "liang": "两",
    "t": "吨 公吨",
    "W": "瓦",
    "kW": "千瓦 kW",
    "MW": "兆瓦 MW",
    "GW": "吉瓦 GW",
    "J": "焦耳",
    "kWh": "千瓦时 千瓦小时 kWh 度电 千瓦·时 kW·h",
    "kcal": "千卡 大卡",
    "Hz": "赫兹",
    "MHz": "兆赫 兆赫兹",
    "du": "度",
    "Cel": "摄氏度 ℃",
    "degF": "华氏度 ℉",
    "s": "秒 秒钟",
    "min": "分钟",
    "h": "小时 个小时 个钟头 钟头",
    "d": "天",
    "working-day": "个工作日 工作日",
    "week": "周 个星期 星期 个礼拜",
    "month": "个月",
    "quarter": "个季度",
    "year": "年",
    "age": "岁 周岁",
    "percent": "% ％",
    "permille": "‰",
    "percentage-point": "个百分点 百分点",
    "fold": "倍",
    "ratio": "∶1",
    "person": "人 名 位 个人 口人",
    "person-time": "人次 人(次) 人（次） 人·次",
    "household": "户",
    "pair": "对 双",
    "team": "支",
    "business": "家",
    "institution": "所",
    "item": "个 项 件 种 类 大 只 台 条 份 篇 张 本 册 部 处 座 间 门 款 宗 例 栋 幢 层 口 箱 袋 瓶 盒 包 "
    "桶 罐 艘 架 列 枚 颗 粒 根 片 枝 把 期 届 轮 组 队 节 眼 面 幅 道 笔 起 桩 季 盏 尊 顶 扇 尾 剂 单 班次 车次 架次 标箱",
    "set": "套 台套 台(套)",
    "batch": "批",
    "vehicle": "辆",
    "head": "头 匹 羽",
    "plant": "株 棵",
    "session": "场 场次",
    "time": "次 趟",
    "share": "股",
    "lesson": "课时 个课时 学时 个学时",
    "mu-time": "亩次 亩·次",
}


@pytest.mark.parametrize(
    ("code", "word"), [(code, word) for code, words in UNIT_WORDS.items() for word in words.split()]
)
def test_a_unit_word(code: str, word: str) -> None:
    for words, value in ((f"12{word}", 12), (f"1.5万{word}", 15_000), (f"30多{word}", 30), (f"858 {word}", 858)):
        quantity = parse(words)
        assert quantity.value == value
        assert quantity.unit.code == code


def test_every_unit_is_declared_and_tested_once() -> None:
    for table in ([unit.words for unit in UNITS.values()], [unit.prefixes for unit in UNITS.values()]):
        every = [word for words in table for word in words]
        assert len(every) == len(set(every))
    tested = {(code, word) for code, words in UNIT_WORDS.items() for word in words.split()}
    assert {(unit.code, word) for unit in UNITS.values() for word in unit.words} - tested == {("item", "块")}
    assert all(code == unit.code and unit.zh and unit.en for code, unit in UNITS.items())


def test_a_unit_that_begins_with_a_numeral() -> None:
    assert parse("两万五千米") == parse("25000米")
    assert parse("5千米") == parse("5公里")
    assert parse("三十万千瓦") == parse("300000千瓦")
    assert parse("一百千瓦") == parse("100千瓦")
    assert parse("两千瓦时") == parse("2千瓦时")
    assert parse("两千瓦") == parse("2000瓦")


@pytest.mark.parametrize(
    ("words", "si_value", "si_code"),
    [
        ("5万亩", "33333333.3", "m2"),
        ("5.8万亩", "38666666.7", "m2"),
        ("3亩", "2000", "m2"),
        ("2.2平方公里", "2200000", "m2"),
        ("10万平方米", "100000", "m2"),
        ("1.5公顷", "15000", "m2"),
        ("2立方米", "2", "m3"),
        ("3公里", "3000", "m"),
        ("7米", "7", "m"),
        ("7厘米", "0.07", "m"),
        ("7毫米", "0.007", "m"),
        ("3斤", "1.5", "kg"),
        ("3公斤", "3", "kg"),
        ("3克", "0.003", "kg"),
        ("1.2万吨", "12000000", "kg"),
        ("30万千瓦", "300000000", "W"),
        ("5瓦", "5", "W"),
        ("5焦耳", "5", "J"),
        ("2千瓦时", "7200000", "J"),
        ("30秒", "30", "s"),
        ("5分钟", "300", "s"),
        ("2小时", "7200", "s"),
        ("2天", "172800", "s"),
        ("123456789123吨", "123456789000000", "kg"),
        ("约5万亩", "33333333.3", "m2"),
    ],
)
def test_si(words: str, si_value: str, si_code: str) -> None:
    quantity = parse(words)
    assert (str(quantity.si_value), quantity.si_code) == (si_value, si_code)
    assert si_code in UNITS


@pytest.mark.parametrize("words", ["290人", "8740万元", "5%", "3个月", "3—5万亩"])
def test_a_count_and_a_range_have_no_si_value(words: str) -> None:
    assert (parse(words).si_value, parse(words).si_code) == (None, None)


def test_si_is_the_same_in_any_decimal_context() -> None:
    with decimal.localcontext(prec=3):
        assert parse("123456789亩").si_value == Decimal(82304526000)
        assert parse("8740.123万元").value == Decimal(87401230)
        assert render(parse("123456789亩")) == "123456789亩"


# ---------------------------------------------------------------------------------------------------- qualifiers

EQ, APPROX, GE, GT, LE, LT, RANGE = Comparator
MONTH, YEAR, PERSON = (UNITS[code] for code in ("month", "year", "person"))
QUALIFIERS = {
    (
        EQ,
        True,
        True,
    ): "共{} 共计{} 共有{} 总共{} 一共{} 总计{} 累计{} 合计{} 计{} 为{} 达{} 达到{} 高达{} 多达{} 仅{} {}整 {}不等 "
    "累计达{} 达到了{} 平均{} {}之多",
    (APPROX, False, False): "约{} 大约{} 大概{} 约为{} 约有{} 约合{} {}左右 {}上下 约{}左右 共约{}",
    (APPROX, False, True): "近{} 将近{} 接近{} 累计近{}",
    (GT, True, False): "超过{} 超{} 逾{} 多于{} 高于{} 大于{} 突破{} {}余 {}多 {}有余 "
    "超过了{} 超出{} 突破了{} 不止{} >{} {}出头",
    (GE, True, False): "至少{} 最少{} 不少于{} 不低于{} {}以上 {}及以上 达{}以上 "
    "不小于{} 不下{} 不下于{} 大于等于{} 大于或等于{} 起码{} 最低{} ≥{}",
    (LE, False, True): "不超过{} 至多{} 最多{} 不多于{} 不高于{} {}以下 {}及以下 {}以内 {}之内 "
    "不大于{} 小于等于{} 小于或等于{} 最高{} 最高可达{} 可达{} ≤{}",
    (LT, False, True): "不足{} 不到{} 低于{} 少于{} 小于{} 总计不到{} 未达{} 未达到{} 未满{} 不满{} <{}",
}


@pytest.mark.parametrize(
    ("comparator", "below", "above", "pattern"),
    [(*claim, pattern) for claim, patterns in QUALIFIERS.items() for pattern in patterns.split()],
)
@pytest.mark.parametrize(("words", "value", "unit"), [("1858万元", 18_580_000, "CNY"), ("三百", 300, "one")])
def test_a_qualifier(
    comparator: Comparator, below: bool, above: bool, pattern: str, words: str, value: int, unit: str
) -> None:
    number = Decimal(value)
    expected = Quantity(number, number if below else None, number if above else None, comparator, UNITS[unit])
    assert parse(pattern.format(words)) == expected


def test_every_qualifier_is_tested() -> None:
    tested = {pattern.replace("{}", "") for patterns in QUALIFIERS.values() for pattern in patterns.split()}
    assert {*qualifiers.BEFORE, *qualifiers.AFTER} - qualifiers.CONDITIONAL <= tested


@pytest.mark.parametrize(
    ("words", "comparator", "value", "unit"),
    [
        ("上百名", GE, 100, "person"),
        ("上千万元", GE, 10_000_000, "CNY"),
        ("过百", GT, 100, "one"),
        ("过半", GT, 50, "percent"),
        ("过5%", GT, 5, "percent"),
        ("3公里内", LE, 3, "km"),
        ("10天内", LE, 10, "d"),
        ("将近3年", APPROX, 3, "year"),
    ],
)
def test_a_word_that_qualifies_some_quantities(words: str, comparator: Comparator, value: int, unit: str) -> None:
    quantity = parse(words)
    assert (quantity.comparator, quantity.value, quantity.unit.code) == (comparator, Decimal(value), unit)


# 上三百 was read as at least 300, but 上 means that before 百, 千, 万 alone.
@pytest.mark.parametrize("words", ["上三百", "上3个", "过3次", "过10亿元", "近3年", "近30天", "3个内"])
def test_a_word_that_means_something_else_before_other_quantities(words: str) -> None:
    with pytest.raises(QuantityError, match=r"can mean something else here\. Leave it out"):
        parse(words)


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("1.1万余个", 11_000, "item"),
        ("30多个", 30, "item"),
        ("十余期", 10, "item"),
        ("100多万元", 1_000_000, "CNY"),
        ("10余万人", 100_000, "person"),
        ("20多亿元", 2_000_000_000, "CNY"),
        ("十多万亿元", 10**13, "CNY"),
        ("三百余人", 300, "person"),
        ("千余", 1000, "one"),
        ("百余名", 100, "person"),
        ("3亿多元", 300_000_000, "CNY"),
        ("3亿元多", 300_000_000, "CNY"),
        ("30多千米", 30, "km"),
    ],
)
def test_more_than_a_number_whose_unit_follows(words: str, value: int, unit: str) -> None:
    assert parse(words) == Quantity(Decimal(value), Decimal(value), None, GT, UNITS[unit])


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [("百名", 100, "person"), ("千人", 1000, "person"), ("万户", 10_000, "household"), ("百万名", 1_000_000, "person")],
)
def test_a_bare_scale_before_what_is_counted_is_a_round_number(words: str, value: int, unit: str) -> None:
    assert parse(words) == Quantity(Decimal(value), None, None, APPROX, UNITS[unit])


@pytest.mark.parametrize(
    ("words", "lower", "upper"), [("2个100人", 100, 200), ("三个五十名", 50, 150), ("2个1.5万人", 15_000, 30_000)]
)
def test_people_in_groups_are_as_many_in_all_or_in_each(words: str, lower: int, upper: int) -> None:
    assert parse(words) == Quantity(None, Decimal(lower), Decimal(upper), RANGE, UNITS["person"])


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("581万元", 3), ("8740万元", 4), ("约1858万元", 4), ("1.1万余个", 2), ("7.015亿元", 4), ("0.35亿元", 2), ("7.0万元", 2),
        ("三点五亿元", 2), ("三百五十万人", 3), ("1亿2000万元", 5), ("10万亿元", 2), ("百名", 1), ("3—5万元", 1),
        ("2505人", None), ("31个", None), ("2.2平方公里", None), ("三百人", None), ("2个100人", None), ("500—1万元", None),
    ],
)  # fmt: skip
def test_a_numeral_in_myriads_says_with_how_many_digits_it_is_known(words: str, digits: int | None) -> None:
    assert parse(words).digits == digits


@pytest.mark.parametrize(
    ("words", "comparator", "lower", "upper"),
    [
        ("约100人以上", APPROX, None, None),
        ("约100余人", APPROX, None, None),
        ("近100人左右", APPROX, None, None),
        ("不超过约100人", APPROX, None, None),
        ("100来人", APPROX, None, None),
        ("超过100多人", GT, 100, None),
        ("超过100人以上", GE, 100, None),
        ("至少100多人", GE, 100, None),
        ("不到100人以内", LE, None, 100),
    ],
)
def test_of_two_qualifiers_the_weaker_claim_holds(
    words: str, comparator: Comparator, lower: int | None, upper: int | None
) -> None:
    quantity = parse(words)
    assert quantity.value == 100
    assert quantity.comparator is comparator
    assert quantity.lower == lower
    assert quantity.upper == upper


# -------------------------------------------------------------------------------------------------------- ranges


@pytest.mark.parametrize(
    ("words", "lower", "upper", "unit"),
    [
        *[(f"500{sign}6000元", "500", "6000", "CNY") for sign in "—–―─-－‐−~～〜至到"],
        ("500——6000元", "500", "6000", "CNY"),
        ("500元至6000元", "500", "6000", "CNY"),
        ("500—6000元不等", "500", "6000", "CNY"),
        ("共500—600人", "500", "600", "person"),
        ("3—5万元", "30000", "50000", "CNY"),
        ("3万—5万元", "30000", "50000", "CNY"),
        ("1.5—2.5万亿元", "1500000000000", "2500000000000", "CNY"),
        ("1万至2万人", "10000", "20000", "person"),
        ("100—200万元", "1000000", "2000000", "CNY"),
        ("三至五百人", "300", "500", "person"),
        ("一百至三百人", "100", "300", "person"),
        ("三百至五百万元", "3000000", "5000000", "CNY"),
        ("十至二十万人", "100000", "200000", "person"),
        ("500—1万元", "500", "10000", "CNY"),
        ("三千至五万人", "3000", "50000", "person"),
        ("一至二十人", "1", "20", "person"),
        ("3元至5万元", "3", "50000", "CNY"),
        ("5000万—2亿元", "50000000", "200000000", "CNY"),
        ("一至两次", "1", "2", "time"),
        ("5%—10%", "5", "10", "percent"),
        ("百分之五至十", "5", "10", "percent"),
        ("百分之五至百分之十", "5", "10", "percent"),
        ("3—5千米", "3", "5", "km"),
        ("5—10", "5", "10", "one"),
    ],
)
def test_a_range(words: str, lower: str, upper: str, unit: str) -> None:
    assert parse(words) == Quantity(None, Decimal(lower), Decimal(upper), RANGE, UNITS[unit])


# --------------------------------------------------------------------------------------------------------- rates


@pytest.mark.parametrize(
    ("words", "per"),
    [
        ("每年500元", "year"),
        ("年均500元", "year"),
        ("平均每年500元", "year"),
        ("每月500元", "month"),
        ("每个月500元", "month"),
        ("月均500元", "month"),
        ("每季度500元", "quarter"),
        ("每季500元", "quarter"),
        ("每天500元", "d"),
        ("每日500元", "d"),
        ("日均500元", "d"),
        ("每周500元", "week"),
        ("每小时500元", "h"),
        ("每人500元", "person"),
        ("每名500元", "person"),
        ("人均500元", "person"),
        ("每户500元", "household"),
        ("户均500元", "household"),
        ("每家500元", "business"),
        ("每亩500元", "mu"),
        ("亩均500元", "mu"),
        ("每次500元", "time"),
        ("每人每年500元", "person.year"),
        ("每年每人500元", "person.year"),
        ("每人每月500元", "person.month"),
        ("每户每年500元", "household.year"),
        ("500元/人", "person"),
        ("500元/人/年", "person.year"),
        ("每人500元/年", "person.year"),
        ("500元每人每年", "person.year"),
        ("每亩每年500元", "mu.year"),
        ("每株500元", "plant"),
        ("每公斤500元", "kg"),
        ("500元/斤", "jin"),
        ("500元/平方米", "m2"),
        ("500元/平方米·月", "m2.month"),
        ("每吨每公里500元", "km.t"),
        ("每股500元", "share"),
        ("每人次500元", "person-time"),
    ],
)
def test_a_rate(words: str, per: str) -> None:
    number = Decimal(500)
    quantity = parse(words)
    assert quantity == Quantity(number, number, number, EQ, UNITS["CNY"], quantity.per)
    assert quantity.per_code == per


def test_a_rate_with_a_qualifier_or_a_range() -> None:
    assert parse("每月至少一次") == Quantity(Decimal(1), Decimal(1), None, GE, UNITS["time"], (MONTH,))
    assert parse("年均约3亿元") == Quantity(Decimal(300_000_000), None, None, APPROX, UNITS["CNY"], (YEAR,))
    assert parse("约每年3亿元") == parse("每年约3亿元") == parse("年均约3亿元")
    expected = Quantity(None, Decimal(500), Decimal(6000), RANGE, UNITS["CNY"], (PERSON, YEAR))
    assert parse("每人每年500—6000元") == expected


# --------------------------------------------------------------------------------------------------------- steps


@pytest.mark.parametrize(
    ("words", "steps"),
    [
        ("8740万元", ["8740 × 10 000 = 87 400 000", "unit 元 = CNY"]),
        ("８７４０万元", ["8740 × 10 000 = 87 400 000", "unit 元 = CNY"]),
        ("1,858万元", ["1858 × 10 000 = 18 580 000", "unit 元 = CNY"]),
        ("三点五亿元", ["3.5 × 100 000 000 = 350 000 000", "unit 元 = CNY"]),
        ("1亿2000万元", ["1亿2000万 = 120 000 000", "unit 元 = CNY"]),
        ("1.1万余个", ["1.1 × 10 000 = 11 000", "余 = more than 11 000", "unit 个 = item"]),
        ("百分之五", ["五 = 5", "unit 百分之 = percent"]),
        (
            "三分之一",
            ["1 ÷ 3 ≈ 0.333333333333333", "0.333333333333333 × 100 ≈ 33.3333333333333 %", "unit 分之 = percent"],
        ),
        ("六成以上", ["六 = 6", "× 10 % of one 成 = 60", "以上 = at least 60", "unit 成 = percent"]),
        ("数十家", ["数十 = from 20 to 100", "unit 家 = business"]),
        ("三元五角", ["三 = 3", "3 + 五角 (0.5) = 3.5", "unit 元 = CNY"]),
        ("七五折", ["七五折 = 75 % of the price", "unit 折 = percent"]),
        ("1∶4", ["1 ÷ 4 = 0.25", "unit ∶ = ratio"]),
        ("翻两番", ["翻两番 = 4 times as much", "unit 翻两番 = fold"]),
        ("290人", ["unit 人 = person"]),
        ("百名", ["百 = 100", "no count before 百: a round number = about 100", "unit 名 = person"]),
        ("上百名", ["百 = 100", "上 = at least 100", "unit 名 = person"]),
        (
            "2个100人",
            [
                "2 groups, 100: the words do not say whether in each group or in all",
                "from 100 in all to 2 × 100 = 200 in all",
                "unit 人 = person",
            ],
        ),
        ("12345", ["no unit = one, a bare count"]),
        ("共980人", ["unit 人 = person"]),
        ("每人每年近500元", ["近 = nearly, not above 500", "unit 元 = CNY", "每人每年 = per person.year"]),
        ("约100人以上", ["约 = about 100", "以上 = at least 100", "约…以上 = about 100", "unit 人 = person"]),
        ("约100人左右", ["约 = about 100", "左右 = about 100", "unit 人 = person"]),
        (
            "3—5万元",
            ["3 × 10 000 = 30 000", "5 × 10 000 = 50 000", "from 30 000 to 50 000", "unit 元 = CNY"],
        ),
        ("5万亩", ["5 × 10 000 = 50 000", "unit 亩 = mu", "50 000 mu × 2000/3 = 33 333 333.3 m²"]),
        ("2.2平方公里", ["unit 平方公里 = km2", "2.2 km² × 1 000 000 = 2 200 000 m²"]),
        ("10平方米", ["unit 平方米 = m2"]),
    ],
)
def test_steps(words: str, steps: list[str]) -> None:
    assert list(parse(words).steps) == steps


def test_a_quantity_is_a_value() -> None:
    written, in_digits = parse("三百五十人"), parse("350名")
    assert written == in_digits
    assert hash(written) == hash(in_digits)
    assert written.steps != in_digits.steps
    with pytest.raises(FrozenInstanceError):
        written.value = Decimal(1)  # type: ignore[misc]


# -------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("words", "fault", "remedy"),
    [
        ("1个100人", "1 groups of 100 cannot be read", "Leave it out of the figures"),
        ("2个0人", "2 groups of 0 cannot be read", "Leave it out of the figures"),
        ("0.5个100人", "0.5 is no count of 个", "Leave it out of the figures"),
        ("2个100元", "“2个” is left over", "Only people are read in groups"),
        ("每年2个100人", "“每年” with groups is not read", "describe it in a note"),
        ("约2个100人", "“约” with groups is not read", "describe it in a note"),
        ("", "A number is missing", "Include the number"),
        ("　", "A number is missing", "Include the number"),
        ("约", "A number is missing", "Include the number"),
        ("百分之", "A number is missing", "Include the number"),
        ("5至", "A number is missing", "Include the number"),
        ("元", "no number at “元”", "Begin at the number"),
        ("每年获得500元", "no number at “获得500元”", "Begin at the number"),
        ("½亩", "no number at “½亩”", "Begin at the number"),
        ("廿人", "no number at “廿人”", "Begin at the number"),
        ("5²亩", "“²亩” is left over", "describe it in a note"),
        ("8740①万元", "“①万元” is left over", "End it where the quantity ends"),
        ("5个苹果", "“苹果” is left over", "End it where the quantity ends"),
        ("5元6人", "“6人” is left over", "End it where the quantity ends"),
        ("1 858万元", "“ 858万元” is left over", "End it where the quantity ends"),
        ("2022年", "A year of the calendar is a date", "not a quantity"),
        ("二〇二二年", "A year of the calendar is a date", "not a quantity"),
        ("2025年内", "A year of the calendar is a date", "not a quantity"),
        ("2019—2021", "2019 and 2021 may be years", "describe it in a note"),
        ("98年", "“98年” may be a date", "describe it in a note"),
        ("二期", "“二期” may say which one", "describe it in a note"),
        ("150人·天", "“·天” is left over", "describe it in a note"),
        ("3人/次", "“人/次” may count participations", "describe it in a note"),
        ("-5-10", "may be below zero too", "describe it in a note"),
        ("-0", "“-” before it is not read", "describe it in a note"),
        ("11折", "“折” is left over", "describe it in a note"),
        ("六七年", "Without a unit that is read", "describe it in a note"),
        ("8月6日", "“月6日” is left over", "It is a date"),
        ("几个", "no number at “几个”", "Leave it out of the figures"),
        ("数家", "no number at “数家”", "Leave it out of the figures"),
        ("约三四十人", "“约” with a range or an estimate", "describe it in a note"),
        ("数十余家", "“家” is left over", "describe it in a note"),
        ("若干个", "no number at “若干个”", "Leave it out of the figures"),
        ("半", "Without a unit that is read", "describe it in a note"),
        ("半个", "0.5 is no count of 个", "describe it in a note"),
        ("0分之二", "“分之二” is left over", "describe it in a note"),
        ("三分之", "“分之” is left over", "describe it in a note"),
        ("十折", "“折” is left over", "describe it in a note"),
        ("下降2.3%", "no number at “下降2.3%”", "Begin at the number"),
        ("3.5人", "3.5 is no count of 人", "which are whole"),
        ("0.5家", "0.5 is no count of 家", "which are whole"),
        ("3.0人", "is no count of 人", "which are whole"),
        ("一个半人", "0.5 is no count of 人", "which are whole"),
        ("三块", "块 may be money or count pieces", "describe it in a note"),
        ("两两", "may be a weight or something else", "describe it in a note"),
        ("010-64035547", "“010” begins with 0", "a telephone number"),
        ("08个", "“08” begins with 0", "a date"),
        ("100, 200人", "“, 200人” is left over", "End it where the quantity ends"),
        ("1, 234, 567", "“, 234, 567” is left over", "End it where the quantity ends"),
        ("45-6万", "“45—6万” can be read in two ways", "describe it in a note"),
        ("17-8万", "“17—8万” can be read in two ways", "describe it in a note"),
        ("八到九百亿元", "“八—九百亿” can be read in two ways", "describe it in a note"),
        ("千八百", "names no definite number", "describe it in a note"),
        ("百十一", "names no definite number", "describe it in a note"),
        ("10:31", "“:31” is left over", "describe it in a note"),
        ("三点二十", "is no numeral", "describe it in a note"),
        ("3∶0", "“∶0” is left over", "describe it in a note"),
        ("十四五", "Without a unit that is read", "describe it in a note"),
        ("十三五", "The digits “三五” side by side", "describe it in a note"),
        ("2×3米", "“×3米” is left over", "describe it in a note"),
        ("3万和5万元", "It states two quantities", "Cite the words of only one"),
        ("在3万元", "“在” is left over", "End it where the quantity ends"),
        ("五兆元", "“兆元” is left over", "describe it in a note"),
        ("第一", "no number at “第一”", "It is no quantity"),
        ("-5人", "“-” before it is not read", "describe it in a note"),
        ("超过-5%", "“超过” with a negative number", "describe it in a note"),
        ("零下5元", "“零下” before it is not read", "describe it in a note"),
        ("三七百", "The digits “三七” side by side", "describe it in a note"),
        ("三五", "Without a unit that is read", "describe it in a note"),
        ("一二三", "The digits “一二三” side by side", "describe it in a note"),
        ("〇五", "The digits “零五” side by side", "describe it in a note"),
        ("1,85万元", "The commas of “1,85万”", "Cite only one number of a list"),
        ("1,2345元", "The commas of “1,2345”", "Cite only one number of a list"),
        ("1858,000元", "The commas of “1858,000”", "Cite only one number of a list"),
        ("1.2.3元", "“1.2.3” is no numeral", "describe it in a note"),
        ("三百零", "A digit is missing", "describe it in a note"),
        ("一亿百万", "“百” is no numeral", "takes a count from 1 to 9"),
        ("零百", "“零百” is no numeral", "takes a count from 1 to 9"),
        ("十百", "“十百” is no numeral", "takes a count from 1 to 9"),
        ("万万", "“万” is no numeral", "takes a count from 1 to 9999"),
        ("一万二万", "“二万” cannot follow 万", "describe it in a note"),
        ("两万亿三千亿", "“三千亿” cannot follow 亿", "describe it in a note"),
        ("一亿亿", "“亿” is no numeral", "takes a count from 1 to 99999999"),
        ("一万零零", "“零零” cannot follow 万", "describe it in a note"),
        ("二百三百", "“三百” cannot follow 百", "describe it in a note"),
        ("1亿2000", "“2000” after 亿 can be read in two ways", "describe it in a note"),
        ("3万5", "“5” after 万 can be read in two ways", "describe it in a note"),
        ("一百五点二", "“五” after 百 can be read in two ways", "describe it in a note"),
        ("一百五万", "“五” after 百 can be read in two ways", "describe it in a note"),
        ("1.5万3千", "“1.5” is no numeral", "describe it in a note"),
        ("5元至6人", "two units, 元 and 人", "Cite the words of only one quantity"),
        ("5美元至6元", "two units, 美元 and 元", "Cite the words of only one quantity"),
        ("百分之5元", "two units, % and 元", "Cite the words of only one quantity"),
        ("6000—500元", "does not ascend from 6000 to 500", "describe it in a note"),
        ("5—5元", "does not ascend from 5 to 5", "describe it in a note"),
        ("约3—5万元", "“约” with a range", "describe it in a note"),
        ("3多—5万元", "“多” with a range", "describe it in a note"),
        ("至少5人以下", "“至少” and “以下” contradict", "describe it in a note"),
        ("近100余人", "“近” and “余” contradict", "describe it in a note"),
        ("超过5人以内", "“超过” and “以内” contradict", "describe it in a note"),
        ("每年5元/年", "“per year” twice", "Cite the words that say it once"),
        ("1" * 65, "65 characters are too many", "at most 64"),
    ],
)
def test_what_is_refused_and_what_would_be_right(words: str, fault: str, remedy: str) -> None:
    with pytest.raises(QuantityError) as refusal:
        parse(words)
    message = str(refusal.value)
    assert message.startswith(f"“{words[:64]}”: ")
    assert fault in message
    assert remedy in message


def test_an_error_is_a_value_error() -> None:
    assert issubclass(QuantityError, ValueError)


# ------------------------------------------------------------------------------------------------------ rendering


@pytest.mark.parametrize(
    ("words", "canonical"),
    [
        ("87400000元", "8740万元"),
        ("7.015亿元", "7.015亿元"),
        ("10000亿元", "1万亿元"),
        ("1000人", "1000人"),
        ("12345人", "12345人"),
        ("10,000,000元", "1000万元"),
        ("1.1万余个", "超过1.1万个"),
        ("百名", "约100人"),
        ("2个100人", "100人—200人"),
        ("近百名", "近100人"),
        ("百分之五左右", "约5%"),
        ("5人以上", "至少5人"),
        ("不到5人", "不足5人"),
        ("5人以内", "不超过5人"),
        ("3—5万元", "30000元—50000元"),
        ("0.50—1.0元", "0.5元—1元"),
        ("一次/月", "每月1次"),
        ("500元/年/人", "每人每年500元"),
        ("0.5", "0.5"),
        ("三分之二", "66.6666666666667%"),
        ("将近3年", "将近3年"),
        ("平均2.5人", "平均2.5人"),
        ("户均2.5人", "每户2.5人"),
        ("零下0.5摄氏度", "-0.5摄氏度"),
        ("1∶4", "0.25∶1"),
    ],
)
def test_canonical_words(words: str, canonical: str) -> None:
    assert render(parse(words)) == canonical


def numbers(smallest: int = 0) -> st.SearchStrategy[Decimal]:
    """Exact decimals, many of them round in 万 or 亿."""
    coefficients = st.builds(
        lambda digits, places: Decimal(f"{digits}E-{places}"), st.integers(smallest, 10**9), st.integers(0, 6)
    )
    return st.builds(lambda number, power: number * 10**power, coefficients, st.sampled_from([0, 0, 4, 8, 12]))


@st.composite
def quantities(draw: st.DrawFn) -> Quantity:
    unit: Unit = draw(st.sampled_from(list(UNITS.values())))
    per = rates.joined(draw(st.lists(st.sampled_from(list(rates.BEFORE.values())), max_size=2, unique=True)))
    comparator, below, above = draw(st.sampled_from([*QUALIFIERS, (RANGE, True, True)]))
    value = draw(numbers())
    if comparator is RANGE:
        lower, upper = value, value + draw(numbers(smallest=1))
        assume(unit.code != "one" or upper > 2100)  # years of the calendar
        assume(unit.code != "year" or not any(60 < each < 100 or 1000 <= each < 3000 for each in (lower, upper)))
        return Quantity(None, lower, upper, comparator, unit, per)
    if comparator in {EQ, APPROX} and not (above and not below) and not unit.counted and draw(st.booleans()):
        value = -value
    assume(unit.code != "year" or not (60 < value < 100 or 1000 <= value < 3000))
    return Quantity(value, value if below else None, value if above else None, comparator, unit, per)


@given(quantities())
def test_what_is_said_is_what_is_read(quantity: Quantity) -> None:
    assert parse(render(quantity)) == quantity


@given(quantities())
def test_the_canonical_words_are_their_own_canonical_words(quantity: Quantity) -> None:
    assert render(parse(render(quantity))) == render(quantity)


@given(quantities())
def test_si_values_are_within_nine_digits_of_the_exact_value(quantity: Quantity) -> None:
    factor = quantity.unit.si_factor
    if quantity.value is None or factor is None:
        assert quantity.si_value is None
    else:
        assert quantity.si_value is not None
        exact = Fraction(quantity.value) * factor
        assert abs(Fraction(quantity.si_value) - exact) <= abs(exact) * Fraction(5, 10**9)
        assert len(quantity.si_value.normalize().as_tuple().digits) <= 9


# ----------------------------------------------------------------------------------------------- written numerals


def written(number: int) -> str:
    """Standard Chinese for a whole number below 10^16."""
    if number < 10:
        return "零一二三四五六七八九"[number]
    for scale, words in ((10**8, "亿"), (10**4, "万"), (1000, "千"), (100, "百"), (10, "十")):
        count, rest = divmod(number, scale)
        if count:
            zero = "零" if 0 < rest < scale // 10 else ""
            return written(count) + words + zero + (written(rest) if rest else "")
    raise AssertionError


WHOLE_NUMBERS = st.integers(0, 10**16 - 1) | st.integers(0, 10**5) | st.sampled_from([10**n for n in range(16)])


@given(WHOLE_NUMBERS)
@example(10_010)
@example(100_000_001)
def test_written_numerals(number: int) -> None:
    assert parse(written(number)).value == number


@given(WHOLE_NUMBERS)
def test_written_numerals_in_other_forms(number: int) -> None:
    financial = written(number).translate(
        str.maketrans("零一二三四五六七八九十百千万亿", "〇壹贰叁肆伍陆柒捌玖拾佰仟萬億")
    )
    assert parse(financial).value == number
    with_pairs = re.sub("二(?=[百千万亿])", "两", written(number))
    assert parse(with_pairs).value == number
    with_bare_scale = re.sub("^一(?=[十百千万亿])", "", written(number))
    if re.fullmatch("百十.?|百八十|千八百|万八千", with_bare_scale):  # about a hundred, a thousand, ten thousand
        with pytest.raises(QuantityError, match="names no definite number"):
            parse(with_bare_scale)
    else:
        assert parse(with_bare_scale).value == number


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from([("百", 100), ("千", 1000), ("万", 10**4), ("亿", 10**8)]))
def test_the_last_scale_may_be_left_out(count: int, rest: int, scale: tuple[str, int]) -> None:
    word, size = scale
    assert parse(f"{written(count)}{word}{written(rest)}").value == count * size + rest * size // 10
    assert parse(f"{written(count)}{word}零{written(rest)}").value == count * size + rest


@given(st.integers(0, 10**8 - 1), st.text("0123456789", min_size=1, max_size=6))
def test_written_decimals(whole: int, places: str) -> None:
    digits = places.translate(str.maketrans("0123456789", "零一二三四五六七八九"))
    assert parse(f"{written(whole)}点{digits}").value == Decimal(f"{whole}.{places}")
    assert parse(f"{written(whole)}点{digits}亿元").value == Decimal(f"{whole}.{places}") * 10**8


@given(st.integers(0, 10**15), st.sampled_from(["0123456789", "０１２３４５６７８９"]), st.booleans())
def test_digits_of_any_width_with_or_without_commas(number: int, digits: str, grouped: bool) -> None:
    words = f"{number:,}" if grouped else str(number)
    assert parse(words.translate(str.maketrans("0123456789", digits))).value == number


# ------------------------------------------------------------------------------------------------- any text at all

VOCABULARY = [
    *"0123456789０９一二三四五九〇零两十百千万亿点.,，．—-～至到/每 　½²①几数半第成折又角分番∶比×负",
    *("分之", "翻一番", "零下", "之间", "和"),
    *qualifiers.BEFORE,
    *qualifiers.WITHIN,
    *qualifiers.AFTER,
    *rates.BEFORE,
    *rates.AFTER,
    *(word for unit in UNITS.values() for word in unit.words + unit.prefixes),
]
LIKELY_WORDS = st.lists(st.sampled_from(VOCABULARY), max_size=10).map("".join)
NUMERAL_WORDS = st.text("0123456789.,零一二三五两十百千万亿点", min_size=1, max_size=12)


@settings(max_examples=1000)
@given(st.text() | LIKELY_WORDS | NUMERAL_WORDS)
@example("1" * 64)
@example("1," * 32)
@example("万" * 64)
@example("零" * 64)
@example("1.1." * 16)
@example("每年" * 32)
@example("约" * 64)
@example("\ufdfa" * 64)
@example("\ud800")
@example("٣人")
def test_any_text_is_a_quantity_or_a_quantity_error(words: str) -> None:
    try:
        quantity = parse(words)
    except QuantityError:
        return
    assert parse(render(quantity)) == quantity
    bounds = [bound for bound in (quantity.lower, quantity.value, quantity.upper) if bound is not None]
    assert bounds == sorted(bounds)
    assert all(bound.is_finite() and "E" not in str(bound) for bound in bounds)
    assert all(bound >= 0 for bound in bounds) or any(sign in words for sign in ("负", "零下", *"-−－﹣"))
    assert any(numerals(words)) or "半" in words or "对折" in words or "翻" in words


# ------------------------------------------------------------------------------------------- finding the numerals


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("没有", []),
        ("资金8740万元实施项目31个", ["8740万", "31"]),
        ("2022-08-06 10:31", ["2022", "08", "06", "10", "31"]),
        ("每人每年500—6000元", ["500", "6000"]),
        ("销售额7.015亿元", ["7.015亿"]),
        ("约1,858万元和1，858万元", ["1,858万", "1，858万"]),
        ("7．5％", ["7．5"]),
        ("有3,5,8和三种", ["3", "5", "8", "三"]),
        ("共5.", ["5"]),
        ("1,2345", ["1", "2345"]),
        ("五.六", ["五", "六"]),
        ("莞铜两地、兩岸", ["两", "兩"]),
        ("二〇二二年，壹佰贰拾", ["二〇二二", "壹佰贰拾"]),
        ("三点五亿", ["三", "五亿"]),
        ("一二三产，六大、百名、“三员”", ["一二三", "六", "百", "三"]),
        ("½Ⅳ①²", ["½Ⅳ①²"]),
        ("８７４０万元", ["８７４０万"]),
        ("𝟏𠀀二", ["𝟏", "二"]),
    ],
)
def test_the_numerals_of_a_text(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in numerals(text)] == expected


@given(st.text() | st.text("0123456789０９，,．.一二两兩万亿〇½①元年— ", max_size=40))
def test_numerals_cover_every_numeral_character_once_in_longest_runs(text: str) -> None:
    runs = list(numerals(text))
    covered = [position for start, end in runs for position in range(start, end)]
    numeric = [i for i, char in enumerate(text) if unicodedata.numeric(char, None) is not None or char in "两兩"]
    assert covered == sorted(set(covered))
    assert set(numeric) <= set(covered)
    assert all(text[position] in ".,．，" for position in set(covered) - set(numeric))
    assert all({start, end - 1} <= set(numeric) for start, end in runs)
    assert all(end < following for (_, end), (following, _) in pairwise(runs))
