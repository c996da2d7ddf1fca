"""Faults in load, migration and freeze, and in the files that a server reads: `python -m tests.faults.load`, as root on Linux.

Commands are killed by strace, disks are small file systems, files are written over while clients read without a pause
and compare every response with those of the two releases. Prints a line for each fault, and ends with 1 if one of them
did harm. Takes about six minutes.
"""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

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
from tests.db.test_overwritten import DAMAGES, overwrite
from tests.faults import backup
from tests.faults.backup import Installation, describe, expect_success, install, kill_everywhere, print_outcome
from tests.running import PROGRAM, shanhai, shanhai_apart, start, stop, wait_until
from tests.test_migrate import described

KILLS = 6  # of each kind of calls of a command, or up to twice as many of few calls
OLDER = "0012"  # the schema that is migrated: the steps after it rebuild tables
CLIENTS = 4
DAMAGED_S = 0.5  # for which clients read a damaged file
SWITCH_S = 1.0  # after a load, until no response is of the release before it
POSTGRES_BYTES = 250_000_000  # a disk for a server of PostgreSQL
ROOM_BYTES = (0, 200_000, 1_000_000)  # on that disk


def faults(made: Installation, base: str = "") -> dict[str, str]:
    """Return the faults that `doctor --full` finds. Without a server there is one more, which is not counted."""
    port = str(make_url(base).port) if base else "1"
    # In a process of its own: this one remembers manifests of releases.
    report = json.loads(shanhai_apart("doctor", "--full", "--json", PORT=port, **made.environment).stdout)
    found = {each["check"]: each["found"] for each in report["checks"] if each["level"] == "fault"}
    if not base:
        found.pop("address")
    return found


def leftovers(made: Installation) -> list[str]:
    """Return the names of files that no finished command leaves."""
    own = {"shanhai.sqlite", "releases"}
    folders = {made.data, database_file(made).parent if made.address.startswith("sqlite") else made.data}
    names = [each.name for folder in folders for each in folder.iterdir() if each.name not in own]
    return names + [each.name for each in (made.data / "releases").glob(f"{DRAFT}*")]


def database_file(made: Installation) -> Path:
    """Return the file of a database in SQLite."""
    return Path(made.address.removeprefix("sqlite:///"))


@contextlib.contextmanager
def served(made: Installation, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve an installation. Raises AssertionError if the server ended, or logged an unexpected error."""
    with tempfile.TemporaryFile("w+") as log:
        base, process = start(arguments, made.environment, log)
        try:
            yield base, process
            assert process.poll() is None, "the server ended"
        finally:
            stop(process)
        log.seek(0)
        assert "Traceback" not in (text := log.read()), text[-3000:]


class Response(NamedTuple):
    """What a client got, and when it asked and had it."""

    asked: float
    had: float
    kind: str  # a status, `wrong`, or the class of an error
    content: str


class Readers:
    """Clients that read without a pause. No response comes from a cache, and none reads what another has read."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._good: dict[str, str] = {}  # the release of each content
        self._numbers = count(10**12)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(CLIENTS)]
        self.responses: list[Response] = []

    def learn(self, release: str) -> None:
        """Take what is served from now on as the content of a release."""
        time.sleep(2 * SWITCH_S)
        with httpx.Client(base_url=self._base, trust_env=False) as client:
            for path in self._paths():
                response = client.get(path).raise_for_status()
                self._good[_content(response)] = release

    def _paths(self) -> list[str]:
        number = next(self._numbers)
        return [
            f"/v1/figures?sort=-value&limit=100&value__lt={number}",
            f"/v1/products?id__in=yellow-peach,x{number}",
            f"/v1/products.csv?id__in=yellow-peach,x{number}",
        ]

    def _run(self) -> None:
        fresh = httpx.Limits(max_keepalive_connections=0)  # so that every worker answers
        with httpx.Client(base_url=self._base, trust_env=False, timeout=30, limits=fresh) as client:
            while not self._stopping.is_set():
                for path in self._paths():
                    asked, content = time.monotonic(), ""
                    try:
                        response = client.get(path)
                    except httpx.HTTPError as error:
                        kind = type(error).__name__
                    else:
                        kind = str(response.status_code)
                        if kind == "200":
                            content = self._good.get(_content(response), "")
                            kind = "200" if content else "wrong"
                            content = content or f"{path}: {response.text[:300]}"
                    self.responses.append(Response(asked, time.monotonic(), kind, content))

    def since(self, moment: float) -> list[Response]:
        """Return the responses to what was asked after a moment."""
        return [each for each in self.responses if each.asked >= moment]

    def wait_for(self, kind: str, moment: float) -> float:
        """Wait until a response of a kind to a request after a moment, and return the seconds until then."""
        wait_until(lambda: any(each.kind == kind for each in self.since(moment)))
        return next(each.had for each in self.since(moment) if each.kind == kind) - moment

    def __enter__(self) -> "Readers":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for each in self._threads:
            each.join()


