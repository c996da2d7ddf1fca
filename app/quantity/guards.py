"""What stands beside a number in running text and makes it none: 第3, 8月, 5G, 010-6403, 二十大, 一些.

A wrong quantity is worse than none, so what is doubtful is left out.
"""

import re

from app.quantity import numeral
from app.quantity.amount import Amount
from app.quantity.units import UNITS

# Directly before a number: the rest of a longer number, of a code, of an ordinal, of a date or of a fraction.
_LEFT = re.compile(
    r"[0-9A-Za-z_@#%$^=.]$|[0-9][,:/ 比]$|[A-Za-z][/:+]$|[\^+][-+]+$|[0-9A-Za-z)][-—–~〜‐―─]+$"
    r"|[第数几零点百千万亿兆十之又俩]$|(?:星期|礼拜|周|初|其|老|专|唯|统)$"
)
# Directly after a number without a unit.
_RIGHT_OF_A_BARE_NUMBER = re.compile(
    r"[年月日号时点分届期级楼路中班度岁代第折成倍半几兆打^]|(?<=[0-9])[/:∶., ][0-9A-Za-z]|[0-9A-Za-z_]|[-—–~〜]"
)
_RIGHT_OF_MONEY = re.compile(r"[0-9一二三四五六七八九十两]+(?:角|毛|分|日本|钱|仙)")
# Directly after a unit: the rest of a longer word.
_RIGHT_OF_A_UNIT = {
    "年": "代级度初末底份", "人": "民大", "个": "体性别",
    "成": "立为功本都员果品年人长熟交绩就分份型材色活一二三四五六七八九", "折": "合叠算扣射返", "只": "有要能是",
    "对": "于口", "里": "面边", "部": "门分队", "名": "字单称额", "位": "于置", "家": "庭长乡", "条": "件例款",
    "处": "理于", "场": "所", "节": "目日约", "起": "来", "层": "面", "组": "织成", "级": "别", "季": "度节",
    "包": "括", "支": "持", "股": "份东", "道": "路", "台": "湾", "期": "间", "口": "袋之", "面": "前对临",
    "天": "堂", "大": "型中", "把": "握", "度": "假", "门": "槛", "本": "次", "升": "级", "分": "之",
    "两": "会地岸侧", "队": "伍", "单": "位独一元亲身人打项", "顶": "级尖层部端", "尾": "矿气部数", "剂": "量",
}  # fmt: skip
_ORDINAL_IN_WORDS = frozenset("期届级季层组队节轮部")  # 二期工程 is the second stage
_HALVES_OF_A_YEAR = frozenset("上下前后大小")
_FINANCIAL = frozenset("零〇壹贰弍叁叄弎肆伍陆柒捌玖拾佰仟")
_IDIOMS = re.compile(
    "十年九旱|[千百]家[万千]户|百家争鸣|三位一体|四面八方|百年[大老好]|千家|两口子|一年[半四到]|三天两头|十足"
)
_SCALES = "百千万亿佰仟"
_HAN = re.compile("[一-鿿]")
_LONG_NUMBER = re.compile("[0-9]{9,}")
_QUOTED_NAME = re.compile('[“‘"「『][^”’"」』]{1,6}[”’"」』]')


def refuses(text: str, start: int, end: int, amounts: list[Amount], *, qualified: bool) -> bool:
    """Return whether the text beside these amounts makes them doubtful."""
    if _LEFT.search(text, max(start - 3, 0), start) or _IDIOMS.match(text, start):
        return True
    first, last = amounts[0], amounts[-1]
    if text[start - 1 : start] and _QUOTED_NAME.match(text, start - 1) and not first.numeral.isascii():
        return True
    if text.startswith("半", start) and text[start - 1 : start] in _HALVES_OF_A_YEAR:
        return True
    if last.unit is UNITS["ratio"] and last.unit_words != "∶":  # 以3比1获胜, 3:1
        return True
    if last.unit is None:
        return (len(amounts) > 1 and "-" in text[start:end]) or _refuses_bare(text, start, end, last)
    return _refuses_with_unit(text, end, last, qualified=qualified)


def _refuses_bare(text: str, start: int, end: int, last: Amount) -> bool:
    if _RIGHT_OF_A_BARE_NUMBER.match(text, end):
        return True
    words = last.numeral
    if (last.is_calendar_year and not set(words) & set(_SCALES)) or _LONG_NUMBER.fullmatch(words):
        return True
    is_alone = not (_HAN.match(text, start - 1) if start else None) and not _HAN.match(text, end)
    if words and not words[0].isascii():
        if numeral.is_round(words) or (len(words) == 1 and words in _FINANCIAL):
            return True
        if len(words) <= 2 and not set(words) & set(_SCALES) and not is_alone:
            return True
    return False


def _refuses_with_unit(text: str, end: int, last: Amount, *, qualified: bool) -> bool:
    word = last.unit_words
    following = text[end : end + 1]
    if following == "·":  # 150人·天: a product of units
        return True
    if following and following in _RIGHT_OF_A_UNIT.get(word[-1:], ""):
        return True
    if following.isascii() and following.isalnum() and text[end - 1].isascii() and text[end - 1].isalnum():
        return True
    if (last.unit is not None and last.unit.currency and _RIGHT_OF_MONEY.match(text, end)) or (
        word == "对折" and not text.endswith("打", 0, end - 2)
    ):
        return True
    words = last.numeral
    if len(words) == 1 and words in _FINANCIAL:
        return True
    if not words or words[0].isascii() or qualified:
        return False
    if words == "一" and last.unit is not None and (last.unit.counted or last.unit.time):
        return True  # 一个, 一年: some, a
    if numeral.is_round(words) and last.unit is not None and (last.unit.currency or last.unit.time):
        return True  # 万元, 百年
    if word in _ORDINAL_IN_WORDS and words != "两":
        return True
    return word == "大" and last.lower >= 10  # 二十大
