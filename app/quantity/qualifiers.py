"""Words that say how exact a number is: 约, 近, 超过, 余, 以上.

Each makes a claim: a comparator, and the bounds that it sets on the true number. Of two claims about one number the
weaker one holds, so that no bound is stricter than the words: 约100人以上 is only about 100, because an approximate
bound is none. Contradictory claims raise QuantityError.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from app.quantity.decimals import spaced
from app.quantity.errors import NOTE, QuantityError
from app.quantity.units import Unit
from app.sentence import Sentence


class Comparator(StrEnum):
    """How the true number compares with the stated one."""

    EQ = "eq"
    APPROX = "approx"
    GE = "ge"
    GT = "gt"
    LE = "le"
    LT = "lt"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a qualifier says about its number."""

    comparator: Comparator
    gloss: Sentence
    bounded_below: bool = False
    bounded_above: bool = False

    def bounds(self, value: Decimal) -> tuple[Decimal | None, Decimal | None]:
        """Return the lower and the upper bound that the claim sets."""
        return value if self.bounded_below else None, value if self.bounded_above else None


EXACTLY = Claim(Comparator.EQ, Sentence("恰为", "exactly"), bounded_below=True, bounded_above=True)
ABOUT = Claim(Comparator.APPROX, Sentence("约", "about"))
NEARLY = Claim(Comparator.APPROX, Sentence("接近、不超过", "nearly, not above"), bounded_above=True)
MORE = Claim(Comparator.GT, Sentence("多于", "more than"), bounded_below=True)
AT_LEAST = Claim(Comparator.GE, Sentence("不少于", "at least"), bounded_below=True)
LESS = Claim(Comparator.LT, Sentence("少于", "less than"), bounded_above=True)
AT_MOST = Claim(Comparator.LE, Sentence("不超过", "at most"), bounded_above=True)

# The first word before a number is the canonical one; an exact number needs none.
_BEFORE = {
    EXACTLY: (
        "", "共", "共计", "共有", "总共", "一共", "总计", "累计", "合计", "计", "为", "达", "达到", "达到了", "高达",
        "多达", "仅", "平均",
    ),
    ABOUT: ("约", "大约", "大概", "约为", "约有", "约合"),
    NEARLY: ("近", "将近", "接近"),
    MORE: (
        "超过", "超过了", "超", "超出", "逾", "多于", "高于", "大于", "突破", "突破了", "不止", "过", ">",
    ),
    AT_LEAST: (
        "至少", "最少", "不少于", "不低于", "不小于", "不下", "不下于", "大于等于", "大于或等于", "起码", "最低", "上",
        "≥",
    ),
    LESS: ("不足", "不到", "低于", "少于", "小于", "未达", "未达到", "未满", "不满", "<"),
    AT_MOST: (
        "不超过", "至多", "最多", "不多于", "不高于", "不大于", "小于等于", "小于或等于", "最高", "可达", "≤",
    ),
}  # fmt: skip
_WITHIN = {MORE: ("余", "多"), ABOUT: ("来",)}
_AFTER = {
    EXACTLY: ("整", "不等", "之多"),
    ABOUT: ("左右", "上下"),
    MORE: ("余", "多", "有余", "出头"),
    AT_LEAST: ("以上", "及以上"),
    AT_MOST: ("以下", "及以下", "以内", "之内", "内"),
}


def _by_word(claims: dict[Claim, tuple[str, ...]]) -> dict[str, Claim]:
    return {word: claim for claim, words in claims.items() for word in words if word}


BEFORE = _by_word(_BEFORE)
WITHIN = _by_word(_WITHIN)  # between the number and its unit: 30多个, 100余万元
AFTER = _by_word(_AFTER)
WORDS = _BEFORE  # of each claim, the canonical one first
_CLOSELY = frozenset(("上", "过"))
# Words that claim something of some quantities only, and mean something else before others.
CONDITIONAL = frozenset(("近", "内", *_CLOSELY))


def fits(word: str, unit: Unit | None, *, is_round: bool) -> bool:
    """Return whether a word can only qualify this quantity.

    上百 is at least 100, but 上3 is to go up. 过百 and 过5% are more, but 过3次 is to have done so three times. 近3年
    are the last three years. 3公里内 is a bound, but 3个内 begins with another word.
    """
    if word in _CLOSELY:
        return is_round or (word == "过" and unit is not None and unit.code == "percent")
    if word == "近":
        return unit is None or not unit.time
    return word != "内" or (unit is not None and (unit.time or unit.si_code == "m"))


_WEAKER = {frozenset((MORE, AT_LEAST)): AT_LEAST, frozenset((LESS, AT_MOST)): AT_MOST}


@dataclass(frozen=True, slots=True)
class Qualifier:
    """A claim and the words that make it."""

    words: str
    claim: Claim

    def step(self, value: Decimal) -> Sentence:
        """Return the step that explains the qualifier."""
        return Sentence.same("") + self.words + " = " + self.claim.gloss + f" {spaced(value)}"

    def joined(self, other: "Qualifier") -> "Qualifier":
        """Return the combination of two qualifiers of one number."""
        return Qualifier(f"{self.words}…{other.words}", self._weaker(other))

    def _weaker(self, other: "Qualifier") -> Claim:
        claims = {self.claim, other.claim}
        if len(claims) == 1:
            return self.claim
        if ABOUT in claims:
            return ABOUT
        if weaker := _WEAKER.get(frozenset(claims)):
            return weaker
        raise QuantityError(f"“{self.words}” and “{other.words}” contradict each other. {NOTE}")
