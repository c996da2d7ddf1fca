"""The evidence of one figure: where it stands, how its value follows from the words, and whether it still does."""

from typing import Any

from app.quantity import number, parse

COMPUTED = ("value", "lower", "upper", "comparator", "unit")


def explain(figure: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """The evidence of a figure record, given the record of its source.

    `verified` tells that its words, read anew, give the served value, bounds, comparator and unit, and that they
    fit into the paragraph that is known by this hash; that they stand there was checked when they were located.
    """
    quantity = parse(figure["as_stated"])
    numbers = (number(each) for each in (quantity.value, quantity.lower, quantity.upper))
    read = (*numbers, quantity.comparator.value, quantity.unit.code)
    served = tuple(figure[name] for name in COMPUTED)
    paragraph = next(each for each in source["paragraphs"] if each["number"] == figure["paragraph"])
    fits = figure["end"] - figure["start"] == len(figure["as_stated"]) and figure["end"] <= paragraph["length"]
    return {
        "figure_id": figure["id"],
        "as_stated": figure["as_stated"],
        "source_id": figure["source_id"],
        "paragraph": figure["paragraph"],
        "start": figure["start"],
        "end": figure["end"],
        "paragraph_sha256": paragraph["sha256"],
        "source_url": figure["source_url"],
        "steps": list(quantity.steps),
        "verified": fits and read == served,
    }
