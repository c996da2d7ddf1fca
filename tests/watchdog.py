"""Stop the processes of a test run when the run has ended, however it ended: `python watchdog.py FOLDER`.

Each process of the run holds the named pipe FOLDER/processes open and writes the id of every process that it starts,
one per line. The pipe reaches its end when the last of them exits, also by SIGKILL.
"""

import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

GRACE_S = 20  # from SIGINT, on which servers and PostgreSQL shut down cleanly, to SIGKILL


def watch(folder: Path) -> None:
    """Read process ids until the pipe ends, then stop those processes and remove the folder."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends the run; the watchdog cleans up after it
    processes = []
    with (folder / "processes").open() as ids:
        for line in ids:
            with suppress(psutil.NoSuchProcess):
                processes.append(psutil.Process(int(line)))  # compares start times: a reused id is another process
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGINT)
    deadline = time.monotonic() + GRACE_S
    while any(map(is_running, processes)) and time.monotonic() < deadline:
        time.sleep(0.02)
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    shutil.rmtree(folder, ignore_errors=True)


def is_running(process: psutil.Process) -> bool:
    """Return whether a process has not ended. A zombie has: nobody may be left who waits for it."""
    with suppress(psutil.NoSuchProcess):
        return process.is_running() and bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
