"""Whether a number is a change: 增长11% is an increase of 11 %, 增长到11% the level after one, 翻一番 a multiple.

The verb stands before the number, mostly outside the words of a figure. Where it says nothing, anything may hold.
"""

import re
from enum import StrEnum

from app.quantity import qualifiers
from app.quantity.cursor import normalise
from app.quantity.units import Unit

MAX_CHARS_BEFORE = 64  # of the text before a number, in which its verb and the numbers of its list stand


class Change(StrEnum):
    """Whether a number is an amount as such, a change of one, or an amount before or after a change."""

    LEVEL = "level"
    INCREASE = "increase"
    DECREASE = "decrease"
    FROM = "from"
    TO = "to"
    MULTIPLE = "multiple"


_VERBS = {
    Change.INCREASE: "增长|提高|上升|增加|上涨|提升",
    Change.DECREASE: "下降|减少|降低|下跌|缩减|下滑",
}
_RESULT = "(?:到|至|为|成|达到)了?"  # after a verb: the amount that results
_CLAIMS = f"(?:{'|'.join(map(re.escape, sorted(filter(None, qualifiers.BEFORE), key=len, reverse=True)))})*"
_NUMBER_OF_A_LIST = (
    f"{_CLAIMS}[-−]?[0-9〇零一二两三四五六七八九十百千万亿半几数][^，,。；;：:、]{{0,12}}?(?:、|和|及|与|以及)"
)
_BEFORE = re.compile(
    "(?P<verb>"
    + "|".join(f"(?P<{change.value}>{verbs})" for change, verbs in _VERBS.items())
    + "|[增升减降](?=[到至为]))"
    f"(?P<result>{_RESULT})?了?(?:{_NUMBER_OF_A_LIST})*{_CLAIMS}$"
)
_LEADING_CLAIMS = re.compile(_CLAIMS)


def changes(words: str, unit: Unit, before: str = "") -> dict[Change, str]:
    """Return what a quantity may be, each with the word that says so; empty if its words and those before say nothing.

    增长1.5倍 may mean by or to so many times. In 增长3年 the time is how long it grew.
    """
    phrase = normalise(words)
    if "翻" in phrase:
        return {Change.MULTIPLE: "翻"}
    claims = _LEADING_CLAIMS.match(phrase)
    match = _BEFORE.search(normalise(before[-MAX_CHARS_BEFORE:]) + (claims[0] if claims else ""))
    if not match or unit.time:
        return {}
    if match["result"]:
        return dict.fromkeys((Change.TO, Change.LEVEL), match["verb"] + match["result"])
    change = next(each for each in _VERBS if match[each.value])
    return dict.fromkeys((change, Change.MULTIPLE) if unit.code == "fold" else (change,), match["verb"])
