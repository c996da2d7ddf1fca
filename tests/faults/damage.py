"""Damage in the files that a server reads; a part of `python -m tests.faults.load`."""

import contextlib
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.conftest import SEED
from tests.db.test_overwritten import DAMAGES, overwrite
from tests.faults.backup import Installation, describe, expect_success, print_outcome, small_disk
from tests.faults.served import Readers, faults, served
from tests.running import shanhai

DAMAGED_S = 0.5  # for which clients read a damaged file


def try_read_only(made: Installation, changed: Path) -> None:
    """Serve and load with a data folder that nobody can write."""
    with small_disk(made.path, 20) as copy:
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
    path, good, other = made.path, made.data.parent / "good.sqlite", made.data.parent / "other.sqlite"
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
    path = made.path
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
