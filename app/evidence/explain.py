"""The evidence of one figure: where and when its words were located, and how its value follows from them."""

from typing import Any

from app.evidence.text import HOW_TO_CHECK
from app.quantity import number, parse

COMPUTED = ("value", "lower", "upper", "comparator", "unit")


def explain(figure: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """The evidence of a figure record, given the record of its source.

    `verified`: `locate` found the words at this place, in a paragraph with this hash, on the date `located_on`; they
    fit into the paragraph; and parsed again they give the served value, bounds, comparator and unit.
    """
    quantity = parse(figure["as_stated"])
    numbers = (number(each) for each in (quantity.value, quantity.lower, quantity.upper))
    read = (*numbers, quantity.comparator.value, quantity.unit.code)
    served = tuple(figure[name] for name in COMPUTED)
    paragraph = next(each for each in source["paragraphs"] if each["number"] == figure["paragraph"])
    located_on = paragraph.get("located_on")  # absent in releases older than this field
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
        "located_on": located_on,
        "check_zh": HOW_TO_CHECK.zh,
        "check_en": HOW_TO_CHECK.en,
        "verified": located_on is not None and fits and read == served,
    }
