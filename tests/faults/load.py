"""Faults in load, migration and freeze, and in the files that a server reads: `python -m tests.faults.load`, as root on Linux.

Commands are killed by strace, disks are small file systems, files are written over while clients read without a pause
and compare every response with those of the two releases. Prints a line for each fault, and ends with 1 if one of them
did harm. Takes about eight minutes.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

from app.db import Database
from app.releases.freeze import SUMS
from app.releases.store import DRAFT, MAX_DRAFT_AGE_S
from app.settings import ROOT
from tests import databases, run
from tests.conftest import SEED
from tests.faults import backup
from tests.faults.backup import Installation, describe, expect_success, install, kill_everywhere, print_outcome
from tests.faults.damage import try_damage, try_frozen_files, try_one_digit, try_read_only
from tests.faults.served import SWITCH_S, Readers, faults, served
from tests.running import PROGRAM, shanhai, wait_until
from tests.test_migrate import described

KILLS = 6  # of each kind of calls of a command, or up to twice as many of few calls
OLDER = "0012"  # the schema that is migrated: the steps after it rebuild tables
POSTGRES_BYTES = 250_000_000  # a disk for a server of PostgreSQL
ROOM_BYTES = (0, 200_000, 1_000_000)  # on that disk


def leftovers(made: Installation) -> list[str]:
    """Return the names of files that no finished command leaves."""
    own = {"shanhai.sqlite", "releases"}
    folders = {made.data, made.path.parent if made.address.startswith("sqlite") else made.data}
    names = [each.name for folder in folders for each in folder.iterdir() if each.name not in own]
    return names + [each.name for each in (made.data / "releases").glob(f"{DRAFT}*")]


def kinds_of(made: Installation) -> list[str]:
    """Return the kinds of calls at which a command is killed that writes to the database."""
    return ["names", "content"] if made.address.startswith("sqlite") else ["messages"]


def try_load_kills(made: Installation, first: str, second: str, changed: Path) -> None:
    """Kill loads while a server runs."""
    with served(made, "--no-prepare") as (base, _):

        def check() -> str:
            """Return which release is served, load again, and load the other one."""
            found, release = faults(made, base), made.release()
            again = shanhai("load", SEED, **made.environment)
            if found or release not in {first, second} or again.returncode or made.release() != first:
                return f"HARM {found} {release} {describe(again)}"
            if left := leftovers(made) or faults(made, base):
                return f"HARM {left}"
            expect_success(shanhai("load", changed, **made.environment))
            return f"the {'older' if release == second else 'new'} release is served"

        for kind in kinds_of(made):
            kill_everywhere(made, ["load", SEED], kind, check, KILLS)


def try_migration_kills(made: Installation, second: str, changed: Path) -> None:
    """Kill migrations."""
    with older_schema(made) as reset:

        def check() -> str:
            """Return what doctor finds, migrate and load again, and put the older schema in its place."""
            found = faults(made)
            migrated = shanhai("migrate", **made.environment)
            if migrated.returncode or leftovers(made) or described(made.address) != reset.newest:
                return f"HARM {found} {describe(migrated)} {leftovers(made)}"
            expect_success(shanhai("load", changed, **made.environment))
            if made.release() != second or (after := faults(made)):
                return f"HARM {after}"
            reset()
            names = {
                "database": "doctor says to migrate again",
                "schema": "the older schema is there",
                "release": "the new schema is there, before its load",
            }
            return " and ".join(names.get(name, f"HARM {name}: {text}") for name, text in found.items())

        for kind in kinds_of(made):
            kill_everywhere(made, ["migrate"], kind, check, KILLS)


class Reset:
    """Puts a database with an older schema in the place of another."""

    def __init__(self, made: Installation, saved: Path) -> None:
        self._address, self._saved = made.address, saved
        self.newest = described(made.address)
        self._url = make_url(made.address)
        self._template = f"{self._url.database}_older"

    def save(self) -> None:
        """Downgrade the schema, and save the database."""
        downgrade(self._address)
        if self._url.drivername == "sqlite":
            shutil.copyfile(str(self._url.database), self._saved)
        else:
            databases.postgres().execute("CREATE DATABASE {} TEMPLATE {}", self._template, str(self._url.database))

    def __call__(self) -> None:
        """Put it in place."""
        if self._url.drivername == "sqlite":
            shutil.copyfile(self._saved, str(self._url.database))
        else:
            databases.postgres().execute("DROP DATABASE {} WITH (FORCE)", str(self._url.database))
            databases.postgres().execute("CREATE DATABASE {} TEMPLATE {}", str(self._url.database), self._template)


@contextlib.contextmanager
def older_schema(made: Installation) -> Iterator[Reset]:
    """Give a database an older schema; at the end, the newest."""
    reset = Reset(made, made.data.parent / f"{made.data.name}-older.sqlite")
    reset.save()
    yield reset
    expect_success(shanhai("migrate", **made.environment))


def downgrade(address: str) -> None:
    """Give a database the older schema, with the records that it can hold."""
    config = Config(str(ROOT / "alembic.ini"))
    with Database(address, "migrate") as database, database.transaction() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, OLDER)
        # The release still has the hash of all records, so that a load would find nothing to do.
        connection.exec_driver_sql("UPDATE releases SET indexed_by = NULL")


def try_freeze_kills(made: Installation, second: str, changed: Path) -> None:
    """Kill freezes while a server runs."""
    folder = made.data / "releases" / second
    with served(made, "--no-prepare") as (base, _):

        def check() -> str:
            """Return whether the files are there, write them again, and remove them."""
            found, sums = faults(made, base), f"{base}/v1/releases/{second}/files/{SUMS}"
            status = httpx.get(sums, trust_env=False).status_code
            again = shanhai("release", **made.environment)
            if (set(found), status) not in [(set(), 200), ({"files"}, 404), ({"files"}, 503)] or again.returncode:
                return f"HARM {found} {status} {describe(again)}"
            if faults(made, base) or httpx.get(sums, trust_env=False).status_code != 200:
                return "HARM"
            shutil.rmtree(folder)
            return "no file of it is there, as doctor says" if found else "the whole release is there"

        shutil.rmtree(folder)
        for kind in ("names", "content"):
            kill_everywhere(made, ["release"], kind, check, KILLS)
    drafts = [*folder.parent.glob(f"{DRAFT}*")]
    for each in drafts:
        os.utime(each, (time.time() - MAX_DRAFT_AGE_S - 1,) * 2)
    expect_success(made.run("load", changed))
    outcome = f"{len(drafts)} folders; a load an hour later removes them"
    print_outcome("what killed freezes left", outcome, harmless=not leftovers(made) and not faults(made))


def try_disks(made: Installation, second: str, older: Path) -> None:
    """Load, migrate and freeze on small disks."""
    for subject, file in (("load", made.path), ("migrate", older), ("release", made.path)):
        for room in (0.1, 0.6, 1.1, 8):
            with backup.small_disk(file, room) as copy:
                here = Installation(f"sqlite:///{copy.rename(copy.parent / 'shanhai.sqlite')}", copy.parent, copy)
                before = described(here.address) if subject == "migrate" else {}
                done = here.run(*([subject, SEED] if subject == "load" else [subject]))
                found = {*faults(here)} - {"files", "disk", "schema", "release"}
                harmless = not found and done.returncode in {0, 3} and "Traceback" not in done.stderr
                outcome = describe(done)
                if subject == "load":
                    release = "older" if here.release() == second else "new"
                    outcome += f"; the {release} release is served"
                elif subject == "migrate" and done.returncode:
                    harmless &= described(here.address) == before
                harmless &= not leftovers(here) or leftovers(here) == ["load-failed"]
                print_outcome(f"{subject}, room for {room:g} of the database", outcome, harmless=harmless)


def try_postgresql_disk(folder: Path, changed: Path) -> None:
    """Migrate and load on a PostgreSQL server whose disk is full."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        disk = Path(name)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={POSTGRES_BYTES}", "tmpfs", disk], check=True)
        server = databases.start(disk / "server")
        try:
            server.execute("CREATE DATABASE {}", "full")
            made = Installation(server.url("full").render_as_string(), folder / "full", folder)
            made.data.mkdir()
            for subject in (["migrate"], ["load", SEED]):
                expect_success(made.run(*subject))
            release, schema = made.release(), described(made.address)
            downgrade(made.address)
            older = described(made.address)
            for subject in (["migrate"], ["load", changed]):
                for room in ROOM_BYTES:
                    filler = disk / "filler"
                    with filler.open("wb") as file:
                        file.write(bytes(shutil.disk_usage(disk).free - room))
                    done = made.run(*subject)
                    filler.unlink()
                    # Without room for its own log PostgreSQL crashes, and cannot start.
                    crashed = os.waitpid(server.pid, os.WNOHANG)[0] != 0
                    if crashed:
                        server = databases.start(disk / "server")
                    wait_until(lambda: not faults(made).keys() & {"database"})
                    same = described(made.address) == (older if subject == ["migrate"] else schema)
                    same &= subject == ["migrate"] or made.release(may_await_load=True) == release
                    harmless = done.returncode in {0, 3} and "Traceback" not in done.stderr
                    harmless &= bool(done.returncode) == same
                    outcome = f"{describe(done)}; {'as it was' if same else 'done'}{', after PostgreSQL is started again' * crashed}"
                    print_outcome(f"PostgreSQL, {subject[0]}, {room // 1000:,} kB free", outcome, harmless=harmless)
                expect_success(made.run(*subject))
            print_outcome("PostgreSQL, load with room again", "loaded", harmless=not faults(made))
        finally:
            with contextlib.suppress(ProcessLookupError):  # it could not be started again
                os.kill(server.pid, signal.SIGINT)
                os.waitpid(server.pid, 0)
            subprocess.run(["umount", disk], check=True)


