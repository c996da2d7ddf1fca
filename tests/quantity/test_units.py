"""The standard codes of units: each in the form of its system, or none if it has none."""

import re

import pytest

from app.quantity import UNITS, Unit

# Units without a code in any system, and why no similar code is used.
WITHOUT_CODE = {
    "mu": "a Chinese measure of 2000/3 m², which UCUM does not have",
    "jin": "a Chinese measure of half a kilogram, which UCUM does not have",
    "liang": "a Chinese measure of 50 g, which UCUM does not have",
    "li": "a Chinese measure of 500 m, unlike the older ones that UCUM has",
    "zhang": "a Chinese measure of 10/3 m, unlike the older ones that UCUM has",
    "chi": "a Chinese measure of 1/3 m, unlike the older ones that UCUM has",
    "du": "a degree of temperature or of an angle, or a kilowatt-hour; a code would say which",
    "working-day": "a day of work; the code of a day would say 24 hours",
    "quarter": "three months, which has no code of its own",
    "age": "a number of years lived; the code of a year would say a length of time",
    "ratio": "a ratio of any two things; the code of the number one would not say that it is one",
    "percentage-point": "a difference of percents; the code of a percent would say a share",
    "fold": "a ratio of any two things; the code of the number one would not say that it is one",
}

# Terms of the Unified Code for Units of Measure, as far as they occur here: a unit or a product of units, each with an
# exponent; a unit in square brackets; the number one; or an annotation in braces, which means the number one.
SIMPLE = r"(?:[A-Za-z]+[0-9]?|\[[A-Za-z_]+\]|%)"
UCUM = re.compile(rf"1|{SIMPLE}(?:\.{SIMPLE})*|\{{[\x21-\x7a|~]+\}}")
ATOMS = {
    "m", "m2", "m3", "har", "L", "g", "t", "W", "J", "cal", "Hz", "s", "min", "h", "d", "wk", "mo", "a", "%", "[ppth]",
    "[nmi_i]", "Cel", "[degF]",
}  # fmt: skip
PREFIXES = ("G", "M", "k", "c", "m", "u", "n")


@pytest.mark.parametrize("unit", UNITS.values(), ids=UNITS)
def test_every_unit_has_a_code_or_a_reason_why_not(unit: Unit) -> None:
    assert bool(unit.ucum or unit.qudt or unit.iso4217) is (unit.code not in WITHOUT_CODE)


def test_the_units_without_a_code_exist() -> None:
    assert set(WITHOUT_CODE) <= set(UNITS)


@pytest.mark.parametrize("unit", [unit for unit in UNITS.values() if unit.ucum], ids=lambda unit: unit.code)
def test_a_ucum_code_is_one(unit: Unit) -> None:
    assert unit.ucum
    assert UCUM.fullmatch(unit.ucum)
    if unit.ucum == "1" or unit.ucum.startswith("{"):
        return
    for part in unit.ucum.split("."):
        assert part in ATOMS or (part[0] in PREFIXES and part[1:] in ATOMS), part


@pytest.mark.parametrize("wrong", ["", "m^2", "kW h", "ha²", "{per son}", "{}", "{a}b}", "1.", "元"])
def test_what_is_no_ucum_code_is_seen(wrong: str) -> None:
    assert not UCUM.fullmatch(wrong)


@pytest.mark.parametrize("unit", [unit for unit in UNITS.values() if unit.currency], ids=lambda unit: unit.code)
def test_money_has_a_currency_code_and_no_other_measure(unit: Unit) -> None:
    assert unit.iso4217
    assert re.fullmatch("[A-Z]{3}", unit.iso4217)
    assert unit.qudt == f"http://qudt.org/vocab/unit/CCY_{unit.iso4217}"
    assert (unit.ucum, unit.si_code) == (None, None)


def test_only_money_has_a_currency_code() -> None:
    expected = {"AUD", "CAD", "CHF", "CNY", "EUR", "GBP", "HKD", "JPY", "KRW", "MOP", "RUB", "SGD", "THB", "TWD", "USD"}
    assert {code for code, unit in UNITS.items() if unit.iso4217} == expected


def test_what_is_counted_is_in_braces() -> None:
    counted = {code: unit.ucum for code, unit in UNITS.items() if unit.qudt and unit.qudt.endswith("/NUM")}
    assert counted == {code: f"{{{code}}}" for code in counted}
    assert {"person", "team", "household", "item"} <= set(counted)


def test_no_two_units_share_a_code() -> None:
    for codes in (
        [unit.ucum for unit in UNITS.values() if unit.ucum],
        [unit.qudt for unit in UNITS.values() if unit.qudt and not unit.qudt.endswith("/NUM")],
    ):
        assert len(set(codes)) == len(codes)
    for unit in UNITS.values():
        assert re.fullmatch(r"http://qudt\.org/vocab/unit/[A-Za-z0-9_-]+", unit.qudt or "http://qudt.org/vocab/unit/-")
