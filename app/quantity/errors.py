"""`QuantityError`, and the reasons why words are not a quantity.

No message asks for other words than those of the source: what cannot be read is excluded, and described in a note.
"""


class QuantityError(ValueError):
    """Raised when words are not one quantity. The message names them and says what can be done."""


NOTE = "Leave it out of the figures: exclude it in excluded-numerals.csv, and describe it in a note."
_INDEFINITE = f"It names no definite number. {NOTE}"
_DATE = "It is a date, not a quantity. Lengths of time are read in 年, 个月, 天 or 小时."
_DIRECTION = "It says in which direction a number changed. Begin at the number, and say so in the column change."
_REASONS = {
    **dict.fromkeys(("几", "数", "若干", "许多", "多"), _INDEFINITE),
    **dict.fromkeys(("月", "日", "号"), _DATE),
    **dict.fromkeys(("增", "减", "降", "升", "下降", "上升", "提高", "下跌", "上涨"), _DIRECTION),
    "分之": f"This fraction is not read. {NOTE}",
    "第": "An ordinal says which one, not how many. It is no quantity.",
}
_ADVICE = f"End it where the quantity ends. If these words are its unit, that is not read yet. {NOTE}"


def missing_number(rest: str) -> QuantityError:
    """Return the error for something other than a number where a number is expected."""
    if not rest:
        return QuantityError("A number is missing at the end. Include the number, such as 290人.")
    return QuantityError(
        f"There is no number at “{rest}”. {_reason(rest, 'Begin at the number or at a word such as 约 or 每年.')}"
    )


def unexpected_words(rest: str) -> QuantityError:
    """Return the error for words after a complete quantity."""
    return QuantityError(f"“{rest}” is left over. {_reason(rest, _ADVICE)}")


def _reason(rest: str, default: str) -> str:
    return next((reason for word, reason in _REASONS.items() if rest.startswith(word)), default)
