"""The rules of figures: values from words, derived figures from two others, and what must hold between figures."""

from collections.abc import Iterator, Mapping
from functools import cache
from operator import itemgetter
from typing import Any

from app.amounts import Noun, in_words
from app.entity import Entity
from app.evidence.spans import text_fragment
from app.load.changes import check_change
from app.load.checks import BY_SINGULAR, Records
from app.load.context import PERIODS
from app.load.faults import SeedFault
from app.load.locators import Locator
from app.load.rows import Row
from app.load.series import SeriesChecks
from app.models import Figure
from app.models.excluded_numeral import ExcludedNumeral
from app.models.indicator import Indicator
from app.models.qualifiers import Change, Comparator, Period, Standing, TimeKind
from app.nearest import suggest_nearest
from app.quantity import UNITS, Quantity, QuantityError, Ratio, Unit, divide, number, parse, rates

# What two figures must have in common before one is divided by the other; their ratio has all but the last two.
SHARED = ("status", "period", "as_of", "time", "time_kind", "per", "change")
AMOUNTS = frozenset({Change.LEVEL, Change.TO})  # the changes that say how much there is


def check_nouns(indicator: Row) -> Iterator[SeedFault]:
    """Report a noun that is not in all forms, or does not fit the unit of the indicator."""
    nouns = Indicator.noun_columns
    given = [name for name in nouns if indicator.values[name]]
    if not given or {"unit", *nouns} & indicator.broken or indicator.values["unit"] is None:
        return
    unit, noun_zh = UNITS[indicator.values["unit"]], indicator.values["noun_zh"]
    if missing := [name for name in nouns if name not in given]:
        yield indicator.fault(missing[0], f"{given[0]} is given, this is empty. Give {', '.join(nouns)}, or none.")
    elif not unit.counted:
        yield indicator.fault("noun_zh", f"The unit {unit.code} counts nothing that has a noun. Leave it empty.")
    elif not noun_zh.startswith(unit.words):
        detail = f"{noun_zh!r} does not begin with a classifier of the unit {unit.code}: {'、'.join(unit.words)}."
        yield indicator.fault("noun_zh", detail)


def compute_figure(
    row: Row, span: Locator | None, source: tuple[str, str, bool] | None, noun: Noun | None
) -> Iterator[SeedFault]:
    """Fill the amounts of a figure from its words, and its link and date from its source.

    The noun is what its indicator counts.
    """
    values = row.values
    if "as_stated" in row.broken:
        return
    try:
        quantity = parse(values["as_stated"])
    except QuantityError as error:
        yield row.fault("as_stated", str(error))
        return
    values |= {
        "value": number(quantity.value),
        "lower": number(quantity.lower),
        "upper": number(quantity.upper),
        "comparator": quantity.comparator.value,
        "unit": quantity.unit.code,
        "si_value": number(quantity.si_value),
        "si_unit": quantity.si_code,
        "standing": (Standing.REPLACED if values["replaced_by_id"] else Standing.LATEST).value,
    }
    yield from _compute_rate(row, quantity)
    yield from check_change(row, quantity.unit)
    values |= in_words(values, noun)
    if source and span:
        url, values["as_of"], _ = source
        values["source_url"] = text_fragment(url, values["as_stated"], span.prefix)


def _compute_rate(row: Row, quantity: Quantity) -> Iterator[SeedFault]:
    """Fill what the value is per, which its words, its period and the seed say together."""
    given, period, row.values["per"] = row.values["per"], row.values["period"], None
    if {"per", "period"} & row.broken:
        return
    codes = given.split(".") if given else []
    if unknown := next((code for code in codes if code not in rates.CODES), None):
        hint = suggest_nearest(unknown, rates.CODES) or f" It is one of {', '.join(rates.CODES)}."
        yield row.fault("per", f"{unknown!r} is no unit that a value can be per.{hint}")
        return
    stated = frozenset((*quantity.per, *(UNITS[code] for code in codes)))
    whole = stated | PERIODS.get(period, frozenset())
    has_two_times = any(unit.time for unit in stated) and any(unit.time for unit in whole - stated)
    periods = [*_periods_of(stated), *([] if has_two_times else _periods_of(whole))]
    says = f"{row.words!r} says per {quantity.per_code or 'nothing'}"
    if period not in periods:
        per = f", and per is {given}" if given else ""
        yield row.fault("period", f"{says}{per}. The period is {' or '.join(dict.fromkeys(periods))}.")
    elif given and given != (per := rates.code(rates.in_order(whole))):
        detail = f"{given!r} is incomplete or not in order: {says}, and the period is {period}. Write {per}."
        yield row.fault("per", detail)
    else:
        row.values["per"] = rates.code(rates.in_order(whole)) or None


