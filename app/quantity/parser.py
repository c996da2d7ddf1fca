"""From the parts of a phrase to a quantity."""

from decimal import Decimal
from fractions import Fraction
from functools import reduce

from app.quantity import numeral, rates
from app.quantity.amount import Amount, same_unit
from app.quantity.decimals import is_whole, spaced
from app.quantity.errors import NOTE, QuantityError
from app.quantity.forms import between
from app.quantity.phrase import Phrase, read
from app.quantity.qualifiers import ABOUT, AT_LEAST, EXACTLY, LESS, MORE, Comparator, Qualifier, fits
from app.quantity.quantity import Quantity
from app.quantity.units import ONE, UNITS, Unit
from app.sentence import Sentence

MAX_PHRASE_CHARS = 64
_ORDINALS = frozenset("期届季")
_ONE_DIGIT = frozenset("一二三四五六七八九十")  # 二期 is mostly the second one, 两期 and 2期 are two
_FIRST_RECENT_YEAR, _LAST_RECENT_YEAR = 1900, 2100


def parse(words: str) -> Quantity:
    """Return the quantity that all of the words state. Raises QuantityError."""
    if len(words) > MAX_PHRASE_CHARS:
        advice = f"Give one quantity of at most {MAX_PHRASE_CHARS}."
        raise QuantityError(f"“{words[:MAX_PHRASE_CHARS]}”: {len(words)} characters are too many. {advice}")
    try:
        return quantity_of(read(words))
    except QuantityError as error:
        raise QuantityError(f"“{words}”: {error}") from error


def quantity_of(phrase: Phrase) -> Quantity:
    """Return the quantity that the parts of a phrase state. Raises QuantityError."""
    for amount in phrase.amounts:
        _check(amount, phrase)
    qualifiers = [qualifier for qualifier in phrase.qualifiers if qualifier.claim is not EXACTLY]
    if phrase.grouped:
        return _groups(phrase)
    if len(phrase.amounts) == 1 and not phrase.amounts[0].is_estimate:
        return _single(phrase, qualifiers)
    return _range(phrase, qualifiers)


def _check(amount: Amount, phrase: Phrase) -> None:
    """Raise QuantityError for an amount that is no amount of its unit, or a date."""
    for each in phrase.qualifiers:
        if not fits(each.words, amount.unit, is_round=amount.is_round):
            raise QuantityError(f"“{each.words}” can mean something else here. {NOTE}")
    if amount.unit is None:
        return
    if amount.unit_words == "块" and not amount.unit.currency:
        raise QuantityError(f"块 may be money or count pieces. {NOTE}")
    if amount.unit_words in _ORDINALS and amount.numeral in _ONE_DIGIT and not amount.claims:
        raise QuantityError(f"“{amount.numeral}{amount.unit_words}” may say which one, not how many. {NOTE}")
    if amount.unit.counted and any(words == "/次" for words, _ in phrase.rates):
        raise QuantityError(f"“{amount.unit_words}/次” may count participations, or be a rate. {NOTE}")
    averaged = phrase.rates or any(each.words == "平均" for each in phrase.qualifiers)
    if amount.unit.counted and not averaged and not _is_count(amount):
        raise QuantityError(f"{spaced(amount.lower)} is no count of {amount.unit.zh}, which are whole. {NOTE}")
    if amount.unit.code == "year" and amount.is_short_year and not phrase.qualifiers:
        raise QuantityError(f"“{amount.numeral}年” may be a date. {NOTE}")
    if amount.unit.code == "year" and amount.is_calendar_year and not _is_duration(phrase):
        raise QuantityError("A year of the calendar is a date, not a quantity.")


def _is_duration(phrase: Phrase) -> bool:
    """Return whether the words say that years are counted: 1300多年, 超过1300年. 2025年内 is in that year."""
    claims = {each.claim for each in phrase.qualifiers} - {EXACTLY}
    return bool(claims) and claims <= {MORE, AT_LEAST, LESS}


def _is_count(amount: Amount) -> bool:
    """Return whether a number counts things: it is whole, and 3.0 is not how a count is written."""
    measured = any(point in amount.numeral for point in ".点") and not amount.numeral.endswith(numeral.SCALES)
    return is_whole(amount.lower) and is_whole(amount.upper) and not measured


