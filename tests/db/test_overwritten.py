"""An operator may truncate the served SQLite file or write over it: the server lives on and serves what is there next."""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from app.migrate import migrate
from tests.conftest import client_of, loaded
from tests.load.editing import cell
from tests.problems import problem
from tests.running import serving


def overwrite(path: Path, good: Path) -> None:
    """Copy the good file over the other as `cp` does: the file stays the same one."""
    shutil.copyfile(good, path)


def zero_the_middle(path: Path) -> None:
    """Overwrite all pages but the first and the last few."""
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(bytes(path.stat().st_size - 5 * 8192))


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: os.truncate(path, 0),
    "cut in a page": lambda path: os.truncate(path, 5000),
    "half": lambda path: os.truncate(path, path.stat().st_size // 2),
    "zeroed": zero_the_middle,
    "no database": lambda path: path.write_bytes(b"nothing of the kind" * 10_000),
}


def test_a_damaged_file_does_not_end_the_server_and_a_good_one_is_served_again(ready: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(ready, data)
    path, good = data / "shanhai.sqlite", ready / "shanhai.sqlite"
    numbers = count(1)
    with serving("--no-prepare", SHANHAI_DATA_DIR=str(data)) as (client, process):
        for name, damage in DAMAGES.items():
            for _ in range(3):  # pages that a connection keeps
                assert client.get(f"/v1/figures?sort=value&offset=1&limit={next(numbers)}").status_code == 200, name
            damage(path)
            document = problem(client.get(f"/v1/figures?sort=value&offset=1&limit={next(numbers)}"), 503)
            assert "Put a good copy in its place." in document["detail"] or "shanhai migrate" in document["detail"]
            assert client.get("/v1/figures.csv?sort=id").status_code == 503, name
            assert client.get("/readyz").status_code == 503, name
            assert process.poll() is None, name
            overwrite(path, good)
            assert client.get(f"/v1/figures?sort=value&offset=1&limit={next(numbers)}").status_code == 200, name
            assert client.get("/readyz").status_code == 200, name


@pytest.mark.databases("sqlite")
def test_another_edition_copied_over_the_file_is_served_at_once(tmp_path: Path, seed: Path) -> None:
    """Both files were written by one load, so SQLite itself sees no difference and would keep the old pages."""
    path, other = tmp_path / "shanhai.sqlite", tmp_path / "other.sqlite"
    loaded(f"sqlite:///{path}")
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    loaded(f"sqlite:///{other}", seed)
    with client_of(f"sqlite:///{path}") as client:
        assert client.get("/v1/products/yellow-peach").json()["data"]["summary_en"] != "Changed."
        overwrite(path, other)
        assert client.get("/v1/products/yellow-peach?fields=summary_en").json()["data"]["summary_en"] == "Changed."


def test_readers_of_a_file_whose_migration_was_killed_learn_what_to_run(tmp_path: Path) -> None:
    writing, killed = tmp_path / "writing.sqlite", tmp_path / "killed.sqlite"
    loaded(f"sqlite:///{writing}")
    with closing(sqlite3.connect(writing)) as connection:
        connection.execute("PRAGMA cache_size = 1")  # so that pages and their journal are written before the end
        connection.execute("CREATE TABLE unfinished AS SELECT record FROM figures")
        connection.execute("BEGIN")
        connection.execute("UPDATE unfinished SET record = record || record")
        for end in ("", "-journal"):
            shutil.copyfile(f"{writing}{end}", f"{killed}{end}")
    with client_of(f"sqlite:///{killed}") as client:
        assert "shanhai migrate" in problem(client.get("/readyz"), 503)["detail"]
    migrate(f"sqlite:///{killed}")
    with client_of(f"sqlite:///{killed}") as client:
        assert client.get("/readyz").status_code == 200