@cache
def _periods_of(per: frozenset[Unit]) -> list[Period]:
    """Return the periods that a value per these units can have."""
    if exact := [period for period, units in PERIODS.items() if units == per]:
        return exact
    times = [period for period, units in PERIODS.items() if len(units) == 1 and units <= per]
    return times or [period for period in Period if period not in PERIODS]


def derive(row: Row, figures: Mapping[str, Row]) -> Iterator[SeedFault]:
    """Fill the computed columns of a derived figure, and report why two figures cannot be divided."""
    numerator, denominator = (figures.get(row.values[name]) for name in ("numerator_id", "denominator_id"))
    if numerator is None or denominator is None or "as_stated" in numerator.broken | denominator.broken:
        return  # reported as a broken reference, or where the figure is read
    if numerator is denominator:
        yield row.fault("denominator_id", "The numerator and the denominator are the same. Choose another figure.")
        return
    yield from _disagreements(row, numerator, denominator)
    formula = f"{row.values['numerator_id']} / {row.values['denominator_id']}"
    try:
        ratio = divide(parse(numerator.words), parse(denominator.words))
    except QuantityError as error:
        yield row.fault("denominator_id", f"{formula}: {error} Choose other figures.")
    else:
        row.values |= {name: numerator.values[name] for name in SHARED if name in row.values}
        row.values |= {"formula": formula, "figure_ids": [row.values["numerator_id"], row.values["denominator_id"]]}
        row.values |= _amounts(ratio)


def _disagreements(row: Row, numerator: Row, denominator: Row) -> Iterator[SeedFault]:
    for name in SHARED:
        over, under = numerator.values[name], denominator.values[name]
        # Where no time is stated, time_kind says so; without `per`, a value is no rate.
        known = name not in numerator.broken | denominator.broken and (name == "per" or None not in {over, under})
        if known and over != under:
            top, bottom = row.values["numerator_id"], row.values["denominator_id"]
            under, over = under or "nothing", over or "nothing"
            detail = f"The {name} of {bottom!r} is {under}, of {top!r} {over}. A ratio needs figures that agree in it."
            yield row.fault("denominator_id", detail)


def _amounts(ratio: Ratio) -> dict[str, object]:
    return {
        "value": number(ratio.value),
        "lower": number(ratio.lower),
        "upper": number(ratio.upper),
        "comparator": ratio.comparator.value,
        "unit": ratio.unit.code,
        "per_unit": ratio.per and ratio.per.code,
        "steps": [step.en for step in ratio.steps],
    }


