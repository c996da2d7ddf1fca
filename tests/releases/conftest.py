"""Two frozen editions, the second with a record added, one removed and two values changed, on each database."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.releases import partitions
from app.releases.freeze import freeze
from app.releases.store import FrozenRelease, ReleaseStore
from tests.conftest import SEED, NewDatabase, client_of, loaded, quiet
from tests.load.editing import cell

FEW = 30  # rows; tables that have more are partitioned in tests


class Editions(NamedTuple):
    """A service that has seen two editions."""

    client: TestClient
    address: str
    old: FrozenRelease
    new: FrozenRelease


def frozen(address: str, data: Path) -> FrozenRelease:
    with Database(address, "export") as database, patch.object(partitions, "MIN_ROWS", FEW):
        return freeze(database, ReleaseStore(data / "releases"), quiet)


def edit(seed: Path) -> None:
    """A next edition, invented for the test."""
    cell("products.csv", "yellow-peach", "summary_en", "Changed, for a test.")(seed)
    cell("products.csv", "yellow-peach", "summary_zh", "为测试而改。")(seed)
    rows = (seed / "excluded-numerals.csv").read_text("utf-8").splitlines(keepends=True)
    (seed / "excluded-numerals.csv").write_text("".join(rows[:-1]), "utf-8")
    with (seed / "indicators.csv").open("a", encoding="utf-8") as indicators:
        indicators.write("synthetic,合成,Synthetic,测试,For a test.,society,person,,,,测试,For a test.\n")


@pytest.fixture(scope="session")
def editions(backend: str, new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editions]:
    data, seed = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("next") / "seed"
    shutil.copytree(SEED, seed)
    address = loaded(new_database(backend))
    old = frozen(address, data)
    edit(seed)
    new = frozen(loaded(address, seed), data)
    with client_of(address, data_dir=data) as client:
        yield Editions(client, address, old, new)
