"""A database with a million synthetic figures: the project's own, multiplied, with other numbers. None of it is true.

Every one of them says so, in its id, its names and its notes; they never leave the bench and the tests.
"""

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from app.db import Database
from app.load import load
from app.migrate import migrate
from app.models import Figure
from app.settings import ROOT

CHUNK = 10_000


def make_database(folder: Path, figures: int) -> str:
    """The address of a new SQLite database with the seed and that many synthetic figures besides."""
    address = f"sqlite:///{folder / 'shanhai.sqlite'}"
    migrate(address)
    with Database(address, "load") as database:
        load(ROOT / "seed", database, lambda _: None)
        with database.transaction() as connection:
            rows = connection.execute(sa.select(Figure.table()).order_by(Figure.table().c.id)).mappings().all()
            made = _synthetic([dict(row) for row in rows], figures)
            while chunk := list(itertools.islice(made, CHUNK)):
                connection.execute(sa.insert(Figure.table()), chunk)
    return address


def _synthetic(models: list[dict[str, Any]], figures: int) -> Iterator[dict[str, Any]]:
    for number, model in zip(range(figures), itertools.cycle(models), strict=False):
        words = f"{number}人"
        row = {
            **model,
            "id": f"synthetic-{number:07}",
            "name_zh": f"合成数据{number:07}（并非事实）",
            "name_en": f"Synthetic {number:07} (not a fact)",
            "note_en": "Synthetic: made for measurements.",
            "value": float(number),
            "part_of_id": None,
            "field": None,
            "as_stated": words,
            "start": 0,
            "end": len(words),
        }
        told = {name: row[name] for name in Figure.columns()}
        yield row | {"record": msgspec.json.encode(told).decode()}
