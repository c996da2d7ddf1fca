"""Changes to a copy of the seed, for tests that break it or make another edition of it."""

import csv
from collections.abc import Callable
from pathlib import Path

from app.load.locators import Locator, read_locators
from tests.conftest import SEED

F = "figures.csv"

Break = Callable[[Path], object]


def edit(file: str, old: str, new: str, count: int = 1) -> Break:
    """Break a file by putting `new` for the first `old`."""

    def change(seed: Path) -> None:
        path = seed / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, count), "utf-8")

    return change


def cell(file: str, record: str, column: str, value: str) -> Break:
    """Break one cell."""

    def change(seed: Path) -> None:
        path = seed / file
        with path.open(encoding="utf-8", newline="") as opened:
            rows = list(csv.DictReader(opened))
        next(row for row in rows if row["id"] == record)[column] = value
        with path.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, rows[0].keys(), lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)

    return change


def without(file: str, column: str) -> Break:
    """Rewrite a file without one column."""

    def change(seed: Path) -> None:
        rows = list(csv.DictReader((SEED / file).read_text("utf-8").splitlines()))
        with (seed / file).open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, [each for each in rows[0] if each != column], extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)

    return change


def add_line(file: str, line: str) -> Break:
    def change(seed: Path) -> None:
        path = seed / file
        path.write_text(path.read_text("utf-8") + line + "\n", "utf-8")

    return change


def sealed(place: Locator, words: str, seed: Path) -> Locator:
    """The place, as `locate` would have sealed it."""
    paragraphs = read_locators(seed)[0].paragraphs(place.source_id)
    return place._replace(sha256=place.seal(words, paragraphs[place.paragraph - 1]))


def restate(record: str, words: str) -> Break:
    """Let a figure's words be others, as if the source had them at the same place."""

    def change(seed: Path) -> None:
        path = seed / "locators.csv"
        lines = path.read_text("utf-8").splitlines()
        at = next(number for number, line in enumerate(lines) if f",figures,{record}," in line)
        source_id, paragraph, start, _, collection, *_ = lines[at].split(",")
        place = Locator(source_id, int(paragraph), int(start), int(start) + len(words), collection, record, "")
        lines[at] = ",".join(map(str, sealed(place, words, seed)))
        path.write_text("\n".join(lines) + "\n", "utf-8")
        cell(F, record, "as_stated", words)(seed)

    return change
