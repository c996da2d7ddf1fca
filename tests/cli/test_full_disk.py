"""A load on a full or read-only disk ends with the status for the environment and a line for its reader, and leaves everything as it was."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db import Database
from app.settings import Settings
from tests.conftest import SEED
from tests.load.editing import cell
from tests.running import PROGRAM, shanhai, shanhai_apart


def limited(data: Path, blocks: int, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run a command whose files may have that many blocks of 512 bytes: writing more fails as on a full disk."""
    return subprocess.run(
        ["/bin/sh", "-c", f'ulimit -f {blocks}; exec "$0" "$@"', PROGRAM, *arguments],
        capture_output=True,
        text=True,
        env={"PATH": "/usr/bin:/bin", "SHANHAI_DATA_DIR": str(data), "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )


def assert_refused(done: subprocess.CompletedProcess[str]) -> None:
    """Assert that the last line, after perhaps some of progress, names the disk."""
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert "Check the disk" in done.stderr.splitlines()[-1]


MARK = {Settings().load_failed.name: b""}  # of a failed load, for the metrics


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def changed(seed: Path) -> Path:
    """Another edition of the seed."""
    cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
    return seed


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 3 MB, which root alone can mount."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if (
        os.geteuid()
        or subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", folder], capture_output=True, check=False
        ).returncode
    ):
        pytest.skip("only root can mount a small file system")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [0, 16, 256])
def test_a_database_that_cannot_be_written_stays_as_it_was(
    ready: Path, tmp_path: Path, changed: Path, blocks: int
) -> None:
    data = tmp_path / "data"
    shutil.copytree(ready, data)
    before = contents(data)
    done = limited(data, blocks, "load", changed)
    assert_refused(done)
    assert contents(data) == before | MARK


@pytest.mark.slow
@pytest.mark.parametrize("blocks", [0, 16, 4096])
def test_a_backup_and_a_restore_that_cannot_be_written_change_nothing(ready: Path, tmp_path: Path, blocks: int) -> None:
    data, file = tmp_path / "data", tmp_path / "backup.zip"
    shutil.copytree(ready, data)
    assert shanhai_apart("backup", file, SHANHAI_DATA_DIR=str(data)).returncode == 0
    before = contents(tmp_path)
    assert_refused(limited(data, blocks, "backup", file))
    if blocks < 4096:  # which the largest file of a backup exceeds, but none that it restores
        assert_refused(limited(data, blocks, "restore", file, "--replace"))
    assert contents(tmp_path) == before


@pytest.mark.slow
def test_a_release_whose_files_cannot_be_written_is_loaded_and_its_files_follow(
    ready: Path, tmp_path: Path, changed: Path
) -> None:
    data = tmp_path / "data"
    shutil.copytree(ready, data)
    shutil.rmtree(data / "releases")
    (data / "releases").write_text("where the folder should be", "utf-8")
    done = shanhai_apart("load", changed, SHANHAI_DATA_DIR=str(data))
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert "loaded: " in done.stderr
    assert "the release is served without its files" in done.stderr
    (data / "releases").unlink()
    again = shanhai_apart("load", changed, SHANHAI_DATA_DIR=str(data))
    assert (again.returncode, "unchanged: " in again.stderr) == (0, True), again.stderr
    assert contents(data / "releases")


@pytest.mark.slow
def test_a_full_file_system_keeps_what_is_served(ready: Path, disk: Path, changed: Path) -> None:
    shutil.copyfile(ready / "shanhai.sqlite", disk / "shanhai.sqlite")
    with (disk / "filler").open("wb") as filler:  # leaves less than a database needs
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        filler.write(bytes(free - 100_000))
    before = contents(disk)
    done = shanhai_apart("load", changed, SHANHAI_DATA_DIR=str(disk), TMPDIR=str(disk))
    assert_refused(done)
    assert contents(disk) == before | MARK
    assert shanhai_apart("load", SEED, SHANHAI_DATA_DIR=str(disk)).returncode == 3  # its files


@pytest.mark.parametrize("is_old", [False, True], ids=["load", "migrate"])
def test_a_folder_that_cannot_be_written_is_named(ready: Path, disk: Path, changed: Path, is_old: bool) -> None:
    path = Path(shutil.copy(ready / "shanhai.sqlite", disk))
    if is_old:
        with Database(f"sqlite:///{path}", "migrate") as database, database.transaction() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0014'")
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    done = shanhai(*(["migrate"] if is_old else ["load", changed]), SHANHAI_DATA_DIR=str(disk))
    assert done.returncode == 3
    wanted = (
        "Make both writable" if is_old else f"Check the disk of {disk} and its permissions. ({path}.loading: Read-only"
    )
    assert wanted in done.stderr
    assert contents(disk).keys() == {path.name}


def test_a_database_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    done = shanhai("release", SHANHAI_DATA_DIR=str(tmp_path))
    assert (done.returncode, "cannot be opened. Check that it exists" in done.stderr) == (3, True), done.stderr
