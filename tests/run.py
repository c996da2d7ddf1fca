"""What all processes of one test run share: a folder, what is made once in it, and a watchdog over what they start.

pytest-xdist's workers are processes of their own. What is expensive (a PostgreSQL, a loaded database, a running server)
is made by the first worker that asks for it and used by all; see `once`. Without xdist there is one process, and the
same code.
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


class Run:
    """One test run, seen from one of its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ids: IO[str] = (folder / "processes").open("w", buffering=1)
        self._watched: list[subprocess.Popen[str]] = []

    def once(self, name: str, make: Callable[[Path], object]) -> Path:
        """The path of that name in the run's folder, made by the first process that asks for it.

        `make` gets the path; other processes wait meanwhile. If it fails, what it left is removed, and the next one
        that asks tries again.
        """
        path, done = self.folder / name, self.folder / f".{name}.done"
        with (self.folder / f".{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not done.exists():
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
                make(path)
                done.touch()
        return path

    def watch(self, process: subprocess.Popen[str]) -> None:
        """Have a process stopped at the end of the run, if it still runs then."""
        self._ids.write(f"{process.pid}\n")
        self._watched.append(process)

    def leave(self) -> None:
        """End this process's part in the run."""
        self._ids.close()
        for process in self._watched:
            if process.poll() is None:
                process.returncode = 0  # it is the watchdog's now; Python would warn of a process that nobody waits for


class FirstRun(Run):
    """The run seen from the process that begins and ends it: pytest itself, or xdist's controller."""

    def __init__(self) -> None:
        folder = Path(tempfile.mkdtemp(prefix="shanhai-"))
        os.mkfifo(folder / "processes")
        # In a session of its own: what kills the run, Ctrl-C or a signal to its group, does not reach the watchdog.
        command = [sys.executable, "-I", "-S", str(WATCHDOG), str(folder)]
        self._watchdog = subprocess.Popen(command, start_new_session=True)
        super().__init__(folder)  # waits until the watchdog reads

    def leave(self) -> None:
        """End the run: whatever it started has stopped and its folder is gone when this returns."""
        super().leave()
        self._watchdog.wait()


current: Run  # set by conftest.py before the first test is collected
