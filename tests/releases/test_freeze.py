"""A frozen edition: complete, the same wherever it is made, all of it or nothing, and never changed."""

import csv
import hashlib
import io
import json
import os
import resource
import shutil
import sqlite3
import subprocess
import time
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import openpyxl
import pytest

from app.db import Database
from app.errors import Unavailable
from app.models import COLLECTIONS
from app.releases.freeze import freeze
from app.releases.store import ReleaseStore
from tests.conftest import SEED, NewDatabase, Record, loaded, quiet
from tests.releases.conftest import Editions, frozen
from tests.running import shanhai, shanhai_apart

pytestmark = pytest.mark.databases("sqlite")


@contextmanager
def file_limit(size: int) -> Iterator[None]:
    """Let writes fail that would make a file longer than that many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))  # Python ignores the signal
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def sums(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text("utf-8").splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_it_holds_every_collection_in_every_format(editions: Editions) -> None:
    names = {f"{slug}.{form}" for slug in COLLECTIONS for form in ("csv", "ndjson", "parquet")}
    names |= {"dataset.zip", "dataset.sqlite", "dataset.xlsx", "SHA256SUMS"}
    names |= {f"{slug}/source_year=__HIVE_DEFAULT_PARTITION__/part-0.parquet" for slug in ("figures", "programs")}
    folder = editions.new.folder
    assert {file.name for file in editions.new.edition.files} == names
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == names | {"release.json"}


def test_the_manifest_and_the_sums_are_true(editions: Editions) -> None:
    for edition in (editions.old, editions.new):
        digests = sums(edition.folder)
        assert set(digests) == {file.name for file in edition.edition.files} - {"SHA256SUMS"}
        for file in edition.edition.files:
            content = edition.path(file.name).read_bytes()
            assert (file.bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())
            assert digests.get(file.name, file.sha256) == file.sha256
        for slug, count in edition.edition.counts.items():
            assert edition.path(f"{slug}.ndjson").read_bytes().count(b"\n") == count


def test_sha256sum_agrees(editions: Editions) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=editions.new.folder, check=False
    )
    assert done.returncode == 0


def test_its_files_are_what_the_addresses_give(editions: Editions) -> None:
    for slug in COLLECTIONS:
        for form in ("csv", "ndjson"):
            identity = {"Accept-Encoding": "identity"}
            live = editions.client.get(f"/v1/{slug}.{form}?sort=id", headers=identity)  # read from the database
            assert live.content == editions.new.path(f"{slug}.{form}").read_bytes()
            ready = editions.client.get(f"/v1/{slug}.{form}", headers=identity)
            assert ready.content == live.content
            assert "Repr-Digest" in ready.headers
            assert "Repr-Digest" not in live.headers


def test_the_workbook_and_the_database_hold_all_records(editions: Editions) -> None:
    book = openpyxl.load_workbook(editions.new.path("dataset.xlsx"), read_only=True)
    assert book.sheetnames == [*COLLECTIONS, "dictionary", "about"]
    with closing(sqlite3.connect(editions.new.path("dataset.sqlite"))) as database:
        for slug, entity in COLLECTIONS.items():
            count = editions.new.edition.counts[slug]
            assert sum(1 for _ in book[slug].iter_rows()) == count + 1
            assert database.execute(f"SELECT count(*) FROM {entity.collection.table}").fetchone() == (count,)
    book.close()


def test_the_package_holds_the_files_of_the_edition(editions: Editions) -> None:
    with zipfile.ZipFile(editions.new.path("dataset.zip")) as package:
        assert package.testzip() is None
        for slug in COLLECTIONS:
            assert package.read(f"data/{slug}.csv") == editions.new.path(f"{slug}.csv").read_bytes()
        assert {"datapackage.json", "README.md", "LICENSE.txt", "CITATION.cff", "citation.bib"} <= set(
            package.namelist()
        )
        assert "铜仁日报" in package.read("README.md").decode()
        assert json.loads(package.read("datapackage.json"))["version"] == editions.new.edition.edition


def test_both_databases_freeze_the_same_bytes(new_database: NewDatabase, tmp_path: Path) -> None:
    made = [frozen(loaded(new_database(kind)), tmp_path / kind) for kind in ("sqlite", "postgresql")]
    assert made[0].edition == made[1].edition
    assert (made[0].folder / "SHA256SUMS").read_bytes() == (made[1].folder / "SHA256SUMS").read_bytes()


SURROUNDINGS = [
    {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "1", "SOURCE_DATE_EPOCH": "1"},
    {"TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8", "LANG": "zh_CN.UTF-8", "PYTHONHASHSEED": "2"},
    {"TZ": "America/St_Johns", "LC_ALL": "de_DE.UTF-8", "PYTHONHASHSEED": "3", "PYTHONUTF8": "0"},
]


@pytest.mark.slow
def test_no_surroundings_get_into_the_bytes(tmp_path: Path) -> None:
    """Two copies of the project, other zones, locales, hash seeds, orders of folders: the same sums."""
    made = []
    for number, surroundings in enumerate(SURROUNDINGS):
        seed = Path(shutil.copytree(SEED, tmp_path / f"copy {number}" / "种子"))
        environment = {"SHANHAI_DATA_DIR": str(tmp_path / str(number)), "SHANHAI_SEED_DIR": str(seed), **surroundings}
        assert shanhai_apart("migrate", **environment).returncode == 0
        assert shanhai_apart("load", **environment).returncode == 0
        done = shanhai_apart("release", **environment)
        assert done.returncode == 0, done.stderr
        (folder,) = (tmp_path / str(number) / "releases").iterdir()
        made.append({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})
    assert made[0] == made[1] == made[2]


def test_freezing_again_changes_nothing(new_database: NewDatabase, tmp_path: Path) -> None:
    address = loaded(new_database("sqlite"))
    first = frozen(address, tmp_path)
    before = {path: path.stat().st_ino for path in first.folder.iterdir()}
    assert frozen(address, tmp_path) == first
    assert {path: path.stat().st_ino for path in first.folder.iterdir()} == before


def test_a_freeze_that_fails_leaves_nothing(
    new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Iterator[bytes]:
        raise RuntimeError("the power went out")

    address, shelf = loaded(new_database("sqlite")), ReleaseStore(tmp_path)
    with Database(address, "export") as database:
        with monkeypatch.context() as patched:
            patched.setattr("app.releases.freeze.workbook", fail)
            with pytest.raises(RuntimeError):
                freeze(database, shelf, quiet)
        assert list(tmp_path.iterdir()) == []
        for left, age in (("long ago", 100_000), ("now", 0)):
            (tmp_path / f".draft-{left}").mkdir()  # by a process that was killed, or is still at it
            os.utime(tmp_path / f".draft-{left}", (time.time() - age,) * 2)
        made = freeze(database, shelf, quiet).edition.id
        assert {path.name for path in tmp_path.iterdir()} == {made, ".draft-now"}
        assert shelf.ids() == [made]


def test_a_folder_that_cannot_be_written_is_reported(new_database: NewDatabase, tmp_path: Path) -> None:
    (tmp_path / "releases").write_text("in the way")
    with Database(loaded(new_database("sqlite")), "export") as database, pytest.raises(Unavailable, match="written"):
        freeze(database, ReleaseStore(tmp_path / "releases"), quiet)
    environment = {"SHANHAI_DATA_DIR": str(tmp_path)}
    shanhai("migrate", **environment)
    shanhai("load", **environment)
    done = shanhai("release", **environment)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr


@pytest.mark.databases("sqlite", "postgresql")
@pytest.mark.parametrize("limit", [20_000, 100_000], ids=["programs.csv", "dataset.sqlite"])
def test_a_full_disk_is_reported_and_leaves_nothing(address: str, tmp_path: Path, limit: int) -> None:
    """As the kernel does where a file may have no more bytes. No table is left open, which Python would print later."""
    with Database(address, "export") as database, file_limit(limit), pytest.raises(Unavailable) as caught:
        freeze(database, ReleaseStore(tmp_path), quiet)
    assert "Check the disk of SHANHAI_DATA_DIR" in caught.value.detail
    assert f"{tmp_path}: " in caught.value.inside
    assert list(tmp_path.iterdir()) == []


def test_ids_are_no_paths(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "release.json").write_text("{}")
    shelf = ReleaseStore(tmp_path / "releases")
    for name in ("../outside", "..", ".", "", "%2e%2e", "a/b", "outside\0"):
        assert shelf.find(name) is None


def test_rows_keep_their_words(editions: Editions, everything: dict[str, list[Record]]) -> None:
    text = editions.old.path("figures.csv").read_bytes().decode()
    read = {row["id"]: row["as_stated"] for row in csv.DictReader(io.StringIO(text, newline=""))}
    assert read == {record["id"]: record["as_stated"] for record in everything["figures"]}
