"""Two versions on one database, under load: `python -m tests.faults.upgrade [COMMIT]`, on Linux with git.

The old version is the commit, and the new one this tree. Without a commit the old version is this tree and the new one
is made of it: a migration and a column more. Follows docs/operating.md, Upgrade, on both databases, and back. Prints a
row for each step and stream of requests, and ends with 1 if something was lost that the guide says is not.
"""

import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from itertools import count, cycle
from pathlib import Path

from app.migrate import newest
from app.settings import ROOT
from tests import databases, run
from tests.faults.machines import new_edition
from tests.faults.readers import observe
from tests.running import shanhai_apart, start, stop

AFTER_S = 3.0  # of load after a step
TREE = ("app", "alembic", "alembic.ini", "docs", "seed")
FIELD = "    place_id: str | None = reference("  # of Figure, before which the new version has another
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade() -> None:
    kind = sa.Text().with_variant(sa.Text(collation="C"), "postgresql") if {searched} else sa.BigInteger()
    op.add_column("figures", sa.Column("later", kind, nullable=True, comment="A later column."))
"""
COLUMN = """    later: {kind} | None = column(("后增", "Later"), ("后增的列。", "A later column."), example={example!r})
"""
FIXED = ("/v1", "/v1/figures?limit=20", "/v1/enterprises", "/en", "/zh/figures", "/v1/figures.csv")
failed = False


def old_tree(commit: str, folder: Path) -> Path:
    """Return a folder with what an installation of a commit has."""
    tree = folder / "commit"
    tree.mkdir()
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    subprocess.run(["tar", "-x", "-C", tree], input=archive, check=True)
    return tree


def new_tree(folder: Path, *, searched: bool) -> Path:
    """Return a folder with this version and a column more, which is searched or not."""
    tree = folder / f"new-{searched}"
    tree.mkdir()
    for name in TREE:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, tree / name)
    (tree / "alembic" / "versions" / "9999_later.py").write_text(
        MIGRATION.format(before=newest(), searched=searched), "utf-8"
    )
    model = tree / "app" / "models" / "figure.py"
    text = model.read_text("utf-8")
    assert FIELD in text
    column = COLUMN.format(kind="str", example="more") if searched else COLUMN.format(kind="int", example=1)
    model.write_text(text.replace(FIELD, column + FIELD, 1), "utf-8")
    return tree


def upgrade(name: str, database: str, old: Path, new: Path, seed: Path, may_lose: set[str]) -> None:
    """Replace the old version by the new one on a database, and go back; the seed has another release."""
    data = seed.with_name("data")
    settings = {"SHANHAI_DATA_DIR": str(data), **({"DATABASE_URL": database} if database else {})}
    before, after = ({**settings, "PYTHONPATH": str(each)} for each in (old, new))
    processes = []

    def serve(*arguments: str, **environment: str) -> str:
        address, process = start(arguments, environment, subprocess.DEVNULL)
        processes.append(process)
        return address

    def command(environment: dict[str, str], *arguments: str) -> None:
        global failed
        result = shanhai_apart(*arguments, **environment)
        if result.returncode:
            failed = True
            print(f"{name}: {arguments} ended with {result.returncode}: {result.stderr[-500:]}")  # noqa: T201

    def step(what: str, event: Callable[[], object], **servers: str) -> None:
        requests = {f"{which} {each}": urls for which in servers for each, urls in streams(servers[which]).items()}
        report(f"{name} | {what}", requests, event, may_lose)

    try:
        first = serve(**before)
        step("migrate", lambda: command(after, "migrate"), old=first)
        second = serve("--no-prepare", **after)
        step("load", lambda: command({**after, "SHANHAI_SEED_DIR": str(seed)}, "load"), old=first, new=second)
        step("old stops", lambda: stop(processes[0]), new=second)
        third = serve("--no-prepare", **before)
        step("new stops", lambda: stop(processes[1]), old=third)
    finally:
        for each in processes:
            stop(each)


def streams(address: str) -> dict[str, Iterator[str]]:
    """Return requests without end: for pages that a cache has or not, and for searches and readiness."""
    computed = (f"/v1/figures?limit=20&value__gte=-{each}" for each in count())
    search = (f"/v1/search?q=tea&limit={1 + each % 50}" for each in count())
    return {
        "pages": (f"{address}{path}" for both in zip(cycle(FIXED), computed, strict=False) for path in both),
        "searches": (f"{address}{path}" for both in zip(cycle(["/readyz"]), search, strict=False) for path in both),
    }


def report(what: str, requests: dict[str, Iterator[str]], event: Callable[[], object], may_lose: set[str]) -> None:
    """Let an event happen under load, and print what came of it."""
    global failed
    seen = asyncio.run(observe(event, AFTER_S + 2, *requests.values()))
    for stream, each in zip(requests, seen, strict=True):
        bad = bool(each.lost) and stream.split()[1] not in may_lose
        failed |= bad
        figures = f"{len(each.requests)} | {len(each.lost)} | {each.how} | {each.slowest_s:.1f}"
        print(f"| {what} | {stream} | {figures} | {'lost' if bad else 'ok'} |", flush=True)  # noqa: T201


def main(folder: Path) -> None:
    """Try every pair of versions on both databases."""
    pairs: dict[str, tuple[Path, Path, set[str]]] = {}
    if sys.argv[1:]:
        pairs[sys.argv[1]] = old_tree(sys.argv[1], folder), ROOT, set()
    else:
        pairs["a number"] = ROOT, new_tree(folder, searched=False), set()
        pairs["a searched text"] = ROOT, new_tree(folder, searched=True), {"searches"}
    print("| versions | database | step | requests | all | lost | how | slowest, s | |")  # noqa: T201
    print("| --- | --- | --- | --- | ---: | ---: | --- | ---: | --- |")  # noqa: T201
    for name, (old, new, may_lose) in pairs.items():
        for kind in ("sqlite", "postgresql"):
            place = folder / f"{name}-{kind}"
            place.mkdir()
            database = databases.empty(kind, place) if kind == "postgresql" else ""
            upgrade(f"{name} | {kind}", database, old, new, new_edition(place), may_lose)


if __name__ == "__main__":
    run.current = run.FirstRun()
    try:
        with tempfile.TemporaryDirectory(prefix="shanhai-upgrade-") as name:
            main(Path(name))
    finally:
        run.current.leave()
    sys.exit(failed)