def _single(phrase: Phrase, qualifiers: list[Qualifier]) -> Quantity:
    (amount,) = phrase.amounts
    value = amount.lower
    if value < 0 and any(each.claim is not ABOUT for each in qualifiers):
        raise QuantityError(f"“{qualifiers[0].words}” with a negative number can be read in two ways. {NOTE}")
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
        per=rates.joined(unit for _, unit in phrase.rates),
        digits=_digits(amount),
        explain=lambda quantity: (
            *amount.steps(),
            *(each.step(value) for each in explained),
            *_unit_steps(phrase, quantity),
        ),
    )


def _is_round(amount: Amount) -> bool:
    """Return whether 百, 千 or 万 alone counts things or time: 百名 is about a hundred, 一百名 exactly a hundred."""
    return amount.unit is not None and (amount.unit.counted or amount.unit.time) and amount.is_round


def _groups(phrase: Phrase) -> Quantity:
    """N个M人 may mean M people in each group or in all of them: the range from M to N × M."""
    groups, members = phrase.amounts
    if members.unit is not UNITS["person"]:
        raise QuantityError(
            f"“{groups.numeral}{groups.unit_words}” is left over. Only people are read in groups: 2个100人."
        )
    if phrase.qualifiers or phrase.rates:
        extra = next(iter([each.words for each in phrase.qualifiers] + [words for words, _ in phrase.rates]))
        raise QuantityError(f"“{extra}” with groups is not read. {NOTE}")
    count, each = groups.lower, members.lower
    if count < 2 or each < 1 or groups.is_estimate or members.is_estimate:
        raise QuantityError(f"{spaced(count)} groups of {spaced(each)} cannot be read. {NOTE}")
    upper = Decimal(int(count) * int(each))
    return Quantity(
        value=None,
        lower=each,
        upper=upper,
        comparator=Comparator.RANGE,
        unit=members.unit,
        explain=lambda quantity: (
            *groups.steps(),
            *members.steps(),
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
    if qualifiers:
        raise QuantityError(f"“{qualifiers[0].words}” with a range or an estimate is not read. {NOTE}")
    low, high = _bounds(phrase)
    lower, upper = low.lower, high.upper
    if not high.unit and _FIRST_RECENT_YEAR <= lower < upper <= _LAST_RECENT_YEAR:
        raise QuantityError(f"{lower} and {upper} may be years. {NOTE}")
    return Quantity(
        value=None,
        lower=lower,
        upper=upper,
        comparator=Comparator.RANGE,
        unit=same_unit(low.unit, high.unit) or ONE,
        per=rates.joined(unit for _, unit in phrase.rates),
        digits=_max_digits(_digits(low), _digits(high)),
        explain=lambda quantity: (
            *low.steps(),
            *(() if low is high else (*high.steps(), between(lower, upper))),
            *_unit_steps(phrase, quantity),
        ),
    )


def _bounds(phrase: Phrase) -> tuple[Amount, Amount]:
    """Return the amounts between which a range or an estimate lies. The first one shares unit and scale of the last."""
    low, high = phrase.amounts[0], phrase.amounts[-1]
    if low is high:
        return low, high
    if low.is_estimate or high.is_estimate:
        raise QuantityError(f"An estimate within a range is not read. {NOTE}")
    if low.numeral and high.numeral and not low.unit:
        low = low.with_numeral(numeral.with_shared_scale(low.numeral, high.numeral))
    elif not low.unit and high.numeral.endswith(numeral.SCALES):
        raise QuantityError(f"The beginning of the range can be read in two ways. {NOTE}")
    if low.lower < 0 < high.lower and high.unit is None:
        raise QuantityError(f"The end of the range may be below zero too. {NOTE}")
    if low.lower >= high.lower:
        raise QuantityError(f"The range does not ascend from {low.lower} to {high.lower}. {NOTE}")
    return low, high


def _digits(amount: Amount) -> int | None:
    return numeral.significant_digits(amount.numeral) if amount.numeral else None


def _max_digits(low: int | None, high: int | None) -> int | None:
    return None if low is None or high is None else max(low, high)


def _unit_step(words: str, quantity: Quantity) -> Sentence:
    return Sentence(f"单位 {words} = {quantity.unit.code}", f"unit {words} = {quantity.unit.code}")


def _unit_steps(phrase: Phrase, quantity: Quantity) -> tuple[Sentence, ...]:
    words = next((amount.unit_words for amount in phrase.amounts if amount.unit), None)
    bare = Sentence(f"没有单位，即 {quantity.unit.code}，只是数目", f"no unit = {quantity.unit.code}, a bare count")
    unit = _unit_step(words, quantity) if words else bare
    stated, code = "".join(words for words, _ in phrase.rates), quantity.per_code
    per = (Sentence(f"{stated}，代码为 {code}", f"{stated} = per {code}"),) if code else ()
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
