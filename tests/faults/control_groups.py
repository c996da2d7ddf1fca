"""Control groups of Linux, versions 1 and 2, that limit the memory of commands. Needs root."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.running import wait_until

FOLDER = Path("/sys/fs/cgroup")


class ControlGroup:
    """A control group."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def command(self, *command: str | Path) -> Sequence[str | Path]:
        """Return a command that runs another in the group."""
        return ["/bin/sh", "-c", f'echo $$ > {self._folder}/cgroup.procs; exec "$0" "$@"', *command]


def version() -> int:
    """Return the version that controls memory here."""
    controllers = FOLDER / "cgroup.controllers"
    return 2 if controllers.exists() and "memory" in controllers.read_text("utf-8").split() else 1


@contextmanager
def limited(memory_mib: int) -> Iterator[ControlGroup]:
    """Yield a control group with this memory, as containers count it; its processes must have ended at the end."""
    root, limit = ("", "memory.max") if version() == 2 else ("memory", "memory.limit_in_bytes")
    folder = FOLDER / root / f"shanhai-{os.getpid()}"
    folder.mkdir()
    try:
        (folder / limit).write_text(str(memory_mib << 20), "utf-8")
        yield ControlGroup(folder)
    finally:
        wait_until(lambda: _removed(folder))


def _removed(folder: Path) -> bool:
    """Remove a group if its last process has ended, which the kernel may learn of later than its parent."""
    with suppress(OSError):
        folder.rmdir()
    return not folder.exists()
