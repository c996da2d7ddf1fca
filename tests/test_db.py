"""A database is not kept busy for longer than anybody waits."""

import pytest
import sqlalchemy as sa

from app.db import Database
from app.errors import Unavailable

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


def test_what_takes_too_long_is_ended_and_the_next_is_answered(fresh: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with Database(fresh, "migrate") as database, database.transaction():
        pass  # a file for SQLite
    monkeypatch.setattr("app.db.LONGEST_READ", 0.2)
    with Database(fresh) as database:
        for _ in range(2):
            with (
                pytest.raises(Unavailable, match=r"more than 0\.2 seconds.*ask for less"),
                database.transaction() as connection,
            ):
                connection.execute(sa.text(ENDLESS[connection.dialect.name]))
        with database.transaction() as connection:
            assert connection.scalar(sa.text("SELECT 1")) == 1