class FigureChecks:
    """Checks between figures and what they measure, are part of, or overlap; figures come after excluded numerals."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._parts: list[Row] = []
        self._series = SeriesChecks()
        # The time and the id of the figure that fills each measured column of a subject.
        self._filled: dict[tuple[str, str, str], tuple[str, str]] = {}
        self._excluded: dict[tuple[str, int], list[Row]] = {}

    def row(self, row: Row) -> Iterator[SeedFault]:
        """Report the faults of a row that show before its collection is complete."""
        values = row.values
        if row.entity is ExcludedNumeral and values["end"]:
            self._excluded.setdefault((values["source_id"], values["paragraph"]), []).append(row)
        if row.entity is not Figure:
            return
        if values["field"] is not None and not {"as_stated", "field", "subject_kind", "subject_id"} & row.broken:
            yield from self._fill(row, BY_SINGULAR[values["subject_kind"]])
        yield from self._series.row(row)
        unit, indicator = values["unit"], self._records[Indicator].get(values["indicator_id"])
        if unit and indicator and (expected := indicator.values()["unit"]) not in {None, unit}:
            detail = f"{values['indicator_id']!r} is in {expected}, these words are in {unit}."
            if unit == UNITS["one"].code:  # 50万果农
                detail += " They state no unit. Choose an indicator in one, whose definition says what is counted."
            yield row.fault("indicator_id", detail)
        if unit and values["part_of_id"]:
            times = ("time", "time_start", "time_end")
            self._parts.append(row.pick("unit", "per", "lower", "part_of_id", "source_id", *times))
        for excluded in self._excluded.get((values["source_id"], values["paragraph"]), ()) if values["end"] else ():
            if values["start"] < excluded.values["end"] and excluded.values["start"] < values["end"]:
                detail = f"{excluded.words!r} is in the figure {values['id']!r} too. Keep one of them."
                yield excluded.fault("as_named", detail)

    def complete(self, entity: type[Entity]) -> Iterator[SeedFault]:
        """Report the faults that show when every row of a collection has been read."""
        if entity is Figure:
            for part in self._parts:
                if whole := self._records[Figure].get(part.values["part_of_id"]):
                    yield from _part(part, whole.values())
            yield from self._series.complete(self._records[Figure])
            for record_id, standing in self._series.standings():
                figures = self._records[Figure]
                figures[record_id] = figures[record_id].fill("standing", standing.value)

    def _fill(self, figure: Row, entity: type[Entity]) -> Iterator[SeedFault]:
        """Fill the measured column of the figure's subject, with the latest figure of several."""
        kind, subject, field = itemgetter("subject_kind", "subject_id", "field")(figure.values)
        column, subjects = entity.columns().get(field), self._records[entity]
        if column is None or not column.has_own_unit:
            measured = ", ".join(name for name, each in entity.columns().items() if each.has_own_unit)
            hint = f"Use one of {measured}, or leave the field empty." if measured else "Leave the field empty."
            yield figure.fault("field", f"{field!r} is not a measured column of {kind}. {hint}")
        elif column.declared.unit != figure.values["unit"]:
            detail = f"{field} is counted in {column.declared.unit}, these words in {figure.values['unit']}."
            yield figure.fault("field", detail)
        elif figure.values["comparator"] != Comparator.EQ:
            yield figure.fault("field", f"{figure.words!r} is not exact, so it fills no column. Leave the field empty.")
        elif figure.values["change"] not in AMOUNTS:
            detail = (
                f"{figure.words!r} is no amount but of the change {figure.values['change']}. Leave the field empty."
            )
            yield figure.fault("field", detail)
        elif figure.values["replaced_by_id"] or not figure.values["time_end"]:
            return
        elif (first := self._filled.get((kind, subject, field))) and first[0] == figure.values["time_end"]:
            detail = f"{field} of {subject!r} is already filled by the figure {first[1]!r} of the same time."
            yield figure.fault("field", f"{detail} Give their times in time_stated, or empty the field of one of them.")
        elif first is None or first[0] < figure.values["time_end"]:
            self._filled[kind, subject, field] = figure.values["time_end"], figure.values["id"]
            subjects[subject] = subjects[subject].fill(field, figure.values["value"])


def _part(part: Row, whole: dict[str, Any]) -> Iterator[SeedFault]:
    if whole["unit"] is None:
        return
    if part.values["source_id"] != whole["source_id"]:
        detail = (
            f"Its whole {whole['id']!r} is of another source, {whole['source_id']!r}. "
            "Leave this empty, and say in the note what it is a part of."
        )
        yield part.fault("part_of_id", detail)
    elif part.values["unit"] != whole["unit"]:
        detail = f"The part is in {part.values['unit']}, its whole {whole['id']!r} in {whole['unit']}."
        yield part.fault("part_of_id", detail)
    elif part.values["per"] != whole["per"]:
        detail = f"The part is per {part.values['per']}, its whole {whole['id']!r} per {whole['per']}."
        yield part.fault("part_of_id", detail)
    elif part.values["time"] and whole["time"] and not _is_within(part.values, whole):
        detail = f"The part is of {part.values['time']}, its whole {whole['id']!r} of {whole['time']}."
        yield part.fault("part_of_id", f"{detail} The time of a part lies in that of its whole.")
    elif (least := part.values["lower"]) is not None and (most := whole["upper"]) is not None and least > most:
        detail = f"The part is at least {least}, more than its whole {whole['id']!r} of at most {most}."
        yield part.fault("part_of_id", detail)


def _is_within(part: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    """Whether the time of a part is in that of its whole, or before the moment at which that is counted."""
    begins = whole["time_kind"] == TimeKind.MOMENT or part["time_start"] >= whole["time_start"]
    return begins and bool(part["time_end"] <= whole["time_end"])
