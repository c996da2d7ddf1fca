"""What every test stands on: the run, databases of both kinds loaded with the real seed, and a client for each."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

import httpx
import hypothesis
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from app.db import Database
from app.load import load
from app.main import create_app
from app.migrate import migrate
from app.models import COLLECTIONS
from app.read import dataset
from app.releases.freeze import freeze
from app.releases.store import ReleaseStore
from app.settings import ROOT, Settings
from app.sql import prepared
from tests import databases, run
from tests.client import Insistent
from tests.databases import Postgres
from tests.running import HANGS_S, start

SEED = ROOT / "seed"
ARTICLE = ROOT.parent / "shared" / "source" / "article.txt"
BOTH = ("sqlite", "postgresql")

NewDatabase = Callable[[str], str]
Record = dict[str, Any]

# No limit of time: a loaded machine is no fault. Fixtures stay for all examples of a test; nothing of them changes.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("suite")

LEFT_OUT = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """Begin the run, or join it as one of xdist's workers."""
    config.stash[LEFT_OUT] = 0
    worker = getattr(config, "workerinput", None)
    run.current = run.Run(Path(worker["run"])) if worker else run.FirstRun()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist's which run it belongs to."""
    node.workerinput["run"] = str(run.current.folder)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what needs a database on each kind, or on those alone that the test, or its file, is marked with."""
    if "backend" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        metafunc.parametrize("backend", marker.args if marker else BOTH, indirect=True)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the slow tests that `-m "not slow"` leaves out."""
    for item in items:
        if item.get_closest_marker("slow"):
            item.config.stash[LEFT_OUT] += 1


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Tell the controller of xdist what a worker counted."""
    if output := getattr(session.config, "workeroutput", None):
        output["left_out"] = session.config.stash[LEFT_OUT]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Every worker collects, and leaves out, the same tests."""
    told = getattr(node, "workeroutput", {}).get("left_out", 0)  # nothing, if it was killed
    node.config.stash[LEFT_OUT] = max(told, node.config.stash[LEFT_OUT])


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the run, and say in its last line what was left out."""
    run.current.leave()
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if (count := config.stash[LEFT_OUT]) and reporter:
        reporter.write_line(f"{count} slow tests were left out; `make test-all` runs them too")


def quiet(_message: str) -> None:
    """A report that nobody reads."""


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The PostgreSQL server of the run."""
    return databases.postgres()


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes empty databases: `new_database("postgresql")` is the address of one."""
    folder = tmp_path_factory.mktemp("databases")
    return lambda kind: databases.empty(kind, folder)


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database that a test runs on: `sqlite`, then `postgresql`."""
    return str(request.param)


@pytest.fixture(scope="session")
def address(backend: str, new_database: NewDatabase) -> str:
    """A database with the project's seed, once of each kind; nobody changes it."""
    return loaded(new_database(backend))


@pytest.fixture
def fresh(backend: str, new_database: NewDatabase) -> str:
    """An empty database of the test's own, once of each kind."""
    return new_database(backend)


def loaded(address: str, seed: Path = SEED) -> str:
    """The same database, migrated and loaded."""
    if seed != SEED or not databases.fill(address, _load):
        _load(address, seed)
    return address


def _load(address: str, seed: Path = SEED) -> None:
    migrate(address)
    with Database(address, "load") as database:
        load(seed, database, quiet)


def client_of(address: str, **settings: object) -> TestClient:
    """A client of the application on a database."""
    given: dict[str, Any] = {"data_dir": Path("/nonexistent"), **settings}
    app = create_app(Settings(database_url=address, **given))
    return Insistent(app)


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[TestClient]:
    """A client of the application on the loaded database, once of each kind."""
    with client_of(address) as opened:
        yield opened


@pytest.fixture(scope="session")
def ready() -> Path:
    """A data folder as a first start leaves it: the seed loaded, its release frozen; nobody changes it."""

    def make(data: Path) -> None:
        with Database(loaded(f"sqlite:///{data / 'shanhai.sqlite'}"), "export") as database:
            freeze(database, ReleaseStore(data / "releases"), quiet)

    return run.current.once("ready", make)


@pytest.fixture(scope="session")
def service(ready: Path) -> str:
    """The address of a service as it runs, with the files of its release; nobody changes anything of it."""

    def make(path: Path) -> None:
        with path.with_suffix(".log").open("w") as log:
            base, _ = start([], {"SHANHAI_DATA_DIR": str(ready)}, log)
        path.write_text(base, "utf-8")

    return run.current.once("service", make).read_text("utf-8")


@pytest.fixture(scope="session")
def web() -> Iterator[httpx.Client]:
    """A client of real servers, one for all: to make one takes longer than most answers do."""
    with httpx.Client(trust_env=False, timeout=HANGS_S) as client:
        yield client


@contextmanager
def statements(client: TestClient) -> Iterator[list[str]]:
    """What the application asks of its database meanwhile, through SQLAlchemy and on the driver itself.

    The release that it knows by then is believed all the while, however slow the machine is.
    """
    engine = client.app.releases.database.engine  # type: ignore[attr-defined]
    asked: list[str] = []

    def listen(*arguments: Any) -> None:
        asked.append(arguments[2].strip())

    def cursor(*arguments: Any, **options: Any) -> Any:
        made = own(*arguments, **options)

        def execute(sql: str, values: Any) -> None:
            asked.append(sql.strip())
            made.execute(sql, values)

        return Mock(wraps=made, execute=execute)

    sa.event.listen(engine, "before_cursor_execute", listen)
    own = prepared._cursor
    try:
        with patch.object(prepared, "_cursor", cursor), patch.object(dataset, "RELEASE_TTL_S", 3600.0):
            yield asked
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)


@pytest.fixture(scope="session")
def everything(client: TestClient) -> dict[str, list[Record]]:
    """All records of all collections as a plain reader sees them, by slug and in the order of their ids."""
    return {slug: client.get(f"/v1/{slug}?limit=1000").json()["data"] for slug in COLLECTIONS}


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A copy of the seed, to be broken."""
    return Path(shutil.copytree(SEED, tmp_path / "seed"))


@pytest.fixture(scope="session")
def article() -> Path:
    """The article, where it lies beside the checkout; it is no part of the project."""
    if not ARTICLE.exists():
        pytest.skip("the article is not beside this checkout")
    return ARTICLE
