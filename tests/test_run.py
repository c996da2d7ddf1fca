"""A test run: shared resources are created once, and every process it started ends with it, even after SIGKILL."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from app.settings import ROOT
from tests import run
from tests.running import wait_until
from tests.watchdog import is_running

# A test that starts a PostgreSQL and a server, writes their ids to a file and waits to be killed.
ENDLESS = """
import json, os, signal
from pathlib import Path

from tests import databases, run
from tests.running import start

def test_endless():
    _, server = start(["--no-prepare"], {{"SHANHAI_DATA_DIR": {data!r}}})
    pids = [os.getpid(), databases.postgres().pid, server.pid]
    report = Path({report!r})
    report.with_suffix(".draft").write_text(json.dumps({{"folder": str(run.current.folder), "pids": pids}}))
    report.with_suffix(".draft").rename(report)
    signal.pause()
"""


@pytest.mark.slow
@pytest.mark.parametrize("workers", [[], ["-n", "1"]], ids=["alone", "with a worker"])
def test_a_killed_run_leaves_no_process_and_no_folder(ready: Path, tmp_path: Path, workers: list[str]) -> None:
    test, report = tmp_path / "test_endless.py", tmp_path / "report.json"
    test.write_text(ENDLESS.format(data=str(ready), report=str(report)), "utf-8")
    pytest_apart = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:schemathesis"]
    command = [*pytest_apart, "--rootdir", str(tmp_path), *workers, str(test)]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    with subprocess.Popen(command, cwd=ROOT, env=outside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as inner:
        wait_until(lambda: report.exists() or inner.poll() is not None)
        started = json.loads(report.read_text("utf-8"))
        processes = [psutil.Process(pid) for pid in started["pids"]]
        assert all(map(is_running, processes))
        inner.kill()
    wait_until(lambda: not any(map(is_running, processes)))
    wait_until(lambda: not Path(started["folder"]).exists())


def test_a_shared_resource_is_created_once() -> None:
    created: list[Path] = []

    def create(path: Path) -> None:
        created.append(path)
        path.write_text("created", "utf-8")

    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: run.current.create_once("shared", create), range(8)))
    assert [path.read_text("utf-8") for path in paths] == ["created"]
    assert created == [*paths]


def test_a_failed_creation_is_repeated() -> None:
    def fail(path: Path) -> None:
        path.mkdir()
        raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError):
        run.current.create_once("anew", fail)
    assert list(run.current.create_once("anew", Path.mkdir).iterdir()) == []
