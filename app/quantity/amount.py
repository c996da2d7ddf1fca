"""Reading one amount: a number with its sign, its unit, and what may stand between and after them.

::

    amount = [sign] [unit-prefix] number [(余 | 多 | 来) [myriad]] [unit [半 | 角 and 分]]
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from app.quantity import forms, numeral, qualifiers
from app.quantity.cursor import Cursor, Lexicon, normalise
from app.quantity.decimals import EXACT, is_whole, of_fraction, plain, spaced
from app.quantity.errors import NOTE, QuantityError, missing_number
from app.quantity.forms import Number, Steps, between
from app.quantity.qualifiers import Qualifier
from app.quantity.units import UNITS, Unit
from app.sentence import Sentence

_BY_WORD = {normalise(word): (unit, Decimal(1)) for unit in UNITS.values() for word in unit.words} | {
    word: (unit, Decimal(times)) for unit in UNITS.values() for word, times in unit.multiples
}
_BY_PREFIX = {normalise(prefix): unit for unit in UNITS.values() for prefix in unit.prefixes}
_UNITS, PREFIXES = Lexicon(_BY_WORD), Lexicon(_BY_PREFIX)
_WITHIN = Lexicon(qualifiers.WITHIN)
_MYRIADS = Lexicon(numeral.MYRIADS)
_SIGN = re.compile("负|零下|[-−](?=[0-9])")
_DEGREES = {"du", "Cel"}
_SPLIT_UNIT = re.compile("个(?P<within>[半多来])(?P<noun>月|小时|钟头|星期|礼拜|季度)")
_DIGIT = "[1-9一二两三四五六七八九壹贰叁肆伍陆柒捌玖]"
_SHORT_YEARS, _ROUND_YEARS = range(61, 100), range(70, 100, 10)
_FIRST_YEAR, _AFTER_LAST_YEAR = 1000, 3000
_TENTH = 10  # 成, in percent
_HUNDREDTHS = re.compile(f"{_DIGIT}(?![0-9一-鿿])")  # 七成六 is 76 %
_SMALL_MONEY = {
    "CNY": re.compile(
        f"[零又]?(?P<tenths>{_DIGIT})[角毛](?:(?P<cents>{_DIGIT})分)?钱?|[零又]?(?P<only>{_DIGIT})分(?!之)钱?"
    ),
    "USD": re.compile(f"又?(?P<only>{_DIGIT}|{_DIGIT}?十{_DIGIT}?|[1-9][0-9])美分"),
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A number and its unit, if it has one. Its bounds differ if it is an estimate: 数十, 三四十."""

    lower: Decimal
    upper: Decimal
    steps: Steps
    unit: Unit | None = None
    unit_words: str = ""
    numeral: str = ""  # if its number is a numeral and nothing else
    claims: tuple[Qualifier, ...] = ()

    @property
    def is_estimate(self) -> bool:
        """True if the words state bounds and no value."""
        return self.lower != self.upper

    @property
    def is_calendar_year(self) -> bool:
        """True if a bound looks like the number of a year."""
        return any(_FIRST_YEAR <= each < _AFTER_LAST_YEAR and is_whole(each) for each in (self.lower, self.upper))

    @property
    def is_short_year(self) -> bool:
        """True if a bound may be the last two digits of a year: 98年, but 70年."""
        return any(each in _SHORT_YEARS and each not in _ROUND_YEARS for each in (self.lower, self.upper))

    @property
    def is_round(self) -> bool:
        """True for a scale without a count, which is a round number: 百, 千万."""
        return bool(self.numeral) and numeral.is_round(self.numeral)

    def with_numeral(self, words: str) -> "Amount":
        """Return the amount with another numeral."""
        value = numeral.value(words)
        return replace(self, lower=value, upper=value, numeral=words, steps=lambda: numeral.steps(words))


def read_amount(cursor: Cursor, *, qualified: bool = False) -> Amount:
    """Take the amount that comes next. Raises QuantityError.

    Of several ways to read it, the one that takes the most words holds. Only if it is ``qualified`` by a word before
    it, 半 alone is half of the whole: 过半.
    """
    ways, errors = [], []
    sign = cursor.take_match(_SIGN)
    prefix = cursor.take(PREFIXES)
    if not forms.begins(cursor.text, cursor.at):
        raise missing_number(cursor.rest)
    at = cursor.at
    for candidate in forms.candidates(cursor.text, at):
        try:
            if read := candidate():
                cursor.at = read.end
                ways.append((_amount(cursor, read, prefix, qualified=qualified), cursor.at, read.preferred))
        except QuantityError as error:
            errors.append(error)
    if not ways:
        raise errors[0] if errors else missing_number(cursor.text[at:])
    amount, cursor.at, _ = max(ways, key=lambda way: way[1:])
    return _negated(amount, sign[0]) if sign else amount


def _amount(cursor: Cursor, read: Number, prefix: str, *, qualified: bool) -> Amount:
    before = _BY_PREFIX.get(prefix)
    if read.unit:
        unit = _around(before, read.unit)
        return Amount(read.lower, read.upper, read.steps, unit, read.unit_words)
    words = read.numeral
    claims: tuple[Qualifier, ...] = ()
    if words and (within := cursor.take(_WITHIN)):
        claims = (Qualifier(within, qualifiers.WITHIN[within]),)
        words += cursor.take(_MYRIADS)
    amount = Amount(read.lower, read.upper, read.steps, numeral=words, claims=claims)
    if words != read.numeral:
        amount = amount.with_numeral(words)
    return _with_unit(cursor, amount, read, prefix, qualified=qualified)


