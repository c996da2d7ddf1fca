"""The table of units, with the words and the standard codes of each.

A classifier that does not say what it counts (个, 项, 台, 只) is the unit ``item``. Two ambiguities are resolved here:
块 is a classifier and 块钱 is money; 天 is a length of time, while 日 and 年, mostly dates in newspapers, are no units.

- UCUM has no codes for money, 亩 and 斤. A count is dimensionless, with what is counted in braces.
- QUDT has the one unit ``NUM`` for all counts, and none for 亩 and 斤.
- Neither has a code for percentage points and for 倍.
"""

from dataclasses import dataclass
from fractions import Fraction

QUDT = "http://qudt.org/vocab/unit/"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement or of count.

    ``words`` follow a number, the canonical one first; ``prefixes`` precede it, as in 百分之五. One unit equals
    ``si_factor`` of the unit ``si_code``. ``ucum`` is its code in the Unified Code for Units of Measure, ``qudt`` its
    URI at QUDT. The code of a ``currency`` is that of ISO 4217. ``forms`` are irregular English singular and plural.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    si_code: str | None = None
    si_factor: Fraction | None = None
    prefixes: tuple[str, ...] = ()
    ucum: str | None = None
    qudt: str | None = None
    currency: bool = False
    forms: tuple[str, str] | None = None

    @property
    def singular(self) -> str:
        """The English word after 1."""
        return self.forms[0] if self.forms else self.en

    @property
    def plural(self) -> str:
        """The English word after other numbers. Symbols have no plural."""
        if self.forms:
            return self.forms[1]
        return f"{self.en}{'es' if self.en.endswith(('s', 'ch', 'x')) else 's'}" if self.counted else self.en

    @property
    def counted(self) -> bool:
        """True if it counts things."""
        return self.ucum == f"{{{self.code}}}"

    @property
    def iso4217(self) -> str | None:
        """The ISO 4217 code of a currency."""
        return self.code if self.currency else None


def _money(code: str, zh: str, en: str, words: tuple[str, ...], prefixes: tuple[str, ...] = ()) -> Unit:
    return Unit(code, zh, en, words, prefixes=prefixes, qudt=f"{QUDT}CCY_{code}", currency=True)


def _count(code: str, zh: str, en: str, words: tuple[str, ...], forms: tuple[str, str] | None = None) -> Unit:
    return Unit(code, zh, en, words, ucum=f"{{{code}}}", qudt=f"{QUDT}NUM", forms=forms)


ONE = Unit("one", "数", "count", (), ucum="1", qudt=f"{QUDT}UNITLESS")

_MONEY = (
    _money("CNY", "元", "yuan", ("元", "块钱", "元人民币", "人民币元", "人民币"), ("人民币", "¥")),
    _money("USD", "美元", "US dollar", ("美元", "美金"), ("US$",)),
    _money("HKD", "港元", "Hong Kong dollar", ("港元", "港币"), ("HK$",)),
    _money("EUR", "欧元", "euro", ("欧元",), ("€",)),
    _money("JPY", "日元", "yen", ("日元",)),
    _money("GBP", "英镑", "pound sterling", ("英镑",), ("£",)),
)

