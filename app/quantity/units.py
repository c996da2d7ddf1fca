"""The table of units, with the words and the standard codes of each.

A classifier that does not say what it counts (个, 项, 台, 只) is the unit ``item``. Ambiguities are resolved here: 块钱
is money, and 块 alone is not read; 口 is a classifier (of wells, of people) and 口人 means people; 分 and 角 are money
only before 钱 or after 元; 度 alone may be a temperature, an angle or energy; 日 and 月 are dates, 天 and 个月
lengths of time.

- UCUM has no codes for money, ages and Chinese measures. A count is dimensionless, with what is counted in braces.
- QUDT has the one unit ``NUM`` for all counts, and none for Chinese measures.
- Neither has a code for percentage points and for 倍.
"""

from dataclasses import dataclass
from fractions import Fraction

QUDT = "http://qudt.org/vocab/unit/"


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measurement or of count.

    ``words`` follow a number, the canonical one first; ``prefixes`` precede it, as in 百分之五; ``multiples`` follow a
    number of so many units, as 成 of 10 %. One unit equals ``si_factor`` of the unit ``si_code``. ``ucum`` is its code
    in the Unified Code for Units of Measure, ``qudt`` its URI at QUDT. The code of a ``currency`` is that of ISO 4217.
    ``forms`` are irregular English singular and plural. ``time`` marks a length of time, ``kind_of`` the code of the
    unit whose word may follow a number after a prefix of this one: 华氏98度, 港币98元.
    """

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    si_code: str | None = None
    si_factor: Fraction | None = None
    prefixes: tuple[str, ...] = ()
    multiples: tuple[tuple[str, str], ...] = ()
    ucum: str | None = None
    qudt: str | None = None
    currency: bool = False
    forms: tuple[str, str] | None = None
    time: bool = False
    kind_of: str | None = None

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


def _money(
    code: str,
    zh: str,
    en: str,
    words: tuple[str, ...] = (),
    prefixes: tuple[str, ...] = (),
    multiples: tuple[tuple[str, str], ...] = (),
) -> Unit:
    return Unit(
        code,
        zh,
        en,
        (zh, *words),
        prefixes=prefixes,
        multiples=multiples,
        qudt=f"{QUDT}CCY_{code}",
        currency=True,
        kind_of=None if code == "CNY" else "CNY",
    )


def _count(code: str, zh: str, en: str, words: tuple[str, ...], forms: tuple[str, str] | None = None) -> Unit:
    return Unit(code, zh, en, words, ucum=f"{{{code}}}", qudt=f"{QUDT}NUM", forms=forms)


def _measure(
    code: str,
    words: str,
    si_code: str,
    factor: Fraction | int,
    ucum: str | None = None,
    qudt: str | None = None,
    en: str | None = None,
) -> Unit:
    first, *_ = every = tuple(words.split())
    uri = f"{QUDT}{qudt}" if qudt else None
    return Unit(code, first, en or code, every, si_code, Fraction(factor), ucum=ucum, qudt=uri)


def _time(code: str, words: str, en: str, si_factor: int | None, ucum: str | None, qudt: str | None) -> Unit:
    first, *_ = every = tuple(words.split())
    si_code, factor = (None, None) if si_factor is None else ("s", Fraction(si_factor))
    forms = None if en in {"s", "min", "h"} else (en, f"{en}s")
    uri = f"{QUDT}{qudt}" if qudt else None
    return Unit(code, first, en, every, si_code, factor, ucum=ucum, qudt=uri, forms=forms, time=True)


ONE = Unit("one", "数", "count", (), ucum="1", qudt=f"{QUDT}UNITLESS")

_MONEY = (
    _money(
        "CNY",
        "元",
        "yuan",
        ("块钱", "元人民币", "人民币元", "人民币", "元钱", "圆"),
        ("人民币", "¥"),
        (("毛钱", "0.1"), ("角钱", "0.1"), ("分钱", "0.01")),
    ),
    _money("USD", "美元", "US dollar", ("美金", "美圆"), ("US$",), (("美分", "0.01"),)),
    _money("HKD", "港元", "Hong Kong dollar", ("港币", "港圆"), ("HK$", "港币")),
    _money("MOP", "澳门元", "Macao pataca", ("澳门币",), ("澳门币",)),
    _money("TWD", "新台币", "New Taiwan dollar", ("台币", "新台币元"), ("NT$", "新台币")),
    _money("EUR", "欧元", "euro", (), ("€",)),
    _money("JPY", "日元", "yen", ("日圆",)),
    _money("KRW", "韩元", "won", ("韩圆",)),
    _money("GBP", "英镑", "pound sterling", (), ("£",)),
    _money("CHF", "瑞士法郎", "Swiss franc"),
    _money("RUB", "卢布", "rouble"),
    _money("AUD", "澳元", "Australian dollar", ("澳大利亚元",)),
    _money("CAD", "加元", "Canadian dollar", ("加拿大元",)),
    _money("SGD", "新加坡元", "Singapore dollar"),
    _money("THB", "泰铢", "baht"),
)

_MEASURES = (
    _measure("m2", "平方米 平米 m² ㎡", "m2", 1, "m2", "M2", "m²"),
    _measure("km2", "平方公里 平方千米 km² ㎢", "m2", 10**6, "km2", "KiloM2", "km²"),
    _measure("cm2", "平方厘米", "m2", Fraction(1, 10**4), "cm2", "CentiM2", "cm²"),
    _measure("mu", "亩", "m2", Fraction(2000, 3)),
    _measure("ha", "公顷", "m2", 10**4, "har", "HA"),
    _measure("m3", "立方米 立方 m³ ㎥", "m3", 1, "m3", "M3", "m³"),
    _measure("L", "升 公升", "m3", Fraction(1, 1000), "L", "L"),
    _measure("mL", "毫升 ml mL", "m3", Fraction(1, 10**6), "mL", "MilliL"),
    _measure("m", "米 m", "m", 1, "m", "M"),
    _measure("km", "公里 千米 km KM", "m", 1000, "km", "KiloM"),
    _measure("cm", "厘米 公分 cm CM", "m", Fraction(1, 100), "cm", "CentiM"),
    _measure("mm", "毫米 mm", "m", Fraction(1, 1000), "mm", "MilliM"),
    _measure("um", "微米", "m", Fraction(1, 10**6), "um", "MicroM", "µm"),
    _measure("nm", "纳米 nm", "m", Fraction(1, 10**9), "nm", "NanoM"),
    _measure("li", "里 里路 华里", "m", 500),
    _measure("zhang", "丈", "m", Fraction(10, 3)),
    _measure("chi", "尺 市尺", "m", Fraction(1, 3)),
    _measure("nmi", "海里", "m", 1852, "[nmi_i]", "MI_N", "nautical miles"),
    _measure("kg", "公斤 千克 kg KG", "kg", 1, "kg", "KiloGM"),
    _measure("g", "克", "kg", Fraction(1, 1000), "g", "GM"),
    _measure("mg", "毫克 mg", "kg", Fraction(1, 10**6), "mg", "MilliGM"),
    _measure("ug", "微克", "kg", Fraction(1, 10**9), "ug", "MicroGM", "µg"),
    _measure("jin", "斤 市斤", "kg", Fraction(1, 2)),
    _measure("liang", "两", "kg", Fraction(1, 20)),
    _measure("t", "吨 公吨", "kg", 1000, "t", "TON_Metric"),
    _measure("W", "瓦", "W", 1, "W", "W"),
    _measure("kW", "千瓦 kW", "W", 1000, "kW", "KiloW"),
    _measure("MW", "兆瓦 MW", "W", 10**6, "MW", "MegaW"),
    _measure("GW", "吉瓦 GW", "W", 10**9, "GW", "GigaW"),
    _measure("J", "焦耳", "J", 1, "J", "J"),
    _measure("kWh", "千瓦时 千瓦·时 千瓦小时 kWh kW·h 度电", "J", 3_600_000, "kW.h", "KiloW-HR"),
    _measure("kcal", "千卡 大卡", "J", 4184, "kcal", "KiloCAL"),
    _measure("Hz", "赫兹", "Hz", 1, "Hz", "HZ"),
    _measure("MHz", "兆赫 兆赫兹", "Hz", 10**6, "MHz", "MegaHZ"),
    Unit("du", "度", "du (degrees or kWh)", ("度",)),
    Unit(
        "Cel",
        "摄氏度",
        "°C",
        ("摄氏度", "℃"),
        prefixes=("摄氏", "摄氏温度"),
        ucum="Cel",
        qudt=f"{QUDT}DEG_C",
        kind_of="du",
    ),
    Unit(
        "degF",
        "华氏度",
        "°F",
        ("华氏度", "℉"),
        prefixes=("华氏", "华氏温度"),
        ucum="[degF]",
        qudt=f"{QUDT}DEG_F",
        kind_of="du",
    ),
)

_TIMES = (
    _time("s", "秒 秒钟", "s", 1, "s", "SEC"),
    _time("min", "分钟", "min", 60, "min", "MIN"),
    _time("h", "小时 个小时 个钟头 钟头", "h", 3600, "h", "HR"),
    _time("d", "天", "day", 86_400, "d", "DAY"),
    _time("working-day", "个工作日 工作日", "working day", None, None, None),
    _time("week", "周 个星期 星期 个礼拜", "week", 604_800, "wk", "WK"),
    _time("month", "个月", "month", None, "mo", "MO"),
    _time("quarter", "个季度", "quarter", None, None, None),
    _time("year", "年", "year", None, "a", "YR"),
    Unit("age", "岁", "years of age", ("岁", "周岁"), forms=("year of age", "years of age")),
)

_RATIOS = (
    Unit(
        "percent",
        "%",
        "percent",
        ("%",),
        prefixes=("百分之",),
        multiples=(("成", "10"),),
        ucum="%",
        qudt=f"{QUDT}PERCENT",
    ),
    Unit("permille", "‰", "per mille", ("‰",), prefixes=("千分之",), ucum="[ppth]", qudt=f"{QUDT}PERMILLE"),
    Unit(
        "percentage-point",
        "个百分点",
        "percentage point",
        ("个百分点", "百分点"),
        forms=("percentage point", "percentage points"),
    ),
    Unit("fold", "倍", "fold", ("倍",)),
    Unit("ratio", "∶1", "to 1", ("∶1",)),
)

_BUSINESSES = ("business or institution", "businesses or institutions")
_SCHOOLS = ("school, hospital or institute", "schools, hospitals or institutes")

_PEOPLE = (
    _count("person", "人", "person", ("人", "名", "位", "个人", "口人"), ("person", "people")),
    _count("person-time", "人次", "participation", ("人次", "人(次)", "人·次")),
    _count("household", "户", "household", ("户",)),
    _count("pair", "对", "pair", ("对", "双")),
    _count("team", "支", "team", ("支",)),
    _count("business", "家", _BUSINESSES[0], ("家",), _BUSINESSES),
    _count("institution", "所", _SCHOOLS[0], ("所",), _SCHOOLS),
)

# Classifiers that do not say what they count.
_CLASSIFIERS = tuple(
    "个项件种类大只台块条份篇张本册部处座间门款宗例栋幢层口箱袋瓶盒包桶罐艘架列枚颗粒根片枝把期届轮组队节眼面幅道笔起桩季盏尊顶扇尾剂单"
)

_THINGS = (
    _count("item", "个", "item", (*_CLASSIFIERS, "班次", "车次", "架次", "标箱")),
    _count("set", "套", "set", ("套", "台套", "台(套)")),
    _count("batch", "批", "batch", ("批",)),
    _count("vehicle", "辆", "vehicle", ("辆",)),
    _count("head", "头", "head of livestock", ("头", "匹", "羽"), ("head of livestock", "head of livestock")),
    _count("plant", "株", "plant", ("株", "棵")),
    _count("session", "场", "session", ("场", "场次")),
    _count("time", "次", "times", ("次", "趟"), ("time", "times")),
    _count("share", "股", "share", ("股",)),
    _count("lesson", "课时", "lesson", ("课时", "个课时", "学时", "个学时")),
    _count("mu-time", "亩次", "mu treated", ("亩次", "亩·次"), ("mu treated", "mu treated")),
)

UNITS: dict[str, Unit] = {unit.code: unit for unit in (ONE, *_MONEY, *_MEASURES, *_TIMES, *_RATIOS, *_PEOPLE, *_THINGS)}
