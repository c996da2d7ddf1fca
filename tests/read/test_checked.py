"""Reads of PostgreSQL without a transaction: one round trip a statement, and never of two releases."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlmodel import col
from starlette.testclient import TestClient

from app.db import Database
from app.db.deadline import DeadlineConnection
from app.errors import NotFound, Unavailable
from app.main import create_app
from app.models import Figure
from app.models.release import Release
from app.read.dataset import DatasetReader
from app.read.page import read_page
from app.request.records import read_page_request
from app.settings import Settings
from app.sql.prepared import fetch
from tests.conftest import loaded
from tests.running import HANGS_S

pytestmark = [pytest.mark.anyio, pytest.mark.databases("postgresql")]

LOADED_AT = sa.select(col(Release.loaded_at))
PREPARED_PAGES: sa.Select[Any] = (
    sa.select(sa.literal_column("1"))
    .select_from(sa.text("pg_prepared_statements"))
    .where(sa.text("statement LIKE '%string_agg%'"))
)
NOTHING = LOADED_AT.where(sa.false())
TERMINATE_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
TRIPS = {
    "/v1/figures/{id}": 1,
    "/v1/figures?unit=household": 1,  # the page holds all matches
    "/v1/figures?unit=person&limit=1": 1,  # with the total
    "/v1/figures?unit=mu&limit=1&fields=id,indicator.name_zh": 3,  # the page, the total and the indicators
    "/v1/figures?limit=0&facet=unit": 1,
    "/v1/figures?limit=3&facet=status": 2,
    "/v1/figures/{id}?include=indicator": 2,
    "/v1/figures?limit=4&fields=id,indicator.name_zh": 2,
    "/v1/search?q=%E7%AF%AE%E7%90%83&limit=2": 3,  # counts, hits and records
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def reader(fresh: str) -> Iterator[DatasetReader]:
    reader = DatasetReader(loaded(fresh), "0")
    yield reader
    reader.close()


@contextmanager
def writer(reader: DatasetReader) -> Iterator[Connection]:
    address = reader.database.url.render_as_string(hide_password=False)
    with Database(address, "load") as database, database.transaction() as connection:
        yield connection


def load_again(reader: DatasetReader) -> dt.datetime:
    """Do to the release what another load of the same seed does; return its new time."""
    later = sa.update(Release).values(loaded_at=col(Release.loaded_at) + dt.timedelta(days=1))
    with writer(reader) as connection:
        time: dt.datetime = connection.execute(later.returning(col(Release.loaded_at))).scalar_one()
    return time


def time_of(connection: Connection) -> dt.datetime:
    time: dt.datetime = fetch(connection, LOADED_AT, {})[0][0]
    return time


def absent(connection: Connection) -> None:
    assert not fetch(connection, NOTHING, {})


def by_sqlalchemy(connection: Connection) -> None:
    connection.execute(LOADED_AT)


def without_statement(_connection: Connection) -> None:
    pass


async def test_a_read_between_whose_statements_a_load_comes_starts_again(reader: DatasetReader) -> None:
    before, runs = (await reader.current()).modified, []

    def work(connection: Connection) -> tuple[dt.datetime, dt.datetime]:
        runs.append(time_of(connection))
        if len(runs) == 1:
            load_again(reader)
        return runs[-1], time_of(connection)

    state, (first, second) = await reader.read(work)
    assert runs == [before, first]
    assert state.modified == first == second > before


async def test_every_read_is_of_the_current_release(reader: DatasetReader) -> None:
    await reader.current()
    for work in (time_of, absent, by_sqlalchemy, without_statement):
        later = load_again(reader)
        state, _ = await reader.read(work)
        assert state.modified == later, work


async def test_an_error_is_that_of_the_current_release(reader: DatasetReader) -> None:
    await reader.current()
    later = load_again(reader)

    def fail(_connection: Connection) -> None:
        raise NotFound("nothing")

    with pytest.raises(NotFound):
        await reader.read(fail)
    known = reader.cached_release()
    assert known is not None
    assert known.modified == later


def sleep(connection: Connection) -> None:
    fetch(connection, sa.select(sa.func.pg_sleep(HANGS_S)), {})


@pytest.mark.parametrize(("share", "detail"), [(0.1, "takes more than"), (10.0, "did not answer within")])
async def test_a_statement_ends_in_time_at_the_server_or_with_its_connection(
    address: str, share: float, detail: str
) -> None:
    reader = DatasetReader(address, "0", page_timeout_s=2.0)
    try:
        with patch("app.db.engines.QUERY_SHARE", share):
            await reader.current()
            with pytest.raises(Unavailable, match=detail):
                await reader.read(sleep)
            assert await reader.read(time_of)
    finally:
        reader.close()


async def test_a_lost_connection_costs_no_read(reader: DatasetReader) -> None:
    await reader.current()
    expected = await reader.read(time_of)
    with writer(reader) as connection:
        connection.execute(sa.text(TERMINATE_OTHERS))
    assert await reader.read(time_of) == expected


def test_a_read_takes_one_round_trip_a_statement(address: str) -> None:
    waits = []

    def wait(*arguments: Any, **options: Any) -> Any:
        waits.append(arguments)
        return original(*arguments, **options)

    original, never = DeadlineConnection.wait, patch("app.read.dataset.RELEASE_TTL_S", 3600.0)
    settings = Settings(database_url=address, data_dir=Path("/nonexistent"))
    with TestClient(create_app(settings)) as client, never, patch.object(DeadlineConnection, "wait", wait):
        figure = client.get("/v1/figures?limit=1").json()["data"][0]["id"]  # opens a connection
        trips = {}
        for path in TRIPS:
            waits.clear()
            assert client.get(path.format(id=figure)).status_code == 200
            trips[path] = len(waits)
    assert trips == TRIPS


@pytest.mark.parametrize(
    ("parameters", "prepared"),
    [
        ({}, True),
        ({"indicator_id": "one"}, True),
        ({"indicator_id": "one", "status": "planned"}, True),
        ({"status": "planned"}, False),
        ({"value__gte": "3"}, False),
    ],
)
async def test_postgresql_plans_anew_what_no_index_serves(
    reader: DatasetReader, parameters: dict[str, str], prepared: bool
) -> None:
    await reader.current()
    request = read_page_request(Figure, [*parameters.items(), ("limit", "2")])

    def read(connection: Connection) -> int:
        for _ in range(7):  # psycopg prepares what it has executed five times
            read_page(connection, request)
        return len(fetch(connection, PREPARED_PAGES, {}))

    assert (await reader.read(read))[1] == prepared
