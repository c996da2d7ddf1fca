"""A test run: what its processes share is made once, and what they start ends with it, even where they are killed."""

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

# A test that starts a PostgreSQL and a server, tells of them in a file and ends only when it is killed.
ENDLESS = """
import json, os, signal
from pathlib import Path

from tests import databases, run
from tests.running import start

def test_endless():
    _, server = start(["--no-prepare"], {{"SHANHAI_DATA_DIR": {data!r}}})
    pids = [os.getpid(), databases.postgres().pid, server.pid]
    told = Path({told!r})
    told.with_suffix(".draft").write_text(json.dumps({{"folder": str(run.current.folder), "pids": pids}}))
    told.with_suffix(".draft").rename(told)
    signal.pause()
"""


def runs(pid: int) -> bool:
    """Whether a process is there and more than an entry that nobody has removed."""
    return psutil.pid_exists(pid) and bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)


@pytest.mark.parametrize("processes", [[], ["-n", "1"]], ids=["alone", "with a worker"])
def test_a_killed_run_leaves_no_process_and_no_folder(ready: Path, tmp_path: Path, processes: list[str]) -> None:
    test, told = tmp_path / "test_endless.py", tmp_path / "told.json"
    test.write_text(ENDLESS.format(data=str(ready), told=str(told)), "utf-8")
    pytest_apart = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:schemathesis"]
    command = [*pytest_apart, "--rootdir", str(tmp_path), *processes, str(test)]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    with subprocess.Popen(command, cwd=ROOT, env=outside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as inner:
        wait_until(lambda: told.exists() or inner.poll() is not None)
        found = json.loads(told.read_text("utf-8"))
        assert all(map(runs, found["pids"]))
        inner.kill()
    wait_until(lambda: not any(map(runs, found["pids"])))
    wait_until(lambda: not Path(found["folder"]).exists())


def test_what_is_shared_is_made_once() -> None:
    made: list[Path] = []

    def make(path: Path) -> None:
        made.append(path)
        path.write_text("made", "utf-8")

    with ThreadPoolExecutor(4) as pool:
        paths = set(pool.map(lambda _: run.current.once("shared", make), range(8)))
    assert [path.read_text("utf-8") for path in paths] == ["made"]
    assert made == [*paths]


def test_what_could_not_be_made_is_made_anew() -> None:
    def fail(path: Path) -> None:
        path.mkdir()
        raise RuntimeError("the power went out")

    with pytest.raises(RuntimeError):
        run.current.once("anew", fail)
    assert list(run.current.once("anew", Path.mkdir).iterdir()) == []
