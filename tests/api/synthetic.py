"""Synthetic figures: rows full of nulls and equal values, of which the article has too few."""

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from app.db import Database
from app.db.write_guard import lifted_guard
from app.models import ENTITIES, Figure
from tests.conftest import Record


def insert_figures(address: str, rows: Iterable[Record]) -> None:
    """Insert figures that differ from a figure of the article in the given columns."""
    table = Figure.table()
    with (
        Database(address, "load") as database,
        database.transaction() as connection,
        lifted_guard(connection, ENTITIES),
    ):
        model = connection.execute(sa.select(table).where(table.c.id == "cash-donations")).mappings().one()
        figures = [{name: model[name] for name in Figure.columns()} | row for row in rows]
        written = [figure | {"record": msgspec.json.encode(figure).decode()} for figure in figures]
        connection.execute(sa.insert(table), [Figure.stored(figure) for figure in written])
