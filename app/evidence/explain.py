"""The evidence of one figure: its span in the source, and the steps from the words to the value."""

from typing import Any

from app.evidence.text import HOW_TO_CHECK
from app.quantity import QuantityError, number, parse

COMPUTED = ("value", "lower", "upper", "comparator", "unit")


def explain(figure: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """Return the evidence of a figure record, given the record of its source.

    `verified` means: `locate` found the words at this span of a paragraph with this hash on the date `located_on`,
    the span fits, and parsing the words gives the served value, bounds, comparator and unit.
    """
    try:
        quantity = parse(figure["as_stated"])
    except QuantityError:  # the release was loaded by a version that read these words
        parsed, steps = None, []
    else:
        numbers = (number(each) for each in (quantity.value, quantity.lower, quantity.upper))
        parsed = (*numbers, quantity.comparator.value, quantity.unit.code)
        steps = [step.en for step in quantity.steps]
    served = tuple(figure[name] for name in COMPUTED)
    paragraph = next(each for each in source["paragraphs"] if each["number"] == figure["paragraph"])
    located_on = paragraph.get("located_on")  # absent in releases older than this field
    fits = figure["end"] - figure["start"] == len(figure["as_stated"]) and figure["end"] <= paragraph["length"]
    return {
        "figure_id": figure["id"],
        **{name: figure[name] for name in ("as_stated", "source_id", "paragraph", "start", "end")},
        "paragraph_sha256": paragraph["sha256"],
        "source_url": figure["source_url"],
        "steps": steps,
        "located_on": located_on,
        "check_zh": HOW_TO_CHECK.zh,
        "check_en": HOW_TO_CHECK.en,
        "verified": located_on is not None and fits and parsed == served,
    }
