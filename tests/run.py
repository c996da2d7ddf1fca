"""State shared by all processes of one test run: a folder, resources created once in it, and a process watchdog.

pytest-xdist's workers are separate processes. Expensive resources (a PostgreSQL server, a loaded database, a running
service) are created by the first worker that needs them and shared by all; see `create_once`. Without xdist there is
one process and the same code.
"""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

WATCHDOG = Path(__file__).with_name("watchdog.py")
# A file system in memory, where PostgreSQL creates a database in a fifth of the time, and a limit below which it is
# too small, as in a container: a whole run takes about a gigabyte.
MEMORY, MIN_FREE_BYTES = Path("/dev/shm"), 4_000_000_000  # noqa: S108 - the folder in it is this run's own


class Run:
    """One test run, seen from one of its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ids: IO[str] = (folder / "processes").open("w", buffering=1)
        self._watched: list[subprocess.Popen[str]] = []

    def create_once(self, name: str, create: Callable[[Path], object]) -> Path:
        """Return the path of that name in the run's folder; the first process to call this creates it.

        `create` gets the path; other processes wait until it returns. If it raises, its leftovers are removed and the
        next caller tries again.
        """
        path, done = self.folder / name, self.folder / f".{name}.done"
        with (self.folder / f".{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
                create(path)
                done.touch()
        return path

    def watch(self, process: subprocess.Popen[str]) -> None:
        """Have the watchdog stop a process that is still running when the run ends."""
        self._ids.write(f"{process.pid}\n")
        self._watched.append(process)

    def leave(self) -> None:
        """End this process's part in the run."""
        self._ids.close()
        for process in self._watched:
            if process.poll() is None:
                process.returncode = 0  # the watchdog stops it; without this, Python warns that nothing waits for it


class FirstRun(Run):
    """The run in the process that starts and ends it: pytest itself, or xdist's controller."""

    def __init__(self) -> None:
        in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MIN_FREE_BYTES
        folder = Path(tempfile.mkdtemp(prefix="shanhai-", dir=MEMORY if in_memory else None))
        os.mkfifo(folder / "processes")
        # In its own session: Ctrl-C, or a signal to the run's process group, does not reach the watchdog.
        self._watchdog = subprocess.Popen([sys.executable, str(WATCHDOG), str(folder)], start_new_session=True)
        super().__init__(folder)  # blocks until the watchdog opens the pipe

    def leave(self) -> None:
        """End the run; on return, all its processes have stopped and its folder is gone."""
        super().leave()
        self._watchdog.wait()


current: Run  # set by conftest.py before collection
