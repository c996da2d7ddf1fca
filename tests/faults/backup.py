"""Faults in backup, restore and doctor, each produced for real: `python -m tests.faults.backup`, as root on Linux.

A command is killed by strace at its calls that change files or send to the database; disks are small file systems;
PostgreSQL is stopped, or one of its tables locked. Prints a line for each fault, and ends with 1 if one of them did
harm. Takes about eight minutes.
"""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg

from app import backup
from app.db import Database
from app.read.dataset import read_release
from app.read.integrity import require_undamaged
from app.releases.store import ReleaseStore
from tests import databases, run
from tests.conftest import SEED, loaded
from tests.faults import control_groups
from tests.load.editing import cell
from tests.running import PROGRAM, shanhai_apart

MAX_KILLS = 25  # of each kind of calls of a command, evenly spaced
CALLS = {
    "names": "rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir",
    "content": "write,pwrite64,fsync,fdatasync,ftruncate,chmod,utimensat",
    "messages": "sendto,sendmsg",
}
ROOM = (0.1, 0.5, 0.9, 1.2, 1.8, 2.5, 5)  # on a disk beside the older file, by its size
failed = False


class Installation(NamedTuple):
    """A database, its data folder, and a backup of its first release."""

    address: str
    data: Path
    file: Path

    @property
    def environment(self) -> dict[str, str]:
        """The settings of a command."""
        return {"DATABASE_URL": self.address, "SHANHAI_DATA_DIR": str(self.data), "PYTHONDONTWRITEBYTECODE": "1"}

    @property
    def path(self) -> Path:
        """The file of a database in SQLite."""
        return Path(self.address.removeprefix("sqlite:///"))

    def run(self, *command: str | Path) -> subprocess.CompletedProcess[str]:
        """Run a command."""
        return shanhai_apart(*command, **self.environment)

    def release(self, *, may_await_load: bool = False) -> str:
        """Return the release in the database. Raises Unavailable if it is damaged, or migrated and not loaded since."""
        with Database(self.address, "export") as database, database.transaction() as connection:
            if not may_await_load:
                require_undamaged(connection)
            return str(read_release(connection)["id"])

    def damaged(self) -> list[str]:
        """Return the releases with damaged files."""
        store = ReleaseStore(self.data / "releases")
        return [each for each in store.ids() if store.damaged(each)]


def install(kind: str, folder: Path) -> tuple[Installation, str, str]:
    """Return an installation with two releases, of which the second is served, and the ids of both."""
    data = folder / kind
    data.mkdir()
    made = Installation(databases.empty(kind, folder), data, folder / f"{kind}.zip")
    loaded(made.address)
    expect_success(made.run("release"))
    expect_success(made.run("backup", made.file))
    first, seed = made.release(), Path(shutil.copytree(SEED, folder / f"seed-{kind}"))
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    expect_success(made.run("load", seed))
    return made, first, made.release()


def restore(made: Installation, file: Path) -> None:
    """Restore a backup in this process, which saves a second."""
    backup.restore(made.address, ReleaseStore(made.data / "releases"), file, replace=True)


def expect_success(done: subprocess.CompletedProcess[str]) -> None:
    """Raise AssertionError with what a command printed unless it succeeded."""
    assert done.returncode == 0, done.stderr


def print_outcome(fault: str, outcome: str, *, harmless: bool) -> None:
    """Print a line of the table."""
    global failed
    failed |= not harmless
    print(f"| {fault} | {outcome} | {'ok' if harmless else 'HARM'} |", flush=True)  # noqa: T201


