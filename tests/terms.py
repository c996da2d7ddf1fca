"""The vocabularies of the project's seed."""

import csv

from app.entity import labels_of
from app.settings import ROOT


def read_seed() -> list[dict[str, str | None]]:
    """The terms as the API serves them."""
    with (ROOT / "seed" / "vocabularies.csv").open(encoding="utf-8", newline="") as file:
        terms: list[dict[str, str | None]] = [
            {**row, "slug": row["id"].removeprefix(f"{row['vocabulary']}-"), "broader_id": row["broader_id"] or None}
            for row in csv.DictReader(file)
        ]
    return sorted(terms, key=lambda term: str(term["id"]))


LABELS = labels_of([str(term[name]) for name in ("vocabulary", "slug", "name_zh", "name_en")] for term in read_seed())
