"""One quantity divided by another: tables first, then what must hold of any two."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.quantity import Comparator, Quantity, QuantityError, Ratio, divide, parse

EQ, APPROX, GE, GT, LE, LT, RANGE = Comparator
DIRECTED = {GE, GT, LE, LT}


def ratio(numerator: str, denominator: str) -> Ratio:
    return divide(parse(numerator), parse(denominator))


@pytest.mark.parametrize(
    ("numerator", "denominator", "value", "lower", "upper", "unit", "per", "steps"),
    [
        (
            "843人", "2505人", "33.6526946", "33.6526946", "33.6526947", "percent", None,
            ["843 ÷ 2505 ≈ 0.336526946", "× 100 ≈ 33.6526946 %",
             "bounds from 33.6526946 to 33.6526947, rounded to 9 significant digits"],
        ),
        ("980人", "80支", "12.25", "12.25", "12.25", "person", "team", ["980 ÷ 80 = 12.25", "unit person per team"]),
        (
            "87400000元", "31个", "2819354.84", "2819354.83", "2819354.84", "CNY", "item",
            ["87 400 000 ÷ 31 ≈ 2 819 354.84", "unit CNY per item",
             "bounds from 2 819 354.83 to 2 819 354.84, rounded to 9 significant digits"],
        ),
        ("3人", "3人", "100", "100", "100", "percent", None, ["3 ÷ 3 = 1", "× 100 = 100 %"]),
        ("0人", "3个", "0", "0", "0", "person", "item", ["0 ÷ 3 = 0", "unit person per item"]),
    ],
)  # fmt: skip
def test_two_exact_quantities(
    numerator: str, denominator: str, value: str, lower: str, upper: str, unit: str, per: str | None, steps: list[str]
) -> None:
    result = ratio(numerator, denominator)
    assert (str(result.value), str(result.lower), str(result.upper)) == (value, lower, upper)
    assert (result.comparator, result.unit.code, result.per and result.per.code) == (EQ, unit, per)
    assert list(result.steps) == steps


@pytest.mark.parametrize(
    ("numerator", "denominator", "comparator", "value", "lower", "upper"),
    [
        # about: whatever it is combined with
        ("581万元", "约1858万元", APPROX, "31.3", None, None),
        ("约100人", "5个", APPROX, "20", None, None),
        ("约100人", "超过5个", APPROX, "20", None, None),
        ("近100人", "5个", APPROX, "20", None, "20"),
        ("近100人", "超过5个", APPROX, "20", None, "20"),
        ("100人", "近5个", APPROX, "20", "20", None),
        # a direction of the numerator stays
        ("1.1万余个", "55家", GT, "200", "200", None),
        ("至少100人", "5个", GE, "20", "20", None),
        ("不足100人", "5个", LT, "20", None, "20"),
        ("至多100人", "5个", LE, "20", None, "20"),
        # one of the denominator is turned round
        ("100人", "超过5个", LT, "20", None, "20"),
        ("100人", "至少5个", LE, "20", None, "20"),
        ("100人", "不足5个", GT, "20", "20", None),
        ("100人", "至多5个", GE, "20", "20", None),
        # two that agree; the strict one holds
        ("超过100人", "不足5个", GT, "20", "20", None),
        ("至少100人", "不足5个", GT, "20", "20", None),
        ("超过100人", "至多5个", GT, "20", "20", None),
        ("至少100人", "至多5个", GE, "20", "20", None),
        ("至多100人", "至少5个", LE, "20", None, "20"),
        ("至多100人", "超过5个", LT, "20", None, "20"),
        # a value is rounded to the side on which it is true
        ("超过100人", "7个", GT, "14.2857142", "14.2857142", None),
        ("不足100人", "7个", LT, "14.2857143", None, "14.2857143"),
        # ranges
        ("500—6000元", "10个", RANGE, None, "50", "600"),
        ("6000元", "10—20个", RANGE, None, "300", "600"),
        ("500—6000元", "10—20个", RANGE, None, "25", "600"),
        ("500—6000元", "超过10个", RANGE, None, None, "600"),
        ("5—10人", "0—2个", RANGE, None, "2.5", None),
        ("超过500元", "0—10个", RANGE, None, "50", None),
        # nothing stays nothing
        ("0人", "超过5个", EQ, "0", "0", "0"),
        ("0人", "约5个", EQ, "0", "0", "0"),
        ("0人", "3—5个", EQ, "0", "0", "0"),
        ("至少0人", "不足5个", GE, "0", "0", None),
        ("超过0人", "超过5个", GT, "0", "0", None),
    ],
)
def test_what_the_words_allow(
    numerator: str, denominator: str, comparator: Comparator, value: str | None, lower: str | None, upper: str | None
) -> None:
    result = ratio(numerator, denominator)
    values = tuple(each if each is None else str(each) for each in (result.value, result.lower, result.upper))
    assert (result.comparator, *values) == (comparator, value, lower, upper)


@pytest.mark.parametrize(
    ("numerator", "denominator", "message"),
    [
        ("100人", "0个", "The denominator is 0. Nothing can be divided by 0."),
        ("100人", "超过0个", "The denominator is 0"),
        ("超过100人", "超过70个", "more than 100 divided by more than 70 could be anything"),
        ("至少100人", "至少70个", "could be anything"),
        ("不足100人", "至多70个", "could be anything"),
        ("500—6000元", "约10个", r"\(from 500 to 6000\) divided by about 10 has no bound on either side"),
        ("约500元", "0—10个", "has no bound on either side"),
    ],
)
def test_what_could_be_anything_is_refused(numerator: str, denominator: str, message: str) -> None:
    with pytest.raises(QuantityError, match=message):
        ratio(numerator, denominator)


def test_a_range_is_explained_in_steps() -> None:
    steps = ["(from 500 to 6000) ÷ more than 10 = at most 600", "unit CNY per item"]
    assert list(ratio("500—6000元", "超过10个").steps) == steps
    assert ratio("5—10人", "0—2个").steps[0] == "(from 5 to 10) ÷ (from 0 to 2) = at least 2.5"


def test_the_bounds_of_what_is_approximate_are_explained() -> None:
    assert ratio("581万元", "约1858万元").steps == (
        "5 810 000 ÷ about 18 580 000 = about 0.313",
        "× 100 = about 31.3 %",
        "rounded to 3 significant digits, as many as are stated",
        "bounds none, as the words set none",
    )
    assert ratio("近100人", "5个").steps[-1] == "bounds at most 20"


@pytest.mark.parametrize(
    ("numerator", "denominator", "comparator", "value", "lower", "upper"),
    [
        ("581万元", "约1858万元", APPROX, "31.3", None, None),
        ("8740万元", "31个", APPROX, "2819000", "2819000", "2820000"),  # 31 projects are counted: no limit
        ("31个", "8740万元", APPROX, "0.0000003547", "0.0000003546", "0.0000003547"),
        ("100万元", "4个", EQ, "250000", "250000", "250000"),
        ("1.1万余个", "55家", GT, "200", "200", None),
        ("1.1万余个", "7家", GT, "1500", "1500", None),
        ("至多1.1万个", "7家", LE, "1600", None, "1600"),
        ("近100万元", "7个", APPROX, "142000", None, "143000"),
        ("100万元", "近7万人", APPROX, "20", "10", None),
        ("3—5万元", "7个", RANGE, None, "4000", "8000"),
        ("百名", "3个", APPROX, "30", None, None),
        ("843人", "2505人", EQ, "33.6526946", "33.6526946", "33.6526947"),
    ],
)
def test_a_ratio_has_no_more_digits_than_numerals_in_myriads_have(
    numerator: str, denominator: str, comparator: Comparator, value: str | None, lower: str | None, upper: str | None
) -> None:
    result = ratio(numerator, denominator)
    values = tuple(each if each is None else f"{each:f}" for each in (result.value, result.lower, result.upper))
    assert (result.comparator, *values) == (comparator, value, lower, upper)


@pytest.mark.parametrize(
    ("numerator", "denominator", "steps"),
    [
        (
            "8740万元", "31个",
            ["87 400 000 ÷ 31 = about 2 819 000", "unit CNY per item",
             "rounded to 4 significant digits, as many as are stated", "bounds from 2 819 000 to 2 820 000"],
        ),
        ("百名", "3个", ["about 100 ÷ 3 = about 30", "unit person per item",
                       "rounded to 1 significant digit, as many as are stated", "bounds none, as the words set none"]),
        ("1.1万余个", "55家", ["more than 11 000 ÷ 55 = more than 200", "unit item per business"]),
        ("100万元", "4个", ["1 000 000 ÷ 4 = 250 000", "unit CNY per item"]),
    ],
)  # fmt: skip
def test_the_steps_say_to_how_many_digits_a_ratio_is_rounded(
    numerator: str, denominator: str, steps: list[str]
) -> None:
    assert list(ratio(numerator, denominator).steps) == steps


# ------------------------------------------------------------------------------------ what holds of any two quantities

NUMBERS = st.just(Decimal(0)) | st.integers(1, 99).map(Decimal) | st.decimals(0, 10**12, places=2)
NEARLY_NOTHING = Fraction(1, 10**15)
SHARES = [Fraction(0), NEARLY_NOTHING, Fraction(1, 3), 1 - NEARLY_NOTHING, Fraction(1)]
WORDS = ["{}", "约{}", "近{}", "至少{}", "超过{}", "至多{}", "不足{}"]


@st.composite
def quantities(draw: st.DrawFn, unit: str) -> Quantity:
    """Whatever can be said of a number, or of two."""
    number = draw(NUMBERS)
    if draw(st.integers(0, 7)) == 0:
        number, other = sorted((number, draw(NUMBERS)))
        assume(number < other)
        return parse(f"{number}{unit}—{other}{unit}")
    scale = draw(st.sampled_from(["", "万", "亿"])) if number >= 1 else ""
    return parse(draw(st.sampled_from(WORDS)).format(number) + scale + unit)


def inside(draw: st.DataObject, quantity: Quantity) -> Fraction:
    """A true number that the words allow: non-negative, and beyond the stated one where they are strict."""
    lower = Fraction(quantity.lower or 0)
    upper = lower * 10 + 10 if quantity.upper is None else Fraction(quantity.upper)
    share = draw.draw(st.sampled_from(SHARES))
    if quantity.comparator in {GT, LT}:
        share = min(max(share, NEARLY_NOTHING), 1 - NEARLY_NOTHING)
    return lower + (upper - lower) * share


HOLDS = {EQ: "__eq__", GE: "__ge__", GT: "__gt__", LE: "__le__", LT: "__lt__"}


@given(quantities("元"), quantities("吨"), st.data())
def test_every_true_ratio_lies_within_the_bounds(
    numerator: Quantity, denominator: Quantity, data: st.DataObject
) -> None:
    try:
        result = divide(numerator, denominator)
    except QuantityError:
        assume(False)
    above, below = inside(data, numerator), inside(data, denominator)
    assume(below > 0 and (above > 0 or numerator.comparator is not LT))
    truth = above / below
    assert result.lower is None or result.lower <= truth
    assert result.upper is None or truth <= result.upper
    if result.comparator in DIRECTED:
        assert getattr(truth, HOLDS[result.comparator])(Fraction(result.value or 0))


@given(quantities("元"), quantities("元") | quantities("吨"))
def test_a_ratio_is_well_formed(numerator: Quantity, denominator: Quantity) -> None:
    try:
        result = divide(numerator, denominator)
    except QuantityError as fault:
        assert str(fault)  # noqa: PT017 - either outcome is right
        return
    lower, value, upper = result.lower, result.value, result.upper
    assert lower is None or upper is None or lower <= upper
    assert (value is None) == (result.comparator is RANGE)
    if value is not None:
        assert lower is None or lower <= value
        assert upper is None or value <= upper
    for number in (lower, value, upper):
        assert number is None or len(number.as_tuple().digits) <= 9 or number == number.to_integral_value()
    assert (lower is None) == (result.comparator in {LE, LT}) or result.comparator in {APPROX, RANGE}
    assert (upper is None) == (result.comparator in {GE, GT}) or result.comparator in {APPROX, RANGE}
    assert (result.unit.code == "percent" and result.per is None) == (numerator.unit == denominator.unit)
    assert result.steps


@given(st.integers(0, 10**6), st.integers(1, 10**6))
def test_an_exact_ratio_that_fits_stays_exact(quotient: int, denominator: int) -> None:
    assume(quotient * denominator < 10**12)
    exact = Decimal(quotient) / 4
    result = divide(parse(f"{exact * denominator}元"), parse(f"{denominator}人"))
    assert result.lower == result.value == result.upper == exact
    assert result.comparator is EQ


@given(quantities("元"), quantities("吨"))
def test_the_arithmetic_context_of_the_caller_is_of_no_account(numerator: Quantity, denominator: Quantity) -> None:
    def divided() -> object:
        try:
            result = divide(numerator, denominator)
        except QuantityError as fault:
            return str(fault)
        return result, result.steps

    expected = divided()
    with localcontext() as context:
        context.prec = 2
        assert divided() == expected
