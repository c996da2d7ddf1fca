"""The vocabularies of the project's seed."""

import csv

from app.entity import Bilingual, Labels
from app.settings import ROOT


def read_seed() -> list[dict[str, str | None]]:
    """The terms as the API serves them."""
    with (ROOT / "seed" / "vocabularies.csv").open(encoding="utf-8", newline="") as file:
        terms: list[dict[str, str | None]] = [
            {**row, "slug": row["id"].removeprefix(f"{row['vocabulary']}-"), "broader_id": row["broader_id"] or None}
            for row in csv.DictReader(file)
        ]
    return sorted(terms, key=lambda term: str(term["id"]))


def _labels() -> Labels:
    labels: dict[str, dict[str, Bilingual]] = {}
    for term in read_seed():
        label = Bilingual(str(term["name_zh"]), str(term["name_en"]))
        labels.setdefault(str(term["vocabulary"]), {})[str(term["slug"])] = label
    return labels


LABELS = _labels()
