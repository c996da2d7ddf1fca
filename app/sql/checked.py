"""Statements that show which release they saw: a read of such statements needs no transaction.

A load changes the releases and their records in one transaction, and a statement sees one snapshot. So what several
statements return belongs together if all of them saw the same load.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from app.db import TransactionNeeded
from app.models.release import Release

EXPECTED = "expected"  # the key, in the info of a connection without a transaction, of the load that a read expects

_RELEASES = sa.inspect(Release).local_table.c
_LOAD = [_RELEASES.id, _RELEASES.sequence, _RELEASES.loaded_at]

CURRENT_LOAD = sa.select(*_LOAD).order_by(_RELEASES.sequence.desc()).limit(1)
IS_EXPECTED = CURRENT_LOAD.with_only_columns(
    sa.and_(*(column == sa.bindparam(f"expected {column.key}", type_=column.type) for column in _LOAD)).label("known")
)


class ExpectedLoad:
    """The load that the statements of a read are expected to see; `seen` once one of them has seen it."""

    def __init__(self, load: Sequence[Any]) -> None:
        self.values = {f"expected {column.key}": value for column, value in zip(_LOAD, load, strict=True)}
        self.seen = False

    def check(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Return the rows of a checked statement as those of the statement. Raises TransactionNeeded."""
        if not rows or not rows[0][0]:
            raise TransactionNeeded
        self.seen = True
        return [row[2:] for row in rows] if rows[0][1] else []


def checked(sql: str, is_expected: str) -> str:
    """Return SQL that adds two columns: whether the load is the expected one, and true, or null if there are no rows.

    A nested loop is the only plan of this join; it keeps the order of the rows.
    """
    rows = f"SELECT true, result.* FROM ({sql}) AS result"  # noqa: S608 - compiled statements only
    return f"SELECT load.known, result.* FROM ({is_expected}) AS load LEFT JOIN ({rows}) AS result ON true"  # noqa: S608
