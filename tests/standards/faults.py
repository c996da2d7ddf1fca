"""Faults in CSV files that a validator has to report."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

Change = Callable[[list[list[str]]], None]


def replace(column: str, text: str) -> Change:
    """Return a change that puts a text into a column of the first record."""

    def change(rows: list[list[str]]) -> None:
        rows[1][rows[0].index(column)] = text

    return change


def repeat_record(rows: list[list[str]]) -> None:
    rows[2] = rows[1]


def drop_column(rows: list[list[str]]) -> None:
    for row in rows:
        row.pop()


def rewrite(path: Path, change: Change) -> None:
    """Change the rows of a CSV file."""
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    change(rows)
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), "utf-8", newline="")
