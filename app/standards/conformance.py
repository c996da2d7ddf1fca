"""How the service stands to W3C's Data on the Web Best Practices and to the FAIR principles, line by line.

What is judged, and how, stands in `conformance.toml`; here it becomes JSON. A line that is not met is told
like any other: a list without such lines would be believed by nobody.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from app.entity import Vocabulary
from app.standards.dataset import Dataset

Told = dict[str, Any]

HERE = Path(__file__).parent
PRACTICES = "https://www.w3.org/TR/dwbp/#"
PRINCIPLES = "https://w3id.org/fair/principles/terms/"


class Status(Vocabulary):
    """How far a practice or principle is followed."""

    MET = "met", "符合", "Met"
    PARTLY = "partly", "部分符合", "Partly met"
    NOT_MET = "not_met", "不符合", "Not met"
    NOT_APPLICABLE = "not_applicable", "不适用", "Not applicable"


def conformance(dataset: Dataset) -> Told:
    """`{"practices": [...], "principles": [...], "counts": {...}}`, with a count for every status, be it 0."""
    judged = _judged()
    practices = [_line(dataset, each, f"{PRACTICES}{each['anchor']}") for each in judged["practices"]]
    principles = [_line(dataset, each, f"{PRINCIPLES}{each['id']}") for each in judged["principles"]]
    return {
        "practices": practices,
        "principles": principles,
        "counts": {"practices": _counts(practices), "principles": _counts(principles)},
    }


def conformance_json(dataset: Dataset) -> bytes:
    """The list as JSON."""
    return msgspec.json.encode(conformance(dataset))


def _line(dataset: Dataset, judged: Told, url: str) -> Told:
    label = Status.label_of(judged["status"])
    return {
        "id": judged["id"],
        "title_zh": judged["title_zh"],
        "title_en": judged["title_en"],
        "url": url,
        "status": judged["status"],
        "status_zh": label.zh,
        "status_en": label.en,
        "how_zh": judged["how_zh"],
        "how_en": judged["how_en"],
        "shows": dataset.address(judged["shows"]),
    }


def _counts(lines: Iterable[Told]) -> dict[str, int]:
    found = Counter(line["status"] for line in lines)
    return {status.value: found[status.value] for status in Status}


@cache
def _judged() -> dict[str, list[Told]]:
    return tomllib.loads((HERE / "conformance.toml").read_text("utf-8"))
