"""`QuantityError`, and the reasons why words are not a quantity."""


class QuantityError(ValueError):
    """Raised when words are not one quantity. The message names them and says what to write instead."""


_INDEFINITE = "It names no definite number. Leave it out of the figures and describe it in a note."
_DATE = "It is a date or an age, not a quantity. A length of time is read in 天, 小时 or 个月."
_NEGATIVE = "Negative quantities are not read. State the amount and describe the direction in a note."
_REASONS = {
    **dict.fromkeys(("几", "数", "若干", "许多"), _INDEFINITE),
    **dict.fromkeys(("年", "月", "日", "号"), _DATE),
    **dict.fromkeys(("负", "-", "−"), _NEGATIVE),
    "半": "Half of something is no plain number. Write 0.5 or 50% if that is meant.",
    "分之": "A fraction may have no exact decimal. Only 百分之 and 千分之 are read.",
    "成": "Tenths are not read. Write 30% for 三成.",
    "第": "An ordinal says which one, not how many. It is no quantity.",
}
_ADVICE = "End it where the quantity ends, or add the missing unit to UNITS in app/quantity/units.py."


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
