"""Fixtures for every test: the run, databases of both kinds loaded with the real seed, and a client for each."""

import shutil
from collections.abc import Callable, Iterator
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
from tests.client import RepeatingClient
from tests.databases import Postgres
from tests.running import HANGS_S, start

SEED = ROOT / "seed"
ARTICLE = ROOT.parent / "shared" / "source" / "article.txt"
BOTH = ("sqlite", "postgresql")

NewDatabase = Callable[[str], str]
Record = dict[str, Any]

# No deadline: a loaded machine is no failure. All examples of a test share its fixtures, which no example changes.
hypothesis.settings.register_profile(
    "suite",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("suite")


def pytest_configure(config: pytest.Config) -> None:
    """Start the run, or join it as one of xdist's workers."""
    worker = getattr(config, "workerinput", None)
    run.current = run.Run(Path(worker["run"])) if worker else run.FirstRun()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Pass the run's folder to an xdist worker."""
    node.workerinput["run"] = str(run.current.folder)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that needs a database on both kinds, or on those in its `databases` marker.

    What PostgreSQL answers a client, it answers behind a standby too.
    """
    if "backend" in metafunc.fixturenames:
        marker = metafunc.definition.get_closest_marker("databases")
        kinds = list(marker.args if marker else BOTH)
        if "postgresql" in kinds and "client" in metafunc.fixturenames:
            kinds.append(pytest.param("replica", marks=pytest.mark.slow))
        metafunc.parametrize("backend", kinds, indirect=True)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say that the slow tests did not run."""
    if config.getoption("markexpr") == "not slow":
        terminalreporter.write_line("The slow tests did not run; `make test-slow` runs them.")


def pytest_unconfigure() -> None:
    """End the run."""
    run.current.leave()


def quiet(_message: str) -> None:
    """Discard a progress message."""


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The run's PostgreSQL server."""
    return databases.postgres()


@pytest.fixture(scope="session")
def new_database(tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """A function that creates an empty database of a kind and returns its address."""
    folder = tmp_path_factory.mktemp("databases")
    return lambda kind: databases.empty(kind, folder)


@pytest.fixture(scope="session")
def backend(request: pytest.FixtureRequest) -> str:
    """The kind of database that a test runs on: `sqlite`, then `postgresql`, perhaps behind a standby, `replica`."""
    return str(request.param)


@pytest.fixture(scope="session")
def address(backend: str, new_database: NewDatabase) -> str:
    """The address of a database loaded with the project's seed, one per kind; read-only."""
    return loaded(new_database(backend))


@pytest.fixture
def fresh(backend: str, new_database: NewDatabase) -> str:
    """The address of an empty database for one test, one per kind."""
    return new_database(backend)


def migrated(address: str) -> str:
    """Migrate a database; return its address."""
    if not databases.copy("migrated", address, migrate):
        migrate(address)
    return address


def loaded(address: str, seed: Path = SEED) -> str:
    """Migrate and load a database; return its address."""
    if seed != SEED or not databases.copy("loaded", address, _load):
        _load(address, seed)
    return address


def _load(address: str, seed: Path = SEED) -> None:
    migrated(address)
    with Database(address, "load") as database:
        load(seed, database, quiet)


def client_of(address: str, **settings: object) -> TestClient:
    """Return a client of the application on a database."""
    overrides: dict[str, Any] = {"data_dir": Path("/nonexistent"), **settings}
    return RepeatingClient(create_app(Settings(**databases.settings_of(address), **overrides)))


@pytest.fixture(scope="session")
def client(address: str) -> Iterator[TestClient]:
    """A client of the application on the loaded database, one per kind."""
    with client_of(address) as opened:
        yield opened


@pytest.fixture(scope="session")
def ready() -> Path:
    """A data folder as a first start leaves it: the seed loaded, its release frozen; read-only."""

    def create(data: Path) -> None:
        with Database(loaded(f"sqlite:///{data / 'shanhai.sqlite'}"), "export") as database:
            freeze(database, ReleaseStore(data / "releases"), quiet)

    return run.current.create_once("ready", create)


@pytest.fixture(scope="session")
def service(ready: Path) -> str:
    """The address of a running service with the files of its release; read-only."""

    def create(path: Path) -> None:
        with path.with_suffix(".log").open("w") as log:
            base, _ = start([], {"SHANHAI_DATA_DIR": str(ready)}, log)
        path.write_text(base, "utf-8")

    return run.current.create_once("service", create).read_text("utf-8")


@pytest.fixture(scope="session")
def web() -> Iterator[httpx.Client]:
    """A client of real servers, shared: creating one takes longer than most requests."""
    with httpx.Client(trust_env=False, timeout=HANGS_S) as client:
        yield client


@contextmanager
def statements(client: TestClient) -> Iterator[list[str]]:
    """Record the statements that the application executes, through SQLAlchemy and on the driver itself.

    The cached release does not expire inside the block, however slow the machine is.
    """
    engine = client.app.releases.database.engine  # type: ignore[attr-defined]
    executed: list[str] = []

    def listen(*arguments: Any) -> None:
        executed.append(arguments[2].strip())

    def cursor(*arguments: Any, **options: Any) -> Any:
        wrapped = original(*arguments, **options)

        def execute(sql: str, values: Any, **planned: Any) -> None:
            executed.append(sql.strip())
            wrapped.execute(sql, values, **planned)

        return Mock(wraps=wrapped, execute=execute)

    sa.event.listen(engine, "before_cursor_execute", listen)
    original = prepared._cursor
    try:
        with patch.object(prepared, "_cursor", cursor), patch.object(dataset, "RELEASE_TTL_S", 3600.0):
            yield executed
    finally:
        sa.event.remove(engine, "before_cursor_execute", listen)


@pytest.fixture(scope="session")
def everything(client: TestClient) -> dict[str, list[Record]]:
    """All records of all collections as the API serves them, by slug, ordered by id."""
    return {slug: client.get(f"/v1/{slug}?limit=1000").json()["data"] for slug in COLLECTIONS}


@pytest.fixture(scope="session")
def duckdb_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which DuckDB has its httpfs extension, which here comes from a package."""
    import duckdb
    import duckdb_extension_httpfs

    home = tmp_path_factory.mktemp("home")
    (platform,) = duckdb.sql("PRAGMA platform").fetchone() or ("",)
    version = f"v{duckdb.__version__}"
    package = Path(duckdb_extension_httpfs.__file__).parent / "extensions" / version
    shutil.copytree(package, home / ".duckdb" / "extensions" / version / platform)
    return home


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A copy of the seed that a test may change."""
    return Path(shutil.copytree(SEED, tmp_path / "seed"))


@pytest.fixture(scope="session")
def article() -> Path:
    """The article, if it lies next to the checkout; it is not part of the project."""
    if not ARTICLE.exists():
        pytest.skip("the article is not next to this checkout")
    return ARTICLE
