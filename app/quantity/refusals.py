"""Why words cannot be read, and what would be right instead."""

from app.quantity.errors import QuantityError

_INDEFINITE = "it names no definite number; leave it out of the figures and tell it in a note"
_DATE = "it is a date or an age, no quantity; a length of time is read in 天, 小时 or 个月"
_NEGATIVE = "a negative quantity is not read; state the amount and tell the direction in a note"
_REASONS = {
    **dict.fromkeys(("几", "数", "若干", "许多"), _INDEFINITE),
    **dict.fromkeys(("年", "月", "日", "号"), _DATE),
    **dict.fromkeys(("负", "-", "−"), _NEGATIVE),
    "半": "half of something is no plain number; write 0.5 or 50% if that is meant",
    "分之": "a fraction may have no exact decimal; only 百分之 and 千分之 are read",
    "成": "tenths are not read; write 30% for 三成",
    "第": "an ordinal says which one, not how many; it is no quantity",
}
_OTHERWISE = "end it where the quantity ends, or add the missing unit to UNITS in app/quantity/units.py"


def missing_number(rest: str) -> QuantityError:
    """Where a number should stand there is something else, or nothing."""
    if not rest:
        return QuantityError("a number is missing at the end; include the number, such as 290人")
    return QuantityError(
        f"no number at “{rest}”; {_reason(rest, 'begin at the number or at a word such as 约 or 每年')}"
    )


def unread(rest: str) -> QuantityError:
    """A quantity has been read, but something is left over."""
    return QuantityError(f"“{rest}” is left over; {_reason(rest, _OTHERWISE)}")


def _reason(rest: str, otherwise: str) -> str:
    return next((reason for word, reason in _REASONS.items() if rest.startswith(word)), otherwise)
