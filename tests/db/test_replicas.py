"""Behind standbys nothing is torn or goes back, and the loss of a server costs no read."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NamedTuple

import anyio
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection
from starlette.testclient import TestClient

from app.db import Database
from app.db.reader_role import grant_reads
from app.db.replicas import is_standby
from app.load import load
from app.main import create_app
from app.migrate import migrate
from app.read.dataset import DatasetReader
from app.read.integrity import require_undamaged
from app.settings import Settings
from tests import run
from tests.cli.test_doctor import examine
from tests.conftest import SEED, quiet
from tests.databases import READER
from tests.load.editing import cell
from tests.problems import problem
from tests.replication import Pair, pair
from tests.running import shanhai, wait_until

pytestmark = pytest.mark.slow

READERS = 4  # threads that request pages
TEMPLATE = "template"
CONFLICTS_AT_ONCE = "max_standby_streaming_delay=0"


class Site(NamedTuple):
    """A loaded database of a pair, and the settings of a server that reads it."""

    servers: Pair
    name: str

    @property
    def urls(self) -> list[URL]:
        """The database's address on the primary, then on the standby."""
        return [each.url(self.name) for each in self.servers]

    def settings(self, **others: Any) -> Settings:
        primary, standby = (url.set(username=READER).render_as_string() for url in self.urls)
        settings: dict[str, Any] = {"database_url": primary, "read_url": standby, "data_dir": Path("/nonexistent")}
        return Settings(**{**settings, **others})

    def several(self, user: str, attributes: str = "") -> str:
        """Return the address with both hosts, the standby first, as PostgreSQL writes them."""
        primary, standby = self.servers
        return f"postgresql://{user}@127.0.0.1:{standby.port},127.0.0.1:{primary.port}/{self.name}{attributes}"

    def reader(self) -> DatasetReader:
        settings = self.settings()
        return DatasetReader(settings.database, "0", standbys=settings.standbys)

    def load(self, seed: Path) -> str:
        """Load a seed on the primary; return the release."""
        with Database(self.urls[0].render_as_string(), "load") as database:
            return load(seed, database, quiet).release


class Answer(NamedTuple):
    """What a page was answered."""

    began: float
    took_s: float
    status: int
    release: str


def prepare(servers: Pair) -> Pair:
    """Make a loaded database that others are copies of."""
    servers.primary.execute("CREATE DATABASE {}", TEMPLATE)
    site = Site(servers, TEMPLATE)
    address = site.urls[0].render_as_string()
    migrate(address)
    site.load(SEED)
    with Database(address, "migrate") as database, database.transaction() as connection:
        grant_reads(connection, READER)
    return servers


@pytest.fixture(scope="module")
def lasting() -> Iterator[Pair]:
    with pair(Path(mkdtemp(dir=run.current.folder)), CONFLICTS_AT_ONCE) as servers:
        yield prepare(servers)


@pytest.fixture
def site(lasting: Pair, request: pytest.FixtureRequest) -> Iterator[Site]:
    """A database of the pair, whose servers a test may end."""
    name = request.node.name[:60]
    lasting.primary.execute("CREATE DATABASE {} TEMPLATE {}", name, TEMPLATE)
    lasting.follow()
    yield Site(lasting, name)
    lasting.restore()


@pytest.fixture
def edition(seed: Path) -> Path:
    """A seed that makes another release."""
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    return seed


def lost(client: TestClient) -> set[str]:
    """Return the servers that the application counts as lost."""
    servers: set[str] = client.app.releases.database.lost  # type: ignore[attr-defined]
    return servers


def ask(client: TestClient, number: int) -> Answer:
    """Request a page that no cache has."""
    began = time.monotonic()
    response = client.get(f"/v1/figures?limit=1&offset={number % 50}&value__gte=-{number}")
    body: dict[str, Any] = response.json()
    return Answer(began, time.monotonic() - began, response.status_code, body.get("meta", {}).get("release", ""))


@contextmanager
def readers(client: TestClient) -> Iterator[list[Answer]]:
    """Request different pages all the time; yield the answers so far, which may grow."""
    answers: list[Answer] = []
    numbers, ended = count(1), threading.Event()

    def run() -> None:
        while not ended.is_set():
            answers.append(ask(client, next(numbers)))

    threads = [threading.Thread(target=run) for _ in range(READERS)]
    for each in threads:
        each.start()
    try:
        more(answers, 20)
        yield answers
        more(answers, 20)
    finally:
        ended.set()
        for each in threads:
            each.join()


def more(answers: list[Answer], number: int) -> None:
    """Wait for more answers."""
    enough = len(answers) + number
    wait_until(lambda: len(answers) >= enough)


def failed(answers: list[Answer]) -> list[Answer]:
    return [each for each in answers if each.status != 200]


def goes_back(answers: list[Answer], new: str) -> bool:
    """Whether a page that was requested after a reader had seen the new release showed the old one."""
    seen = min(each.began + each.took_s for each in answers if each.release == new)
    return any(each.release != new for each in answers if each.began > seen)


def test_a_standby_that_is_behind_is_not_asked_for_the_new_release(site: Site, edition: Path) -> None:
    with TestClient(create_app(site.settings())) as client:
        assert client.get("/v1").status_code == 200
        site.servers.replica.pause()
        try:
            with readers(client) as answers:
                new = site.load(edition)
                wait_until(lambda: answers[-1].release == new)
            assert failed(answers) == []
            assert not goes_back(answers, new)
            assert "Changed." in client.get("/v1/products.csv").text
            assert client.get("/readyz").json()["release"] == new
        finally:
            site.servers.replica.resume()
        site.servers.follow()
        wait_until(lambda: ask(client, 1).release == new and not lost(client))


