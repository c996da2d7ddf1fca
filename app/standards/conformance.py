"""Conformance with W3C's Data on the Web Best Practices and the FAIR principles.

The assessments are in `conformance.toml`. They include what is not met. Some depend on the deployment or the catalogue:
a table in an assessment replaces its keys where the fact of that name holds.
"""

import tomllib
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from app.contact import takes_issues
from app.entity import Vocabulary
from app.standards.dataset import Dataset

Document = dict[str, Any]

ASSESSMENTS = Path(__file__).parent / "conformance.toml"
PRACTICES = "https://www.w3.org/TR/dwbp/#"
PRINCIPLES = "https://w3id.org/fair/principles/terms/"


class Status(Vocabulary):
    """How far a practice or principle is followed."""

    MET = "met", "符合", "Met"
    PARTLY = "partly", "部分符合", "Partly met"
    NOT_MET = "not_met", "不符合", "Not met"
    NOT_APPLICABLE = "not_applicable", "不适用", "Not applicable"


def conformance(dataset: Dataset) -> Document:
    """Return `{"practices": [...], "principles": [...], "counts": {...}}`, with a count for every status."""
    assessments = _read_assessments()
    practices = [_line(dataset, each, f"{PRACTICES}{each['anchor']}") for each in assessments["practices"]]
    principles = [_line(dataset, each, f"{PRINCIPLES}{each['id']}") for each in assessments["principles"]]
    return {
        "practices": practices,
        "principles": principles,
        "counts": {"practices": _counts(practices), "principles": _counts(principles)},
    }


def conformance_json(dataset: Dataset) -> bytes:
    """Return the conformance document as JSON."""
    return msgspec.json.encode(conformance(dataset))


def _facts(dataset: Dataset) -> list[str]:
    """Return the facts that assessments depend on, each after those that it includes."""
    facts = {
        "contact": bool(dataset.contact),
        "public_contact": takes_issues(dataset.contact),
        "notice": any(each["kind"] == "notice" for each in dataset.catalog.get("feedback", ())),
    }
    return [name for name, holds in facts.items() if holds]


def _line(dataset: Dataset, assessment: Document, url: str) -> Document:
    for fact in _facts(dataset):
        assessment = {**assessment, **assessment.get(fact, {})}
    label = Status.label_of(assessment["status"])
    return {
        "id": assessment["id"],
        "title_zh": assessment["title_zh"],
        "title_en": assessment["title_en"],
        "url": url,
        "status": assessment["status"],
        "status_zh": label.zh,
        "status_en": label.en,
        "how_zh": assessment["how_zh"],
        "how_en": assessment["how_en"],
        "shows": dataset.url(assessment["shows"]),
    }


def _counts(lines: Iterable[Document]) -> dict[str, int]:
    counts = Counter(line["status"] for line in lines)
    return {status.value: counts[status.value] for status in Status}


@cache
def _read_assessments() -> dict[str, list[Document]]:
    return tomllib.loads(ASSESSMENTS.read_text("utf-8"))