def _with_unit(cursor: Cursor, amount: Amount, read: Number, prefix: str, *, qualified: bool) -> Amount:
    before = _BY_PREFIX.get(prefix)
    if split := cursor.take_match(_SPLIT_UNIT):  # 一个半小时, 一个多月
        word = f"个{split['noun']}"
        amount = replace(amount, unit=_around(before, _BY_WORD[word][0]), unit_words=prefix + word)
        if split["within"] == "半":
            return _and(amount, Decimal("0.5"), "半")
        claim = Qualifier(split["within"], qualifiers.WITHIN[split["within"]])
        return replace(amount, claims=(*amount.claims, claim))
    word = cursor.take(_UNITS)
    own, times = _BY_WORD.get(word, (None, Decimal(1)))
    of_all = qualified and read.share is not None and own is None  # 过半
    if read.needs_unit and not of_all and (own is None or own.code in read.needs_other_unit_than):
        raise QuantityError(f"Without a unit that is read it names no definite number. {NOTE}")
    unit = _around(before, own)
    if read.share is not None and unit is None:
        return _as_percent(amount, read, read.share)
    if own is not None and own.code == "liang" and amount.numeral in {"两", "百", "千", "万"}:
        raise QuantityError(f"“{amount.numeral}{word}” may be a weight or something else. {NOTE}")
    amount = replace(amount, unit=unit, unit_words=prefix + word)
    if own is not None and times != 1:
        amount = _times(amount, times, Sentence(f"{times} {own.zh}（每{word}）", f"{times} {own.zh} of one {word}"))
    return _with_rest(cursor, amount, times)


def _with_rest(cursor: Cursor, amount: Amount, times: Decimal) -> Amount:
    """Take what is added after the unit: 一吨半, 三成半, 三元五角."""
    if cursor.at == len(cursor.text) or amount.unit is None or amount.claims or not amount.numeral:
        return amount
    money = UNITS["CNY"] if amount.unit_words == "块" else amount.unit
    pattern = _SMALL_MONEY.get(money.code)
    if pattern and times == 1 and is_whole(amount.lower) and (small := cursor.take_match(pattern)):
        parts = small.groupdict()
        cents = sum(
            (
                int(numeral.value(words)) * size
                for name, size in (("tenths", 10), ("cents", 1), ("only", 1))
                if (words := parts.get(name))
            ),
        )
        return _and(replace(amount, unit=money), Decimal(f"{cents}E-2"), small[0])
    measured = amount.unit.si_code or amount.unit.time or amount.unit.code == "fold" or times == _TENTH
    if times == _TENTH and (more := cursor.take_match(_HUNDREDTHS)):
        return _and(amount, numeral.value(more[0]), more[0])
    short = is_whole(EXACT.divide(amount.lower, times)) and not amount.numeral.endswith(numeral.MYRIADS)
    if measured and short and cursor.text.startswith("半", cursor.at):
        cursor.at += 1
        return _and(amount, EXACT.multiply(Decimal("0.5"), times), "半")
    return amount


def _as_percent(amount: Amount, read: Number, share: Fraction) -> Amount:
    value = of_fraction(share * 100)
    sign = "=" if share * 100 == value else "≈"
    step = Sentence.same(f"{spaced(read.lower)} × 100 {sign} {spaced(value)} %")
    return replace(
        amount,
        lower=value,
        upper=value,
        unit=UNITS["percent"],
        unit_words=read.unit_words,
        steps=lambda: (*read.steps(), step),
    )


def _times(amount: Amount, times: Decimal, factor: Sentence) -> Amount:
    lower, upper = (plain(EXACT.multiply(each, times)) for each in (amount.lower, amount.upper))
    steps = amount.steps
    result = Sentence.same(spaced(lower)) if lower == upper else between(lower, upper)
    step = Sentence.same("× ") + factor + " = " + result
    return replace(amount, lower=lower, upper=upper, steps=lambda: (*steps(), step))


def _and(amount: Amount, more: Decimal, words: str) -> Amount:
    value, steps = plain(EXACT.add(amount.lower, more)), amount.steps
    step = Sentence.same(f"{spaced(amount.lower)} + {words} ({spaced(plain(more))}) = {spaced(value)}")
    if amount.is_estimate:
        raise QuantityError(f"“{words}” after an estimate is not read. {NOTE}")
    return replace(amount, lower=value, upper=value, numeral="", steps=lambda: (*steps(), step))


def _negated(amount: Amount, sign: str) -> Amount:
    degrees = amount.unit is not None and amount.unit.code in _DEGREES
    counts = amount.is_estimate or amount.lower == 0 or (amount.unit is not None and amount.unit.counted)
    if counts or (sign == "零下" and not degrees):
        raise QuantityError(f"“{sign}” before it is not read. {NOTE}")
    value, steps = amount.lower.copy_negate(), amount.steps
    step = Sentence(f"{sign}，零以下：{spaced(value)}", f"{sign} = below zero: {spaced(value)}")
    return replace(amount, lower=value, upper=value, numeral="", steps=lambda: (*steps(), step))


def same_unit(first: Unit | None, second: Unit | None) -> Unit | None:
    """Return the unit that one or both of two amounts state. Raises QuantityError if they differ."""
    if first and second and first is not second:
        raise QuantityError(f"It has two units, {first.zh} and {second.zh}. Cite the words of only one quantity.")
    return first or second


def _around(prefix: Unit | None, word: Unit | None) -> Unit | None:
    """Return the unit that a prefix and the word after the number state together: 港币98元, 华氏98度."""
    return prefix if prefix and word and prefix.kind_of == word.code else same_unit(prefix, word)
