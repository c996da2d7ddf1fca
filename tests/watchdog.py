"""Ends the processes of a test run when the run has ended, however it ended: `python watchdog.py FOLDER`.

Each process of the run holds the named pipe FOLDER/processes open and writes the id of every process that it starts, a
line each. The pipe ends with the last of them, even when all were killed with SIGKILL; whatever they started and still
runs is stopped then, and the folder removed.
"""

import os
import select
import shutil
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

PATIENCE_S = 20  # from SIGINT, by which servers and PostgreSQL end in good order, to SIGKILL


def watch(folder: Path) -> None:
    """Read process ids until the pipe ends, then stop those processes and remove the folder."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the run; the watchdog has its work to do after that
    handles = []
    with (folder / "processes").open() as ids:
        for line in ids:
            with suppress(ProcessLookupError):  # it has ended already
                handles.append(os.pidfd_open(int(line)))  # unlike its id, a handle is never another process's
    stop(handles)
    shutil.rmtree(folder, ignore_errors=True)


def stop(handles: list[int]) -> None:
    """Send SIGINT to all processes, and SIGKILL to those that still run after a while."""
    _send(handles, signal.SIGINT)
    deadline = time.monotonic() + PATIENCE_S
    running = {*handles}
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    while running and (left := deadline - time.monotonic()) > 0:
        for handle, _ in poll.poll(left * 1000):
            running.discard(handle)
            poll.unregister(handle)
    _send([*running], signal.SIGKILL)


def _send(handles: list[int], number: signal.Signals) -> None:
    for handle in handles:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, number)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