def _content(response: httpx.Response) -> str:
    """Return what a response says of the data, without its own address."""
    if "json" not in response.headers["content-type"]:
        return response.text
    document = response.json()
    return json.dumps([document["meta"].get("release"), document["data"]])


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
            if migrated.returncode or (left := leftovers(made)) or described(made.address) != reset.newest:
                return f"HARM {found} {describe(migrated)} {left}"
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
    for subject, file in (("load", database_file(made)), ("migrate", older), ("release", database_file(made))):
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
                    same &= subject == ["migrate"] or made.release() == release
                    harmless = done.returncode in {0, 3} and "Traceback" not in done.stderr
                    harmless &= bool(done.returncode) == same
                    outcome = f"{describe(done)}; {'as it was' if same else 'done'}{', after PostgreSQL is started again' * crashed}"
                    print_outcome(f"PostgreSQL, {subject[0]}, {room // 1000:,} kB free", outcome, harmless=harmless)
                expect_success(made.run(*subject))
            print_outcome("PostgreSQL, load with room again", "loaded", harmless=not faults(made))
        finally:
            os.kill(server.pid, signal.SIGINT)
            os.waitpid(server.pid, 0)
            subprocess.run(["umount", disk], check=True)


def try_read_only(made: Installation, changed: Path) -> None:
    """Serve and load with a data folder that nobody can write."""
    with backup.small_disk(database_file(made), 20) as copy:
        here = Installation(f"sqlite:///{copy}", copy.parent, copy)
        expect_success(here.run("load", SEED))
        subprocess.run(["mount", "-o", "remount,ro", copy.parent], check=True)
        with served(here) as (base, _):
            status = httpx.get(f"{base}/v1/figures.csv", trust_env=False).status_code
            done, found = here.run("load", changed), faults(here, base)
        harmless = status == 200 and done.returncode == 3 and not found
        print_outcome("the data folder is read-only", f"serve: {status}; load: {describe(done)}", harmless=harmless)


def foreign(path: Path) -> None:
    """Write a database of another program over a file."""
    with tempfile.TemporaryDirectory() as folder:
        other = Path(folder) / "other.sqlite"
        connection = sqlite3.connect(other)
        connection.executescript("CREATE TABLE notes (id INTEGER PRIMARY KEY); INSERT INTO notes DEFAULT VALUES")
        connection.close()
        overwrite(path, other)


def scramble(path: Path) -> None:
    """Write random bytes over every third page but the first."""
    chance = random.Random(1)  # noqa: S311 - the same bytes in each run
    with path.open("r+b") as file:
        for place in range(8192, path.stat().st_size, 3 * 8192):
            file.seek(place)
            file.write(chance.randbytes(8192))


