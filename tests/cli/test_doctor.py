"""`shanhai doctor` names what is wrong and what to do, and its status and JSON are for programs."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest.mock import Mock, patch

import httpx
import pytest

from app.cli import doctor
from app.gateway.open_files import RESERVED_FILES
from tests.running import free_port, shanhai

CHECKS = ["versions", "database", "schema", "release", "integrity", "standbys", "files"]
CHECKS += ["disk", "open-files", "memory", "address", "public-address"]
NEWER = "UPDATE alembic_version SET version_num = '9999'"
DATABASE = {"schema", "release", "integrity", "standbys"}
Findings = dict[str, dict[str, str]]


def examine(*arguments: str, **environment: str) -> tuple[int, Findings]:
    """Return the exit status and what each check found, and assert what holds of every report."""
    done = shanhai("doctor", "--json", *arguments, **environment)
    report = json.loads(done.stdout)
    findings = {each.pop("check"): each for each in report["checks"]}
    levels = {each["level"] for each in findings.values()}
    assert list(findings) == CHECKS
    assert report["status"] == next(level for level in ("fault", "warning", "ok") if level in levels)
    assert done.returncode == (report["status"] == "fault")
    assert all(each["found"] and bool(each["action"]) == (each["level"] != "ok") for each in findings.values())
    return done.returncode, findings


def at(level: str, findings: Findings) -> set[str]:
    return {name for name, each in findings.items() if each["level"] == level}


def edit(path: str, change: Callable[[bytes], bytes]) -> Callable[[Path], object]:
    def spoil(data: Path) -> None:
        (file,) = data.glob(path)
        file.write_bytes(change(file.read_bytes()))

    return spoil


def execute(*statements: str) -> Callable[[Path], object]:
    def spoil(data: Path) -> None:
        with closing(sqlite3.connect(data / "shanhai.sqlite", isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    return spoil


def zero_products(data: Path) -> None:
    path = data / "shanhai.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'products'").fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(bytes(size))


def damage_an_older_release(data: Path) -> None:
    (served,) = (data / "releases").iterdir()
    shutil.copytree(served, data / "releases" / "2020-01-older")
    (data / "releases" / "2020-01-older" / "figures.csv").unlink()


@pytest.fixture
def port(service: str) -> str:
    return str(httpx.URL(service).port)


def test_a_sound_installation_has_no_fault(ready: Path, service: str, port: str) -> None:
    environment = {"SHANHAI_DATA_DIR": str(ready), "PORT": port, "SHANHAI_BASE_URL": service}
    status, findings = examine("--full", **environment)
    assert (status, at("skipped", findings)) == (0, set())
    assert at("warning", findings) <= {"disk", "open-files", "memory"}  # of a small machine
    assert "every record is as it was loaded" in findings["integrity"]["found"]
    lines = [line for line in shanhai("doctor", **environment).stdout.splitlines() if line[0] != " "]
    assert [line.split()[:2] for line in lines] == [[each["level"], name] for name, each in findings.items()]


@pytest.mark.parametrize(
    ("spoil", "faults", "action"),
    [
        (edit("releases/*/figures.csv", lambda old: old.replace(b"8740", b"8741")), {"files"}, "Run `shanhai release`"),
        pytest.param(
            edit("releases/*/SHA256SUMS", bytes.swapcase), {"files"}, "Run `shanhai release`", marks=pytest.mark.slow
        ),
        (edit("releases/*/release.json", lambda _: b"{}"), {"files"}, "Run `shanhai release`"),
        (damage_an_older_release, {"files"}, "from a backup"),
        (lambda data: (data / "shanhai.sqlite").unlink(), {"database"}, "SHANHAI_DATA_DIR"),
        (edit("shanhai.sqlite", lambda _: b"nothing of the kind" * 100), {"database"}, "Put a good copy in its place."),
        (zero_products, {"integrity"}, "Put a good copy in its place."),
        (execute("UPDATE alembic_version SET version_num = '0014'"), {"schema"}, "Run `shanhai migrate`."),
        (execute(NEWER, "ALTER TABLE products RENAME name_zh TO x"), {"schema"}, "Use the version that migrated it."),
        (execute("DROP TRIGGER guard_figures_update"), {"integrity"}, "Run `shanhai migrate`."),
        (execute("DELETE FROM releases"), {"release"}, "Run `shanhai load`."),
        (execute("UPDATE releases SET indexed_by = 'other'"), {"release"}, "Run `shanhai load` of this one"),
        (execute("UPDATE releases SET id = '2020-01-other'"), {"files", "address"}, "the same DATABASE_URL"),
    ],
)
def test_each_fault_is_found_alone_with_what_to_do(
    ready: Path, tmp_path: Path, port: str, spoil: Callable[[Path], object], faults: set[str], action: str
) -> None:
    data = tmp_path / "data"
    shutil.copytree(ready, data)
    spoil(data)
    _, findings = examine(SHANHAI_DATA_DIR=str(data), PORT=port)
    assert at("fault", findings) == faults
    assert any(action in findings[name]["action"] for name in faults)
    skipped = {"database": DATABASE, "schema": DATABASE - {"schema"}, "release": {"integrity", "standbys"}}
    assert at("skipped", findings) == skipped.get(min(faults), set())


def test_a_newer_schema_that_can_be_read_is_a_warning(ready: Path, tmp_path: Path, port: str) -> None:
    shutil.copytree(ready, tmp_path / "data")
    execute(NEWER)(tmp_path / "data")
    environment = {"SHANHAI_DATA_DIR": str(tmp_path / "data")}
    status, findings = examine(PORT=port, **environment)
    assert (status, findings["schema"]["level"], at("skipped", findings)) == (0, "warning", set())
    assert "of that one" in findings["schema"]["action"]
    assert "Use the version that migrated it." in shanhai("load", **environment).stderr


def test_a_database_of_each_kind_is_examined(address: str, tmp_path: Path) -> None:
    _, findings = examine("--full", DATABASE_URL=address, SHANHAI_DATA_DIR=str(tmp_path), PORT=str(free_port()))
    assert at("fault", findings) == {"files", "address"}
    assert "Start `shanhai serve`" in findings["address"]["action"]


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path, port: str) -> None:
    address = "postgresql://user:secret@127.0.0.1:1/x"
    _, findings = examine(DATABASE_URL=address, SHANHAI_DATA_DIR=str(tmp_path), PORT=port)
    assert (at("fault", findings), at("skipped", findings)) == ({"database"}, DATABASE)
    assert "127.0.0.1:1/x" in findings["database"]["found"]
    assert "secret" not in json.dumps(findings)


@pytest.mark.parametrize("path", ["/v1", ":1"])
def test_a_public_address_that_does_not_lead_here_is_a_warning(ready: Path, service: str, port: str, path: str) -> None:
    url = "http://127.0.0.1:1" if path == ":1" else service + path
    status, findings = examine(SHANHAI_DATA_DIR=str(ready), PORT=port, SHANHAI_BASE_URL=url)
    assert (status, findings["public-address"]["level"]) == (0, "warning")
    assert url in findings["public-address"]["found"]


@pytest.mark.parametrize(("trusted", "level"), [("true", "ok"), ("false", "warning")])
def test_a_proxy_that_hides_the_addresses_of_readers_is_a_warning(
    ready: Path, port: str, trusted: str, level: str
) -> None:
    environment = {"SHANHAI_BASE_URL": "https://data.example.org", "SHANHAI_TRUST_PROXY": trusted}
    with patch("app.cli.doctor._get", return_value=(200, {"status": "alive", "release": ""})):
        _, findings = examine(SHANHAI_DATA_DIR=str(ready), PORT=port, **environment)
    assert findings["public-address"]["level"] == level


@pytest.mark.parametrize(
    ("files", "memory", "free", "writable", "levels"),
    [
        (RESERVED_FILES, 201_326_592, 100_000, True, {"open-files": "fault", "memory": "warning", "disk": "fault"}),
        (1024, 268_435_456, 50_000_000, True, {"open-files": "warning", "memory": "ok", "disk": "warning"}),
        (None, None, 10**12, True, {"open-files": "ok", "memory": "ok", "disk": "ok"}),
        (None, None, 10**12, False, {"disk": "warning"}),
    ],
)
def test_limits_of_the_machine_are_compared_with_what_is_needed(
    ready: Path, port: str, files: int | None, memory: int | None, free: int, writable: bool, levels: dict[str, str]
) -> None:
    with (
        patch("app.cli.doctor.hard_file_limit", return_value=files),
        patch("app.cli.doctor.memory_limit", return_value=memory),
        patch("app.cli.doctor.shutil.disk_usage", return_value=Mock(free=free)),
        patch("app.cli.doctor.os.access", return_value=writable),
    ):
        _, findings = examine(SHANHAI_DATA_DIR=str(ready), PORT=port)
    assert {name: findings[name]["level"] for name in levels} == levels


@pytest.mark.parametrize(
    ("groups", "files", "limit"),
    [
        ("0::/\n", {"memory.max": "1000\n"}, 1000),
        ("0::/a/b\n", {"a/b/memory.max": "max\n", "a/memory.max": "2000\n"}, 2000),
        ("0::/a/b\n", {"a/b/memory.max": "1000\n", "a/memory.max": "2000\n"}, 1000),
        ("3:cpu:/x\n2:memory:/a\n", {"memory/a/memory.limit_in_bytes": "1000\n", "x/memory.max": "1\n"}, 1000),
        ("2:memory:/on/the/host\n", {"memory/memory.limit_in_bytes": "1000\n"}, 1000),
    ],
)
def test_the_lowest_memory_limit_of_the_control_groups_counts(
    tmp_path: Path, groups: str, files: dict[str, str], limit: int
) -> None:
    for name, text in {"proc/self/cgroup": groups, **{f"sys/fs/cgroup/{file}": files[file] for file in files}}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    assert doctor.memory_limit(tmp_path) == limit


def test_without_control_groups_the_memory_of_the_machine_counts(tmp_path: Path) -> None:
    assert (doctor.memory_limit(tmp_path) or 0) > 100_000_000
