"""The table of units: each declared once, with the words that mean it.

A classifier that does not say what it counts (个, 项, 台, 只) is the unit ``item``. Two readings are decided here: 块
is the classifier and 块钱 the money; 天 is a length of time while 日 and 年, mostly dates in newspapers, are no units.
"""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement or of count.

    ``words`` follow a number, the canonical one first; ``prefixes`` stand before it, as in 百分之五. One unit is
    ``si_factor`` of the unit ``si_code``.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    si_code: str | None = None
    si_factor: Fraction | None = None
    prefixes: tuple[str, ...] = ()


ONE = Unit("one", "数", "count", ())

_MONEY = (
    Unit("CNY", "元", "yuan", ("元", "块钱", "元人民币", "人民币元", "人民币"), prefixes=("人民币", "¥")),
    Unit("USD", "美元", "US dollar", ("美元", "美金"), prefixes=("US$",)),
    Unit("HKD", "港元", "Hong Kong dollar", ("港元", "港币"), prefixes=("HK$",)),
    Unit("EUR", "欧元", "euro", ("欧元",), prefixes=("€",)),
    Unit("JPY", "日元", "yen", ("日元",)),
    Unit("GBP", "英镑", "pound sterling", ("英镑",), prefixes=("£",)),
)

_MEASURES = (
    Unit("m2", "平方米", "m²", ("平方米", "平米", "m²", "㎡"), "m2", Fraction(1)),
    Unit("km2", "平方公里", "km²", ("平方公里", "平方千米", "km²", "㎢"), "m2", Fraction(10**6)),
    Unit("mu", "亩", "mu", ("亩",), "m2", Fraction(2000, 3)),
    Unit("ha", "公顷", "ha", ("公顷",), "m2", Fraction(10**4)),
    Unit("m3", "立方米", "m³", ("立方米", "m³", "㎥"), "m3", Fraction(1)),
    Unit("m", "米", "m", ("米",), "m", Fraction(1)),
    Unit("km", "公里", "km", ("公里", "千米", "km"), "m", Fraction(1000)),
    Unit("cm", "厘米", "cm", ("厘米", "cm"), "m", Fraction(1, 100)),
    Unit("mm", "毫米", "mm", ("毫米", "mm"), "m", Fraction(1, 1000)),
    Unit("kg", "公斤", "kg", ("公斤", "千克", "kg"), "kg", Fraction(1)),
    Unit("g", "克", "g", ("克",), "kg", Fraction(1, 1000)),
    Unit("jin", "斤", "jin", ("斤", "市斤"), "kg", Fraction(1, 2)),
    Unit("t", "吨", "t", ("吨",), "kg", Fraction(1000)),
    Unit("W", "瓦", "W", ("瓦",), "W", Fraction(1)),
    Unit("kW", "千瓦", "kW", ("千瓦", "kW"), "W", Fraction(1000)),
    Unit("J", "焦耳", "J", ("焦耳",), "J", Fraction(1)),
    Unit("kWh", "千瓦时", "kWh", ("千瓦时", "千瓦小时", "kWh"), "J", Fraction(3_600_000)),
    Unit("s", "秒", "s", ("秒", "秒钟"), "s", Fraction(1)),
    Unit("min", "分钟", "min", ("分钟",), "s", Fraction(60)),
    Unit("h", "小时", "h", ("小时", "个小时"), "s", Fraction(3600)),
    Unit("d", "天", "day", ("天",), "s", Fraction(86_400)),
    Unit("month", "个月", "month", ("个月",)),
)

_RATIOS = (
    Unit("percent", "%", "percent", ("%",), prefixes=("百分之",)),
    Unit("permille", "‰", "per mille", ("‰",), prefixes=("千分之",)),
    Unit("percentage-point", "个百分点", "percentage point", ("个百分点", "百分点")),
    Unit("fold", "倍", "fold", ("倍",)),
)

_PEOPLE = (
    Unit("person", "人", "person", ("人", "名", "位", "个人")),
    Unit("person-time", "人次", "person-time", ("人次", "人(次)")),
    Unit("household", "户", "household", ("户",)),
    Unit("pair", "对", "pair", ("对", "双")),
    Unit("team", "支", "team", ("支",)),
    Unit("business", "家", "business or institution", ("家",)),
    Unit("institution", "所", "school, hospital or institute", ("所",)),
)

_THINGS = (
    Unit("item", "个", "item", tuple("个项件种类大只台块条份篇张本册部处座间门款宗例")),
    Unit("set", "套", "set", ("套", "台套", "台(套)")),
    Unit("batch", "批", "batch", ("批",)),
    Unit("vehicle", "辆", "vehicle", ("辆",)),
    Unit("head", "头", "head of livestock", ("头",)),
    Unit("plant", "株", "plant", ("株", "棵")),
    Unit("session", "场", "session", ("场", "场次")),
    Unit("time", "次", "times", ("次",)),
)

UNITS: dict[str, Unit] = {unit.code: unit for unit in (ONE, *_MONEY, *_MEASURES, *_RATIOS, *_PEOPLE, *_THINGS)}