_MEASURES = (
    Unit("m2", "平方米", "m²", ("平方米", "平米", "m²", "㎡"), "m2", Fraction(1), ucum="m2", qudt=f"{QUDT}M2"),
    Unit(
        "km2",
        "平方公里",
        "km²",
        ("平方公里", "平方千米", "km²", "㎢"),
        "m2",
        Fraction(10**6),
        ucum="km2",
        qudt=f"{QUDT}KiloM2",
    ),
    Unit("mu", "亩", "mu", ("亩",), "m2", Fraction(2000, 3)),
    Unit("ha", "公顷", "ha", ("公顷",), "m2", Fraction(10**4), ucum="har", qudt=f"{QUDT}HA"),
    Unit("m3", "立方米", "m³", ("立方米", "m³", "㎥"), "m3", Fraction(1), ucum="m3", qudt=f"{QUDT}M3"),
    Unit("m", "米", "m", ("米",), "m", Fraction(1), ucum="m", qudt=f"{QUDT}M"),
    Unit("km", "公里", "km", ("公里", "千米", "km"), "m", Fraction(1000), ucum="km", qudt=f"{QUDT}KiloM"),
    Unit("cm", "厘米", "cm", ("厘米", "cm"), "m", Fraction(1, 100), ucum="cm", qudt=f"{QUDT}CentiM"),
    Unit("mm", "毫米", "mm", ("毫米", "mm"), "m", Fraction(1, 1000), ucum="mm", qudt=f"{QUDT}MilliM"),
    Unit("kg", "公斤", "kg", ("公斤", "千克", "kg"), "kg", Fraction(1), ucum="kg", qudt=f"{QUDT}KiloGM"),
    Unit("g", "克", "g", ("克",), "kg", Fraction(1, 1000), ucum="g", qudt=f"{QUDT}GM"),
    Unit("jin", "斤", "jin", ("斤", "市斤"), "kg", Fraction(1, 2)),
    Unit("t", "吨", "t", ("吨",), "kg", Fraction(1000), ucum="t", qudt=f"{QUDT}TON_Metric"),
    Unit("W", "瓦", "W", ("瓦",), "W", Fraction(1), ucum="W", qudt=f"{QUDT}W"),
    Unit("kW", "千瓦", "kW", ("千瓦", "kW"), "W", Fraction(1000), ucum="kW", qudt=f"{QUDT}KiloW"),
    Unit("J", "焦耳", "J", ("焦耳",), "J", Fraction(1), ucum="J", qudt=f"{QUDT}J"),
    Unit(
        "kWh",
        "千瓦时",
        "kWh",
        ("千瓦时", "千瓦小时", "kWh"),
        "J",
        Fraction(3_600_000),
        ucum="kW.h",
        qudt=f"{QUDT}KiloW-HR",
    ),
    Unit("s", "秒", "s", ("秒", "秒钟"), "s", Fraction(1), ucum="s", qudt=f"{QUDT}SEC"),
    Unit("min", "分钟", "min", ("分钟",), "s", Fraction(60), ucum="min", qudt=f"{QUDT}MIN"),
    Unit("h", "小时", "h", ("小时", "个小时"), "s", Fraction(3600), ucum="h", qudt=f"{QUDT}HR"),
    Unit("d", "天", "day", ("天",), "s", Fraction(86_400), ucum="d", qudt=f"{QUDT}DAY", forms=("day", "days")),
    Unit("month", "个月", "month", ("个月",), ucum="mo", qudt=f"{QUDT}MO", forms=("month", "months")),
)

_RATIOS = (
    Unit("percent", "%", "percent", ("%",), prefixes=("百分之",), ucum="%", qudt=f"{QUDT}PERCENT"),
    Unit("permille", "‰", "per mille", ("‰",), prefixes=("千分之",), ucum="[ppth]", qudt=f"{QUDT}PERMILLE"),
    Unit(
        "percentage-point",
        "个百分点",
        "percentage point",
        ("个百分点", "百分点"),
        forms=("percentage point", "percentage points"),
    ),
    Unit("fold", "倍", "fold", ("倍",)),
)

_BUSINESSES = ("business or institution", "businesses or institutions")
_SCHOOLS = ("school, hospital or institute", "schools, hospitals or institutes")

_PEOPLE = (
    _count("person", "人", "person", ("人", "名", "位", "个人"), ("person", "people")),
    _count("person-time", "人次", "participation", ("人次", "人(次)")),
    _count("household", "户", "household", ("户",)),
    _count("pair", "对", "pair", ("对", "双")),
    _count("team", "支", "team", ("支",)),
    _count("business", "家", _BUSINESSES[0], ("家",), _BUSINESSES),
    _count("institution", "所", _SCHOOLS[0], ("所",), _SCHOOLS),
)

_THINGS = (
    _count("item", "个", "item", tuple("个项件种类大只台块条份篇张本册部处座间门款宗例")),
    _count("set", "套", "set", ("套", "台套", "台(套)")),
    _count("batch", "批", "batch", ("批",)),
    _count("vehicle", "辆", "vehicle", ("辆",)),
    _count("head", "头", "head of livestock", ("头",), ("head of livestock", "head of livestock")),
    _count("plant", "株", "plant", ("株", "棵")),
    _count("session", "场", "session", ("场", "场次")),
    _count("time", "次", "times", ("次",), ("time", "times")),
)

UNITS: dict[str, Unit] = {unit.code: unit for unit in (ONE, *_MONEY, *_MEASURES, *_RATIOS, *_PEOPLE, *_THINGS)}
