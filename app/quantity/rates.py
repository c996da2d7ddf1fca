"""Words that relate a quantity to a person, a thing or a time: 每年, 年均, 每人每年, 元/亩."""

from collections.abc import Iterable

from app.quantity.errors import QuantityError

# The first word is the canonical one. Codes are joined in this order, time last.
_NOUNS = {
    "person": ("人", "名"),
    "household": ("户",),
    "business": ("家",),
    "mu": ("亩",),
    "time": ("次",),
    "year": ("年",),
    "quarter": ("季度", "季"),
    "month": ("月", "个月"),
    "week": ("周",),
    "day": ("天", "日"),
    "hour": ("小时",),
}


def _by_word(*patterns: str) -> dict[str, str]:
    return {pattern.format(noun): code for code, nouns in _NOUNS.items() for noun in nouns for pattern in patterns}


BEFORE = _by_word("每{}", "平均每{}", "{}均")
AFTER = _by_word("每{}", "/{}")


def joined(codes: Iterable[str]) -> str | None:
    """Return the code of all rates together, such as ``person-year``, or None if there are none."""
    stated = list(codes)
    if not stated:
        return None
    if len(stated) != len(set(stated)):
        raise QuantityError(f"It says “per {stated[-1]}” twice. Keep one of the two.")
    return "-".join(sorted(stated, key=list(_NOUNS).index))


def words(per: str) -> str:
    """Return the canonical words of a code: 每人每年."""
    return "".join(f"每{_NOUNS[code][0]}" for code in per.split("-"))
