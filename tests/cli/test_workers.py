"""Several workers and a load: all of them serve the new release soon, and no request is lost."""

import shutil
from pathlib import Path

import httpx
import pytest

from tests.cli.test_handover import Clients
from tests.conftest import SEED
from tests.load.editing import edit
from tests.running import shanhai_apart, start, stop, wait_until

REPORTS = 20  # in a row that name the new release, of both workers


@pytest.mark.slow
@pytest.mark.databases("sqlite", "postgresql")
def test_a_load_reaches_two_workers_and_loses_no_request(fresh: str, tmp_path: Path) -> None:
    settings = {"SHANHAI_DATA_DIR": str(tmp_path / "data"), "DATABASE_URL": fresh}
    base, process = start(["--workers", "2"], settings)
    try:
        seed = tmp_path / "seed"
        shutil.copytree(SEED, seed)
        edit("catalog.toml", 'edition = "', 'edition = "2030.')(seed)
        clients = Clients(httpx.URL(base).port or 0, keep_alive=False)

        def served() -> set[str]:
            return {httpx.get(f"{base}/readyz", trust_env=False).json()["release"] for _ in range(REPORTS)}

        with clients.running():
            clients.wait_for_requests(process)
            before = served()
            done = shanhai_apart("load", SHANHAI_SEED_DIR=str(seed), **settings)
            assert done.returncode == 0, done.stderr
            wait_until(lambda: served().isdisjoint(before))
            clients.wait_for_requests(process)
        assert clients.lost == []
        assert len(served()) == 1
    finally:
        stop(process)
