"""Databases with the project's seed, loaded once for each kind and process and copied from then on."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

Make = Callable[[str], object]

_files: dict[str, Path] = {}
_databases: dict[URL, str] = {}


def copied(address: str, make: Make) -> bool:
    """Put a copy at an address at which there is nothing yet and nobody looks; whether this was so.

    `make` makes the one that is copied, at another address.
    """
    url = make_url(address)
    return _copied_file(Path(url.database or ""), make) if url.drivername == "sqlite" else _copied(url, make)


def _copied_file(path: Path, make: Make) -> bool:
    if path.exists():
        return False
    if "template" not in _files:
        folder = tempfile.mkdtemp(prefix="shanhai-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        _files["template"] = Path(folder) / "template.sqlite"
        make(f"sqlite:///{_files['template']}")
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(_files["template"], path)
    return True


def _copied(url: URL, make: Make) -> bool:
    if _query(url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1"):
        return False
    server, name = url.set(database="postgres"), str(url.database)
    if _query(server, "SELECT 1 FROM pg_stat_activity WHERE datname = %s LIMIT 1", name):
        return False
    if server not in _databases:
        _databases[server] = f"{name}_template"
        _run(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(_databases[server])))
        make(url.set(database=_databases[server]).render_as_string(hide_password=False))
    _run(server, sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
    made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _run(server, made.format(sql.Identifier(name), sql.Identifier(_databases[server])))
    return True


def _query(url: URL, statement: str, *values: str) -> bool:
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        return connection.execute(statement.encode(), values).fetchone() is not None


def _run(server: URL, statement: sql.Composed) -> None:
    with psycopg.connect(server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(statement)