def traced(command: list[str | Path], environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run a command under strace, which writes to stderr."""
    return subprocess.run(
        ["strace", "-f", "-qq", *options, PROGRAM, *command],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], **environment},
        check=False,
    )


def kill_everywhere(
    made: Installation, command: list[str | Path], kind: str, check: Callable[[], str], most: int = MAX_KILLS
) -> None:
    """Kill a command at its calls of a kind, and count what `check` returns after each."""
    trace = f"--trace={CALLS[kind]}"
    names = re.findall(r"(?m)^(?:\[pid +[0-9]+\] )?(\w+)\(", traced(command, made.environment, trace).stderr)
    # strace counts the calls of each name by itself.
    calls = [(name, names[: index + 1].count(name)) for index, name in enumerate(names)]
    check()
    outcomes: Counter[str] = Counter()
    for name, nth in calls[:: max(1, len(calls) // most)]:
        done = traced(command, made.environment, trace, f"--inject={name}:signal=KILL:when={nth}")
        outcomes[("killed, " if done.returncode else "ended, ") + check()] += 1
    found = "; ".join(f"{count} × {outcome}" for outcome, count in sorted(outcomes.items()))
    fault = f"{made.address.partition(':')[0]}, {command[0]}: kill -9 at {sum(outcomes.values())} of {len(calls)} calls"
    print_outcome(f"{fault} ({kind})", found, harmless="HARM" not in found and "killed" in found)


def try_kills(made: Installation, first: str, second: str) -> None:
    """Kill backup and restore at every step."""
    whole = made.file.read_bytes()

    def check_backup() -> str:
        """Return which of the archives is there, and put the older one in its place."""
        if made.file.read_bytes() == whole:
            return "the older archive is there"
        restore(made, made.file)  # compares all hashes
        made.file.write_bytes(whole)
        return "the new archive is there" if made.release() == second else "HARM"

    def check_restore() -> str:
        """Return which release is there, restore again, and load the other one."""
        served = made.release()
        restore(made, made.file)
        if served not in {first, second} or made.release() != first or made.damaged():
            return "HARM"
        restore(made, later)
        shutil.rmtree(made.data / "releases" / first)
        return f"the {'older' if served == second else 'restored'} database is there, and a second restore completes it"

    later = made.file.with_name(f"later-{made.data.name}.zip")
    expect_success(made.run("backup", later))
    kinds = ["names", "content"] if made.address.startswith("sqlite") else ["names", "messages"]
    for kind in kinds:
        kill_everywhere(made, ["backup", made.file], kind, check_backup)
    left = [path.name for path in made.file.parent.glob("*.writing")]
    expect_success(made.run("backup", made.file))
    gone = not list(made.file.parent.glob("*.writing"))
    made.file.write_bytes(whole)
    print_outcome("what killed backups left", f"{left or 'nothing'}; the next backup removes it", harmless=gone)
    shutil.rmtree(made.data / "releases" / first)
    for kind in kinds:
        kill_everywhere(made, ["restore", made.file, "--replace"], kind, check_restore)


@contextlib.contextmanager
def small_disk(file: Path, room: float) -> Iterator[Path]:
    """Mount a file system with a copy of a file and some room."""
    with tempfile.TemporaryDirectory() as folder:
        options = ["-t", "tmpfs", "-o", f"size={int(file.stat().st_size * (1 + room))}"]
        subprocess.run(["mount", *options, "tmpfs", folder], check=True)
        try:
            yield Path(shutil.copy(file, folder))
        finally:
            subprocess.run(["umount", folder], check=True)


def try_disks(made: Installation, second: str) -> None:
    """Back up to a small disk, and restore an installation on one."""
    for room in ROOM:
        with small_disk(made.file, room) as file:
            before = file.read_bytes()
            done = made.run("backup", file)
            kept = file.read_bytes() == before and [*file.parent.iterdir()] == [file]
            harmless = done.returncode == 0 or (done.returncode == 3 and kept and "Traceback" not in done.stderr)
            print_outcome(f"backup, room for {room:g} of it", describe(done), harmless=harmless)
    for room in ROOM:
        with small_disk(made.path, room) as file:
            here = Installation(f"sqlite:///{file}", file.parent, made.file)
            done = here.run("restore", here.file, "--replace")
            served, damaged = here.release(), here.damaged()
            refused = done.returncode == 3 and "Traceback" not in done.stderr and not damaged
            harmless = refused or (done.returncode == 0 and served != second and not damaged)
            outcome = f"{describe(done)}; the database is the {'older' if served == second else 'restored'} one"
            print_outcome(f"restore, room for {room:g} of the database", outcome, harmless=harmless)


def describe(done: subprocess.CompletedProcess[str]) -> str:
    """Return the exit status and the last line of a command."""
    lines = (done.stderr.splitlines() or done.stdout.splitlines() or ["nothing"])[-1:]
    return f"status {done.returncode}: {re.sub(r'/[^ :]*/', '', lines[0])[:150]}"


def try_silence(made: Installation, server: databases.Postgres) -> None:
    """Run each command while PostgreSQL accepts no connections, then while a table is locked."""
    for command in (["doctor"], ["backup", made.file], ["restore", made.file, "--replace"]):
        os.kill(server.pid, signal.SIGSTOP)
        try:
            begin = time.monotonic()
            done = made.run(*command)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        wanted = 1 if command[0] == "doctor" else 3
        fault = next((line for line in done.stdout.splitlines() if line.startswith("fault    database")), "")
        outcome = fault or describe(done)
        seconds = time.monotonic() - begin
        print_outcome(
            f"{command[0]}, PostgreSQL stopped (SIGSTOP)",
            f"{seconds:.0f} s, {outcome}",
            harmless=done.returncode == wanted,
        )
    with psycopg.connect(made.address) as connection:
        connection.execute("LOCK TABLE figures")
        begin = time.monotonic()
        done = made.run("backup", made.file)
        outcome = f"{time.monotonic() - begin:.0f} s, {describe(done)}"
        print_outcome("backup, a table locked for hours", outcome, harmless=done.returncode == 3)


def try_memory(made: Installation) -> None:
    """Run doctor, backup and restore in a control group with 256 MB."""
    with control_groups.limited(256) as group:
        for command in (["doctor"], ["backup", made.file], ["restore", made.file, "--replace"]):
            done = subprocess.run(
                group.command(PROGRAM, *command),
                capture_output=True,
                text=True,
                env={"PATH": os.environ["PATH"], **made.environment},
                check=False,
            )
            found = next((line for line in done.stdout.splitlines() if " memory " in line), "") or describe(done)
            harmless = "268 MB" in found if command[0] == "doctor" else done.returncode == 0
            what = f"{command[0]} in a control group (v{control_groups.version()}) of 256 MB"
            print_outcome(what, found, harmless=harmless)


def main() -> int:
    """Try every fault, and return the exit status."""
    run.current = run.FirstRun()
    try:
        with tempfile.TemporaryDirectory(prefix="shanhai-faults-") as name:
            folder = Path(name)
            print("| fault | outcome | |\n| --- | --- | --- |")  # noqa: T201
            sqlite, _, second = install("sqlite", folder)
            try_disks(sqlite, second)
            try_memory(sqlite)
            postgresql, *releases = install("postgresql", folder)
            try_silence(postgresql, databases.postgres())
            expect_success(sqlite.run("restore", sqlite.file, "--replace"))
            try_kills(*install("sqlite", Path(tempfile.mkdtemp(dir=folder))))
            try_kills(postgresql, *releases)
    finally:
        run.current.leave()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
