"""From the parts of a phrase to a quantity."""

from decimal import Decimal
from fractions import Fraction
from functools import reduce

from app.quantity import numeral, rates
from app.quantity.decimals import spaced
from app.quantity.errors import QuantityError
from app.quantity.phrase import Amount, Phrase, read, same_unit
from app.quantity.qualifiers import ABOUT, EXACTLY, Comparator, Qualifier
from app.quantity.quantity import Quantity
from app.quantity.units import ONE, UNITS, Unit
from app.sentence import Sentence

MAX_PHRASE_CHARS = 64


def parse(words: str) -> Quantity:
    """Return the quantity that all of the words state. Raises QuantityError."""
    if len(words) > MAX_PHRASE_CHARS:
        advice = f"Give one quantity of at most {MAX_PHRASE_CHARS}."
        raise QuantityError(f"“{words[:MAX_PHRASE_CHARS]}”: {len(words)} characters are too many. {advice}")
    try:
        return _quantity(read(words))
    except QuantityError as error:
        raise QuantityError(f"“{words}”: {error}") from error


def _quantity(phrase: Phrase) -> Quantity:
    qualifiers = [qualifier for qualifier in phrase.qualifiers if qualifier.claim is not EXACTLY]
    if phrase.grouped:
        return _groups(phrase)
    return _single(phrase, qualifiers) if len(phrase.amounts) == 1 else _range(phrase, qualifiers)


def _single(phrase: Phrase, qualifiers: list[Qualifier]) -> Quantity:
    (amount,) = phrase.amounts
    value = numeral.value(amount.numeral)
    if not qualifiers and _is_round(amount):
        round_number = Sentence(
            f"“{amount.numeral}”前没有数词，是概数", f"no count before {amount.numeral}: a round number"
        )
        qualifiers = [Qualifier(round_number, ABOUT)]
    qualifier = reduce(Qualifier.joined, qualifiers) if qualifiers else Qualifier("", EXACTLY)
    # Each qualifier, and their combination where they differ.
    explained = [*qualifiers, qualifier] if len({each.claim for each in qualifiers}) > 1 else qualifiers
    lower, upper = qualifier.claim.bounds(value)
    return Quantity(
        value=value,
        lower=lower,
        upper=upper,
        comparator=qualifier.claim.comparator,
        unit=amount.unit or ONE,
        per=rates.joined(code for _, code in phrase.rates),
        digits=numeral.significant_digits(amount.numeral),
        explain=lambda quantity: (
            *numeral.steps(amount.numeral),
            *(each.step(value) for each in explained),
            *_unit_steps(phrase, quantity),
        ),
    )


def _is_round(amount: Amount) -> bool:
    """Return whether 百, 千 or 万 alone counts things: 百名 is about a hundred, 一百名 exactly a hundred."""
    return amount.unit is not None and amount.unit.counted and numeral.is_round(amount.numeral)


def _groups(phrase: Phrase) -> Quantity:
    """N个M人 may mean M people in each group or in all of them: the range from M to N × M."""
    groups, members = phrase.amounts
    if members.unit is not UNITS["person"]:
        raise QuantityError(
            f"“{groups.numeral}{groups.unit_words}” is left over. Only people are read in groups: 2个100人."
        )
    if phrase.qualifiers or phrase.rates:
        extra = next(iter([each.words for each in phrase.qualifiers] + [words for words, _ in phrase.rates]))
        raise QuantityError(f"“{extra}” with groups is not read. Leave it out and describe it in a note.")
    count, each = numeral.value(groups.numeral), numeral.value(members.numeral)
    if count < 2 or each < 1 or count % 1 or each % 1:
        raise QuantityError(
            f"{spaced(count)} groups of {spaced(each)} cannot be read. Give whole numbers, of 2 groups or more."
        )
    upper = Decimal(int(count) * int(each))
    return Quantity(
        value=None,
        lower=each,
        upper=upper,
        comparator=Comparator.RANGE,
        unit=members.unit,
        explain=lambda quantity: (
            *numeral.steps(groups.numeral),
            *numeral.steps(members.numeral),
            Sentence(
                f"{spaced(count)} 组、{spaced(each)}：原词没有说明是每组的数目还是合计",
                f"{spaced(count)} groups, {spaced(each)}: the words do not say whether in each group or in all",
            ),
            Sentence(
                f"少则合计 {spaced(each)}，多则合计 {spaced(count)} × {spaced(each)} = {spaced(upper)}",
                f"from {spaced(each)} in all to {spaced(count)} × {spaced(each)} = {spaced(upper)} in all",
            ),
            _unit_step(members.unit_words, quantity),
        ),
    )


def _range(phrase: Phrase, qualifiers: list[Qualifier]) -> Quantity:
    low, high = phrase.amounts
    if qualifiers:
        raise QuantityError(
            f"“{qualifiers[0].words}” with a range is not read. Leave it out and describe it in a note."
        )
    stated = low.numeral if low.unit else numeral.with_shared_scale(low.numeral, high.numeral)
    lower, upper = numeral.value(stated), numeral.value(high.numeral)
    if lower >= upper:
        raise QuantityError(f"The range does not ascend from {lower} to {upper}. Give the smaller number first.")
    return Quantity(
        value=None,
        lower=lower,
        upper=upper,
        comparator=Comparator.RANGE,
        unit=same_unit(low.unit, high.unit) or ONE,
        per=rates.joined(code for _, code in phrase.rates),
        digits=_max_digits(numeral.significant_digits(stated), numeral.significant_digits(high.numeral)),
        explain=lambda quantity: (
            *numeral.steps(stated),
            *numeral.steps(high.numeral),
            Sentence(f"{spaced(lower)} 至 {spaced(upper)}", f"from {spaced(lower)} to {spaced(upper)}"),
            *_unit_steps(phrase, quantity),
        ),
    )


def _max_digits(low: int | None, high: int | None) -> int | None:
    return None if low is None or high is None else max(low, high)


def _unit_step(words: str, quantity: Quantity) -> Sentence:
    return Sentence(f"单位 {words} = {quantity.unit.code}", f"unit {words} = {quantity.unit.code}")


def _unit_steps(phrase: Phrase, quantity: Quantity) -> tuple[Sentence, ...]:
    words = next((amount.unit_words for amount in phrase.amounts if amount.unit), None)
    bare = Sentence(f"没有单位，即 {quantity.unit.code}，只是数目", f"no unit = {quantity.unit.code}, a bare count")
    unit = _unit_step(words, quantity) if words else bare
    stated = "".join(words for words, _ in phrase.rates)
    per = (Sentence(f"{stated}，代码为 {quantity.per}", f"{stated} = per {quantity.per}"),) if quantity.per else ()
    return (unit, *per, *_si_steps(quantity))


def _si_steps(quantity: Quantity) -> tuple[Sentence, ...]:
    """Return the step from the value to the SI value; none if the unit is the SI unit."""
    unit, si_value, si_code = quantity.unit, quantity.si_value, quantity.si_code
    if quantity.value is None or si_value is None or si_code is None or si_code == unit.code:
        return ()
    value, factor, si_text, si_unit = spaced(quantity.value), _factor(unit), spaced(si_value), UNITS[si_code]
    return (
        Sentence(
            f"{value} {unit.zh} × {factor} = {si_text} {si_unit.zh}",
            f"{value} {unit.en} × {factor} = {si_text} {si_unit.en}",
        ),
    )


def _factor(unit: Unit) -> str:
    numerator, denominator = (unit.si_factor or Fraction(1)).as_integer_ratio()
    return f"{numerator}/{denominator}" if denominator > 1 else spaced(Decimal(numerator))