def try_two_loads(made: Installation, first: str, second: str, changed: Path) -> None:
    """Load two seeds at once."""
    outcomes: Counter[str] = Counter()
    environment = {"PATH": os.environ["PATH"], **made.environment}
    for _ in range(3):
        loads = [
            subprocess.Popen([PROGRAM, "load", seed], env=environment, stderr=subprocess.DEVNULL)
            for seed in (SEED, changed)
        ]
        statuses, release, found = {each.wait() for each in loads}, made.release(), faults(made)
        harmless = statuses == {0} and release in {first, second} and not found and not leftovers(made)
        outcomes["both end with status 0, one of the two is served" if harmless else f"HARM {statuses} {found}"] += 1
    expect_success(made.run("load", changed))
    found_all = "; ".join(f"{number} × {outcome}" for outcome, number in outcomes.items())
    print_outcome(f"{made.data.name}, two loads at once", found_all, harmless="HARM" not in found_all)


def try_workers(made: Installation, first: str, second: str, changed: Path) -> None:
    """Load under two workers that are read without a pause."""
    with contextlib.ExitStack() as stack:
        base, process = stack.enter_context(served(made, "--no-prepare", "--workers", "2"))
        readers = Readers(base)
        readers.learn(second)
        expect_success(made.run("load", SEED))
        readers.learn(first)
        stack.enter_context(readers)
        workers = psutil.Process(process.pid).children()
        begin, before = time.monotonic(), [each.cpu_times().user for each in workers]
        seconds = []
        for seed, release in ((changed, second), (SEED, first), (changed, second)):
            expect_success(made.run("load", seed))
            end = time.monotonic()
            time.sleep(2 * SWITCH_S)
            late = [each.asked - end for each in readers.since(end) if each.content != release]
            seconds.append(max(late, default=0))
        counts = Counter(each.kind for each in readers.since(begin))
        busy = sum(each.cpu_times().user - was > 1 for each, was in zip(workers, before, strict=True))
    outcome = f"{dict(counts)} from {busy} workers; new release everywhere {max(seconds):.2f} s after a load's end"
    harmless = {*counts} == {"200"} and busy == 2 and max(seconds) <= SWITCH_S
    print_outcome(f"{made.data.name}, 3 loads under --workers 2", outcome, harmless=harmless)


def main() -> int:
    """Try every fault, and return the exit status."""
    run.current = run.FirstRun()
    try:
        with tempfile.TemporaryDirectory(prefix="shanhai-faults-") as name:
            folder = Path(name)
            print("| fault | outcome | |\n| --- | --- | --- |")  # noqa: T201
            for kind in ("sqlite", "postgresql"):
                made, first, second = install(kind, folder)
                changed = folder / f"seed-{kind}"
                if kind == "sqlite":
                    try_read_only(made, changed)
                    try_damage(made, first, second)
                    try_one_digit(made)
                    try_frozen_files(made, second)
                try_workers(made, first, second, changed)
                try_two_loads(made, first, second, changed)
                try_load_kills(made, first, second, changed)
                if kind == "sqlite":
                    try_freeze_kills(made, second, changed)
                try_migration_kills(made, second, changed)
                if kind == "sqlite":
                    expect_success(made.run("load", changed))
                    try_disks(made, second, folder / "sqlite-older.sqlite")
            try_postgresql_disk(folder, changed)
    finally:
        run.current.leave()
    return int(backup.failed)


if __name__ == "__main__":
    sys.exit(main())
