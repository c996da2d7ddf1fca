"""Compute the derived figures: one figure divided by another, from the words of both."""

from collections.abc import Iterator, Mapping

from app.load.faults import SeedFault
from app.load.rows import Row
from app.models import Figure
from app.quantity import QuantityError, Ratio, divide, number, parse

# What two figures must have in common, or their ratio would say nothing true: as for a sum, but for what they measure.
SHARED = tuple(name for name in Figure.additive_within if name != "indicator_id")


def derive(row: Row, records: Mapping[tuple[str, str], Row]) -> Iterator[SeedFault]:
    """Fill the computed columns of a derived figure; yield what stands in the way."""
    numerator = records.get(("figure", row.values["numerator_id"]))
    denominator = records.get(("figure", row.values["denominator_id"]))
    if numerator is None or denominator is None or "as_stated" in numerator.broken | denominator.broken:
        return  # told where it is wrong: the reference here, or the figure in its own file
    if numerator is denominator:
        yield row.fault("denominator_id", "is the numerator too; choose another figure")
        return
    yield from _disagreements(row, numerator, denominator)
    try:
        ratio = divide(parse(numerator.words), parse(denominator.words))
    except QuantityError as fault:
        yield row.fault("denominator_id", f"{_formula(row)}: {fault} Choose other figures.")
    else:
        row.values |= {name: numerator.values[name] for name in SHARED} | _computed(row, ratio)


def _disagreements(row: Row, numerator: Row, denominator: Row) -> Iterator[SeedFault]:
    for name in SHARED:
        over, under = numerator.values[name], denominator.values[name]
        known = name not in numerator.broken | denominator.broken and None not in {over, under}
        if known and over != under:
            told = (
                f"the {name} of {row.values['denominator_id']!r} is {under}, of {row.values['numerator_id']!r} {over}"
            )
            yield row.fault("denominator_id", f"{told}; a ratio takes two figures that agree in it")


def _computed(row: Row, ratio: Ratio) -> dict[str, object]:
    return {
        "formula": _formula(row),
        "figure_ids": [row.values["numerator_id"], row.values["denominator_id"]],
        "value": number(ratio.value),
        "lower": number(ratio.lower),
        "upper": number(ratio.upper),
        "comparator": ratio.comparator.value,
        "unit": ratio.unit.code,
        "per_unit": ratio.per and ratio.per.code,
        "steps": list(ratio.steps),
    }


def _formula(row: Row) -> str:
    return f"{row.values['numerator_id']} / {row.values['denominator_id']}"