def test_a_load_that_standbys_follow_loses_no_request(site: Site, edition: Path) -> None:
    with TestClient(create_app(site.settings())) as client, readers(client) as answers:
        new = site.load(edition)
        wait_until(lambda: answers[-1].release == new)
    assert failed(answers) == []
    assert not goes_back(answers, new)


@pytest.mark.parametrize("name", ["replica", "primary"])
def test_the_loss_of_a_server_loses_no_request(site: Site, name: str) -> None:
    server = getattr(site.servers, name)
    with TestClient(create_app(site.settings())) as client:
        with readers(client) as answers:
            server.kill()
            wait_until(lambda: bool(lost(client)))
            assert client.get("/readyz").status_code == 200
            assert client.get("/v1/figures.csv").status_code == 200
        assert failed(answers) == []
        assert client.get("/v1").status_code == 200  # of the cache
        server.start()
        wait_until(lambda: ask(client, 1).status == 200 and not lost(client))


def test_a_silent_standby_costs_the_requests_in_flight_and_a_silent_primary_none(site: Site) -> None:
    with TestClient(create_app(site.settings(page_timeout_s=1.0))) as client, readers(client) as answers:
        for server, most in ((site.servers.primary, 0), (site.servers.replica, READERS + 1)):
            server.freeze()
            try:
                wait_until(lambda: bool(lost(client)))
                more(answers, 100)
            finally:
                server.thaw()
            assert len(failed(answers)) <= most
            answers.clear()
            wait_until(lambda: ask(client, 1).status == 200 and not lost(client))


def test_a_promoted_standby_is_found_by_loads_and_by_readers(site: Site, edition: Path) -> None:
    several = site.several(READER)
    settings = site.settings(database_url=several, read_url=site.several(READER, "?target_session_attrs=any"))
    with TestClient(create_app(settings)) as client:
        assert shanhai("load", DATABASE_URL=site.several("postgres")).returncode == 0  # on the primary, named last
        with readers(client) as answers:
            site.servers.primary.kill()
            site.servers.replica.promote()
            done = shanhai("load", edition, DATABASE_URL=site.several("postgres"))
            assert done.returncode == 0, done.stderr
            new = client.get("/readyz").json()["release"]
            wait_until(lambda: answers[-1].release == new)
        assert f"release {new} loaded" in done.stderr
        assert failed(answers) == []
        assert not goes_back(answers, new)
        wait_until(lambda: ask(client, 1).status == 200 and not lost(client))


def test_doctor_says_how_a_standby_is(site: Site, edition: Path, tmp_path: Path) -> None:
    primary, standby = (url.render_as_string() for url in site.urls)

    def found(read_url: str) -> dict[str, str]:
        _, findings = examine(DATABASE_URL=primary, SHANHAI_READ_URL=read_url, SHANHAI_DATA_DIR=str(tmp_path))
        return findings["standbys"]

    assert (found(standby)["level"], found(primary)["level"]) == ("ok", "warning")
    site.servers.replica.pause()
    try:
        site.load(edition)
        assert "has yet to replay" in found(standby)["found"]
    finally:
        site.servers.replica.resume()
    site.servers.replica.stop()
    assert (found(standby)["level"], "does not answer" in found(standby)["found"]) == ("warning", True)


def test_a_release_that_no_server_has_any_more_is_not_served_as_an_older_one(site: Site, edition: Path) -> None:
    settings = site.settings(database_url=site.several(READER))
    with TestClient(create_app(settings)) as client:
        old = ask(client, 1).release
        site.servers.replica.pause()
        new = site.load(edition)
        wait_until(lambda: ask(client, 2).release == new)
        site.servers.primary.kill()
        assert "current release" in problem(client.get("/v1/figures?sort=value"), 503)["detail"]
        site.servers.replica.resume()
        site.servers.primary.start()
        site.servers.follow()
        wait_until(lambda: ask(client, 3).status == 200)
        assert ask(client, 4).release == new
        assert old != new


def test_a_release_that_was_lost_with_the_primary_is_forgotten_by_a_promotion(site: Site, edition: Path) -> None:
    settings = site.settings(database_url=site.several(READER))
    with TestClient(create_app(settings)) as client:
        old = ask(client, 1).release
        site.servers.replica.stop()
        new = site.load(edition)
        wait_until(lambda: ask(client, 2).release == new)
        site.servers.primary.kill()
        site.servers.replica.start()
        assert ask(client, 3).status == 503
        site.servers.replica.promote()
        wait_until(lambda: ask(client, 4).release == old)


def test_an_export_during_a_load_is_of_one_release(site: Site, edition: Path) -> None:
    reader = site.reader()
    with reader.snapshot() as (old, connection):
        assert is_standby(connection)
        new = site.load(edition)
        site.servers.follow()
        require_undamaged(connection)
    with reader.snapshot() as (state, connection):
        assert is_standby(connection)
        require_undamaged(connection)
    assert old.release != state.release == new
    reader.close()


def test_a_read_that_replay_cancels_begins_again_on_the_primary(site: Site) -> None:
    reader, on_standbys = site.reader(), []

    def work(connection: Connection) -> int:
        on_standbys.append(is_standby(connection))
        figures: int = connection.execute(sa.text("SELECT count(*) FROM figures")).scalar_one()
        if on_standbys[-1]:
            site.servers.primary.execute("CREATE TABLE scratch AS SELECT 1", database=site.name)
            site.servers.primary.execute("DELETE FROM scratch", database=site.name)
            site.servers.primary.execute("VACUUM scratch", database=site.name)
            while True:
                connection.execute(sa.text("SELECT pg_sleep(0.05)"))
        return figures

    _, figures = anyio.run(reader.read, work)
    assert figures > 0
    assert on_standbys[0]
    assert not any(on_standbys[1:])
    reader.close()