def try_damage(made: Installation, first: str, second: str) -> None:
    """Damage the file under a server that is read without a pause, and put the good one back."""
    path, good, other = database_file(made), made.data.parent / "good.sqlite", made.data.parent / "other.sqlite"
    shutil.copyfile(path, good)
    with contextlib.ExitStack() as stack:
        base, _ = stack.enter_context(served(made, "--no-prepare"))
        readers = Readers(base)
        readers.learn(second)
        expect_success(made.run("load", SEED))
        shutil.copyfile(path, other)
        readers.learn(first)
        overwrite(path, good)
        stack.enter_context(readers)
        time.sleep(2 * DAMAGED_S)
        damages: dict[str, Callable[[Path], object]] = {
            **DAMAGES,
            "random bytes in a third of the pages": scramble,
            "a database of another program": foreign,
            "no file": lambda path: path.unlink(),
        }
        for name, damage in damages.items():
            begin = time.monotonic()
            damage(path)
            refused_s = readers.wait_for("503", begin)
            time.sleep(DAMAGED_S)
            end = time.monotonic()
            counts = Counter(each.kind for each in readers.since(begin + refused_s))
            overwrite(path, good)
            good_s = readers.wait_for("200", end)
            time.sleep(DAMAGED_S)
            late = [each.had - end for each in readers.since(end) if each.kind != "200"]
            kinds = {each.kind for each in readers.since(begin)}
            outcome = f"503 after {refused_s:.2f} s, then {dict(counts)}; restored: 200 after {good_s:.2f} s, only 200 after {max(late, default=0):.2f} s"
            print_outcome(f"the file under a server: {name}", outcome, harmless=kinds == {"200", "503"})
        begin = time.monotonic()
        overwrite(path, other)
        time.sleep(2 * DAMAGED_S)
        seen = readers.since(begin)
        old_s = max((each.had - begin for each in seen if each.content == second), default=0)
        counts = Counter(each.kind for each in seen)
        outcome = f"{dict(counts)}; the other release only, after {old_s:.2f} s"
        print_outcome("the file under a server: another release", outcome, harmless={*counts} <= {"200", "503"})
        overwrite(path, good)


def try_one_digit(made: Installation) -> None:
    """Change a digit within a record, which SQLite cannot notice."""
    path = database_file(made)
    content = path.read_bytes()
    with served(made, "--no-prepare") as (base, _), httpx.Client(base_url=base, trust_env=False) as client:
        path.write_bytes(content.replace(b'"value":"8740', b'"value":"8741').replace(b'"value":8740', b'"value":8741'))
        changed = path.read_bytes() != content
        ready, deep = client.get("/readyz").status_code, client.get("/readyz/deep").status_code
        found = faults(made, base)
        path.write_bytes(content)
        restored = client.get("/readyz/deep").status_code
    outcome = f"/readyz {ready}, /readyz/deep {deep}, doctor --full: {', '.join(found.values())}; restored: {restored}"
    harmless = changed and deep == 503 and "integrity" in found and restored == 200
    print_outcome("one digit of a record changed in the file", outcome, harmless=harmless)


def try_frozen_files(made: Installation, second: str) -> None:
    """Remove and change a file of a release under a server."""
    path = made.data / "releases" / second / "figures.csv"
    content = path.read_bytes()
    changes: dict[str, Callable[[], object]] = {
        "missing": path.unlink,
        "cut short": lambda: os.truncate(path, 1000),
        "one byte changed": lambda: path.write_bytes(content[:1000] + b"#" + content[1001:]),
    }
    with served(made, "--no-prepare") as (base, _):
        for name, change in changes.items():
            change()
            response = httpx.get(f"{base}/v1/releases/{second}/files/figures.csv", trust_env=False)
            wrong = response.status_code == 200 and response.content != content
            found = faults(made, base)
            mended = shanhai("release", **made.environment)
            again = httpx.get(f"{base}/v1/releases/{second}/files/figures.csv", trust_env=False)
            outcome = f"{response.status_code}{', the changed bytes' if wrong else ''}; doctor: {found.get('files')}"
            harmless = {*found} == {"files"} and not mended.returncode and again.content == content
            print_outcome(f"a frozen file {name}", f"{outcome}; `release` mends it", harmless=harmless)


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
