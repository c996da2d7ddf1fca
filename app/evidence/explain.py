"""The evidence of one figure: its span in the source, and the steps from the words to the value."""

import datetime as dt
from typing import Any

from app.evidence.text import HOW_TO_CHECK
from app.quantity import Quantity, QuantityError, number, parse
from app.times import read_words

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
        parsed, steps = computed(quantity), [step.en for step in quantity.steps]
    served = {name: figure[name] for name in COMPUTED}
    paragraph = next(each for each in source["paragraphs"] if each["number"] == figure["paragraph"])
    located_on = paragraph.get("located_on")  # absent in releases older than this field
    fits = figure["end"] - figure["start"] == len(figure["as_stated"]) and figure["end"] <= paragraph["length"]
    time = _time(figure, source)
    return {
        "figure_id": figure["id"],
        **{name: figure[name] for name in ("as_stated", "source_id", "paragraph", "start", "end")},
        "paragraph_sha256": paragraph["sha256"],
        "source_url": figure["source_url"],
        "time": time,
        "steps": steps,
        "located_on": located_on,
        "check_zh": HOW_TO_CHECK.zh,
        "check_en": HOW_TO_CHECK.en,
        "verified": located_on is not None and fits and parsed == served and (time is None or time["verified"]),
    }


def computed(quantity: Quantity) -> dict[str, object]:
    """Return what a figure has from its words, by the names of COMPUTED."""
    numbers = (number(each) for each in (quantity.value, quantity.lower, quantity.upper))
    return dict(zip(COMPUTED, (*numbers, quantity.comparator.value, quantity.unit.code), strict=True))


def _time(figure: dict[str, Any], source: dict[str, Any]) -> dict[str, Any] | None:
    """Return the evidence of when a figure holds, or None if the source does not state it."""
    words = figure.get("time_stated")  # absent in releases older than this field
    if words is None:
        return None
    paragraph = next(each for each in source["paragraphs"] if each["number"] == figure["time_paragraph"])
    start, end = figure["time_offset"], figure["time_offset"] + len(words)
    stated = read_words(words, dt.date.fromisoformat(figure["as_of"]), int(figure["time"][:4]))
    agrees = stated is None or stated.iso == figure["time"]
    return {
        "time_stated": words,
        "time": figure["time"],
        "paragraph": paragraph["number"],
        "start": start,
        "end": end,
        "paragraph_sha256": paragraph["sha256"],
        "verified": paragraph.get("located_on") is not None and end <= paragraph["length"] and agrees,
    }
