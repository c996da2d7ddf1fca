"""A PostgreSQL that falls silent costs a page no more than its deadline, and its connections are given up."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from starlette.testclient import TestClient

from app.db import Database
from app.db.deadline import DeadlineConnection
from app.db.engines import CONNECT_ONE_TIMEOUT_S, CONNECT_TIMEOUT_S, EXPORT_SILENCE_S, KEEPALIVES, Purpose
from app.errors import Unavailable
from app.main import create_app
from app.settings import Settings
from tests.conftest import NewDatabase, loaded
from tests.db.silence import Proxy, proxy_of
from tests.problems import problem
from tests.running import wait_until

DEADLINE_S = 1.0
# The most that a page takes, with a wide margin for a busy machine, but far below the 30 s of a connection pool.
IN_TIME_S = DEADLINE_S + 10
PAGES = 8  # at once: more than the connections that a pool keeps


@pytest.fixture
def proxy(new_database: NewDatabase) -> Iterator[Proxy]:
    with proxy_of(loaded(new_database("postgresql"))) as opened:
        yield opened


@pytest.fixture
def client(proxy: Proxy) -> Iterator[TestClient]:
    settings = Settings(database_url=proxy.address, data_dir=Path("/nonexistent"), page_timeout_s=DEADLINE_S)
    with TestClient(create_app(settings)) as opened:
        yield opened


def statuses(client: TestClient, first: int) -> list[int]:
    """Request different pages at once, of which none is cached."""
    with ThreadPoolExecutor(PAGES) as pool:
        paths = [f"/v1/figures?limit=1&offset={first + number}" for number in range(PAGES)]
        return [each.status_code for each in pool.map(client.get, paths)]


@pytest.mark.parametrize("also_new", [True, False], ids=["server", "open connections"])
def test_pages_of_a_silent_database_are_refused_in_time(client: TestClient, proxy: Proxy, also_new: bool) -> None:
    assert statuses(client, 0) == [200] * PAGES
    proxy.silence(also_new=also_new)
    started = time.monotonic()
    document = problem(client.get("/v1/figures?sort=value"), 503)
    assert time.monotonic() - started < IN_TIME_S
    assert document["code"] == "unavailable"
    if also_new:
        assert set(statuses(client, PAGES)) == {503}
        assert time.monotonic() - started < 2 * IN_TIME_S


@pytest.mark.slow
def test_silent_connections_are_dropped_and_the_next_pages_answered(client: TestClient, proxy: Proxy) -> None:
    assert statuses(client, 0) == [200] * PAGES
    before = proxy.opened
    proxy.silence(also_new=False)
    problem(client.get("/v1/figures?sort=value"), 503)
    wait_until(lambda: client.get("/v1/figures?sort=-value").status_code == 200)
    assert proxy.opened > before
    assert statuses(client, PAGES) == [200] * PAGES


def test_an_export_gives_up_a_silent_database(proxy: Proxy) -> None:
    def read(database: Database) -> None:
        with database.transaction() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, DeadlineConnection)
            assert driver.timeout_s == EXPORT_SILENCE_S
            driver.timeout_s = 0.1
            proxy.silence(also_new=False)
            connection.exec_driver_sql("SELECT 1")

    with Database(proxy.address, "export") as database, pytest.raises(Unavailable, match="does not answer"):
        read(database)


@pytest.mark.parametrize(
    ("purpose", "hosts", "timeout_s"),
    [
        ("read", 1, CONNECT_TIMEOUT_S),
        ("read", 2, CONNECT_ONE_TIMEOUT_S),
        ("export", 1, CONNECT_TIMEOUT_S),
        ("load", 1, CONNECT_TIMEOUT_S),
        ("migrate", 1, CONNECT_TIMEOUT_S),
    ],
)
def test_every_connection_notices_that_its_host_is_gone(
    new_database: NewDatabase, purpose: Purpose, hosts: int, timeout_s: int
) -> None:
    url = make_url(new_database("postgresql"))
    several = url.update_query_dict({"host": ",".join([str(url.query["host"])] * hosts)})
    with (
        Database(several.render_as_string(), purpose) as database,
        closing(database.engine.raw_connection()) as connection,
    ):
        driver = connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        set_to = {option.keyword.decode(): (option.val or b"").decode() for option in driver.pgconn.info}
        expected = {**KEEPALIVES, "connect_timeout": timeout_s}
        assert {name: set_to[name] for name in expected} == {name: str(value) for name, value in expected.items()}
        assert int(set_to["tcp_user_timeout"]) > 0
