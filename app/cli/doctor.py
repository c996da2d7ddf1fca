"""The command doctor: what is wrong with this installation, and what to do about it."""

import json
import math
import os
import platform
import shutil
from collections.abc import Callable, Iterator
from http.client import HTTPException
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, build_opener

import typer

from app import __version__
from app.cli.console import DATA_ERROR, count, read_settings
from app.db import Database
from app.db.write_guard import NOT_GUARDED, is_guarded
from app.errors import Unavailable
from app.gateway.open_files import RESERVED_FILES, hard_file_limit
from app.load.write import read_current
from app.migrate import newest, readable_revision, revision
from app.models import ENTITIES
from app.models.release import Release
from app.read.dataset import NOT_LOADED
from app.read.index import NOT_INDEXED, fits
from app.read.integrity import require_undamaged
from app.releases.store import ReleaseStore
from app.server import display_url
from app.settings import Settings

HTTP_TIMEOUT_S = 5.0
MB = 1_000_000
MIN_MEMORY_BYTES = 256 << 20  # as containers count 256 MB, in which a first start of the article succeeds
MIN_FILES = 4_096  # open files, below which a server refuses connections of an ordinary peak
SPARE_BYTES = 100 * MB  # on disk, for temporary files and logs
CHECK_DATABASE = "Check that the database runs and answers, its disk, DATABASE_URL and SHANHAI_DATA_DIR."
WRITTEN = "SELECT (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END)::text"
# In bytes; no row on a primary, which may have replayed its own log after a crash.
BEHIND = "SELECT pg_wal_lsn_diff(%s::pg_lsn, pg_last_wal_replay_lsn()) WHERE pg_is_in_recovery()"
UNREACHABLE = (OSError, HTTPException, ValueError)  # the last for an answer that is no JSON

Level = Literal["ok", "warning", "fault", "skipped"]
LEVELS: tuple[Level, ...] = ("fault", "warning", "ok")  # the worst first


class Finding(NamedTuple):
    """What a check found. `action` is what to do about it, empty if it is ok."""

    level: Level
    found: str
    action: str = ""


def doctor(
    full: Annotated[bool, typer.Option("--full", help="Read the whole database, as /readyz/deep does.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object, for programs.")] = False,
) -> None:
    """Check this installation and the server that runs on it, and print what to do. Changes nothing.

    A fault is something that fails now; a warning something that works, at a risk. Exit status 1 if there is a fault.
    """
    settings, findings = read_settings(), {}
    with Database(settings.database, "export") as database:
        for name, finding in _Examination(settings, database, full=full).run():
            findings[name] = finding
            if not as_json:
                _print(name, finding)
    worst = next(level for level in LEVELS if any(each.level == level for each in findings.values()))
    if as_json:
        checks = [{"check": name, **finding._asdict()} for name, finding in findings.items()]
        typer.echo(json.dumps({"status": worst, "checks": checks}, ensure_ascii=False, indent=2))
    if worst == "fault":
        raise typer.Exit(DATA_ERROR)


def _print(name: str, finding: Finding) -> None:
    typer.echo(f"{finding.level:8} {name:15} {finding.found}")
    if finding.action:
        typer.echo(f"{'':24} → {finding.action}")


class _Examination:
    """The checks, and what earlier ones know for later ones."""

    def __init__(self, settings: Settings, database: Database, *, full: bool) -> None:
        self._settings = settings
        self._database = database
        self._full = full
        self._store = ReleaseStore(settings.releases)
        self._release: Release | None = None

    def run(self) -> Iterator[tuple[str, Finding]]:
        """Yield every check with what it found. A check is skipped if the one that it depends on found a fault."""
        checks: list[tuple[str, Callable[[], Finding], str]] = [
            ("versions", self._versions, ""),
            ("database", self._reach_database, ""),
            ("schema", self._schema, "database"),
            ("release", self._served_release, "schema"),
            ("integrity", self._integrity, "release"),
            ("standbys", self._standbys, "release"),
            ("files", self._files, ""),
            ("disk", self._disk, ""),
            ("open-files", self._open_files, ""),
            ("memory", self._memory, ""),
            ("address", self._address, ""),
            ("public-address", self._public_address, ""),
        ]
        unusable = set()
        for name, check, needed in checks:
            finding = _skipped(needed) if needed in unusable else _run(check)
            if finding.level in {"fault", "skipped"}:
                unusable.add(name)
            yield name, finding

    def _versions(self) -> Finding:
        return Finding("ok", f"shanhai {__version__}, Python {platform.python_version()}, {platform.platform()}")

    def _reach_database(self) -> Finding:
        path = Path(self._database.url.database or "").absolute()
        if self._database.local and not path.exists():
            raise Unavailable(f"There is no file {path}. Run `shanhai serve`, or correct SHANHAI_DATA_DIR.")
        with self._database.transaction() as connection:
            revision(connection)  # reads something: a connection alone does not open a file
            kind, version = connection.dialect.name, connection.dialect.server_version_info or ()
        return Finding("ok", f"{kind} {'.'.join(map(str, version))} at {self._database.display_url}")

    def _schema(self) -> Finding:
        with self._database.transaction() as connection:
            current = readable_revision(connection)
        if current == newest():
            return Finding("ok", f"revision {current}")
        action = "Replace the servers of this version by those of that one, which alone can load and back up."
        return Finding("warning", f"revision {current} of a newer version, this one has {newest()}", action)

    def _served_release(self) -> Finding:
        with self._database.transaction() as connection:
            self._release = read_current(connection)
        if not self._release:
            raise Unavailable(NOT_LOADED)
        if not fits(self._release.indexed_by):
            raise Unavailable(NOT_INDEXED)
        return Finding("ok", f"{self._release.id}, {sum(self._release.counts.values()):,} records")

    def _integrity(self) -> Finding:
        with self._database.transaction() as connection:
            if not is_guarded(connection, ENTITIES):
                raise Unavailable(NOT_GUARDED)
            require_undamaged(connection, quick=not self._full)
        if self._full:
            return Finding("ok", "every record is as it was loaded")
        return Finding("ok", "the number of records is that of the release; --full compares their content")

    def _standbys(self) -> Finding:
        """Compare a standby with its primary, which answers all that the standby does not."""
        if not self._settings.standbys:
            return Finding("ok", "SHANHAI_READ_URL is not set: DATABASE_URL answers all")
        action = "Check its replication and SHANHAI_READ_URL. Until then the primary answers."
        with self._database.transaction() as connection:
            written = connection.exec_driver_sql(WRITTEN).scalar_one()
        with Database(self._settings.standbys, "export") as standbys:
            try:
                with standbys.transaction() as connection:
                    behind = connection.exec_driver_sql(BEHIND, (written,)).scalar()
                    release = read_current(connection)
            except Unavailable as error:
                return Finding("warning", f"{error.detail.removesuffix('.')} ({error.inside})", action)
        if behind is None:
            return Finding("warning", f"{standbys.display_url} is no standby", action)
        found = f"{standbys.display_url} is {max(0, math.ceil(behind / MB)):,} MB behind"
        if not (release and self._release and release.sequence == self._release.sequence):
            return Finding("warning", f"{found} and has yet to replay the last load", action)
        return Finding("ok", f"{found}, and has the same release")

    def _files(self) -> Finding:
        """Compare every frozen file with its hash in the manifest, which has that of SHA256SUMS too."""
        served = self._release.id if self._release else None
        if served and not self._store.find(served):
            return Finding("fault", f"release {served} has no files here", "Run `shanhai release`.")
        releases = self._store.ids()
        damaged = {each: names for each in releases if (names := self._store.damaged(each))}
        if not damaged:
            return Finding("ok", f"{count(len(releases), 'release')}, every file equal to its SHA-256")
        bad = [f"{release}/{name}" for release, names in damaged.items() for name in names]
        actions = ["Run `shanhai release`, which writes those of the served release again."] * (served in damaged)
        if damaged.keys() - {served}:
            actions.append("Copy the folder of an older release from a backup.")
        return Finding("fault", f"missing or changed: {', '.join(bad[:5])}{' …' * (len(bad) > 5)}", " ".join(actions))

    def _disk(self) -> Finding:
        """A load writes the database and the release's files a second time, beside the old ones."""
        folders, needed = [self._settings.data_dir], self._largest_release()
        if self._database.local:
            path = Path(self._database.url.database or "")
            folders.append(path.parent)
            needed += path.stat().st_size if path.exists() else 0
        folder = min(map(_existing, folders), key=lambda each: shutil.disk_usage(each).free)
        free = shutil.disk_usage(folder).free
        found = f"{free // MB:,} MB free in {folder}; a load writes {math.ceil(needed / MB):,} MB"
        if free < needed:
            return Finding("fault", found, "Free space, or move SHANHAI_DATA_DIR to a larger disk: a load would fail.")
        if locked := [each for each in map(_existing, folders) if not os.access(each, os.W_OK)]:
            action = "Served as it is. To load, make it writable for this user."
            return Finding("warning", f"{locked[0]} cannot be written", action)
        if free < 2 * needed + SPARE_BYTES:
            return Finding("warning", found, "Free space before the next load.")
        return Finding("ok", found)

    def _largest_release(self) -> int:
        releases = filter(None, map(self._store.find, self._store.ids()))
        return max((sum(file.bytes for file in each.edition.files) for each in releases), default=0)

    def _open_files(self) -> Finding:
        limit = hard_file_limit()
        if limit is None:
            return Finding("ok", "no limit")
        action = "Raise it: LimitNOFILE= of systemd, ulimits.nofile of compose, `ulimit -Hn` in a shell."
        level: Level = "fault" if limit <= RESERVED_FILES else "warning" if limit < MIN_FILES else "ok"
        found = f"each worker may open {limit:,}, {RESERVED_FILES} of them not connections"
        return Finding(level, found, action if level != "ok" else "")

    def _memory(self) -> Finding:
        limit = memory_limit()
        if limit is None:
            return Finding("ok", "the limit is unknown on this system")
        found = f"{limit // MB:,} MB for this process and those of its control group"
        if limit < MIN_MEMORY_BYTES:
            action = "Give it 256 MB, such as `docker run --memory=256m`, or more for more data: it may be killed."
            return Finding("warning", found, action)
        return Finding("ok", found)

    def _address(self) -> Finding:
        url = display_url(self._settings.host, self._settings.port)
        try:
            status, report = _get(f"{url}/readyz")
        except UNREACHABLE as error:
            found = f"{url}/readyz does not answer: {_reason(error)}"
            action = "Start `shanhai serve`, or set HOST and PORT as the server has them. If it runs, read its log."
            return Finding("fault", found, action)
        if status != 200 or "release" not in report:
            detail = report.get("detail", "It is another service. Set HOST and PORT as the server has them.")
            raise Unavailable(f"{url}/readyz answers with status {status}: {detail}")
        served = report["release"]
        if self._release and served != self._release.id:
            action = "Give the server and this command the same DATABASE_URL and SHANHAI_DATA_DIR."
            return Finding("fault", f"{url} serves release {served}, the database has {self._release.id}", action)
        return Finding("ok", f"{url} is ready and serves {served}")

    def _public_address(self) -> Finding:
        url = self._settings.base_url
        if not url:
            return Finding("ok", "SHANHAI_BASE_URL is not set: links begin with the host of each request")
        url = url.rstrip("/")
        try:
            status, report = _get(f"{url}/healthz")
            problem = "" if report.get("status") == "alive" else f"another service answers, with status {status}"
        except UNREACHABLE as error:
            problem = _reason(error)
        if problem:
            action = "Check the proxy, DNS and certificate, also from another machine; or correct SHANHAI_BASE_URL."
            return Finding("warning", f"{url} cannot be reached from here: {problem}", action)
        if url.startswith("https:") and not self._settings.trust_proxy:
            action = (
                "Set SHANHAI_TRUST_PROXY=true if the proxy writes X-Forwarded-For: limits count clients by address."
            )
            return Finding("warning", f"{url} has a proxy, whose address all readers have here", action)
        return Finding("ok", f"{url} answers")


def _run(check: Callable[[], Finding]) -> Finding:
    """Return what a check finds. Details of the project's errors are one sentence, then what to do."""
    try:
        return check()
    except Unavailable as error:
        found, _, action = error.detail.partition(". ")
        inside = f" ({error.inside})" if error.inside else ""
        return Finding("fault", found.removesuffix(".") + inside, action or CHECK_DATABASE)
    except OSError as error:
        found = f"{error.filename or 'a file'} cannot be read: {error.strerror}"
        return Finding("fault", found, "Check the disk, and that this user may read the file.")


def _skipped(needed: str) -> Finding:
    return Finding("skipped", f"cannot be checked before {needed} is ok", f"Begin with {needed}.")


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest above it that exists."""
    return next(each for each in (folder.absolute(), *folder.absolute().parents) if each.is_dir())


def memory_limit(root: Path = Path("/")) -> int | None:
    """Return the lowest limit of the control groups (v2 or v1) of this process, or the machine's memory, in bytes.

    None where the system has neither.
    """
    limits = [os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")] if hasattr(os, "sysconf") else []
    groups = root / "proc" / "self" / "cgroup"
    for line in groups.read_text("utf-8").splitlines() if groups.exists() else ():
        _, controllers, path = line.split(":", 2)
        if controllers not in {"", "memory"}:
            continue
        base, file = ("memory", "memory.limit_in_bytes") if controllers else (".", "memory.max")
        folder = root / "sys" / "fs" / "cgroup" / base
        own = folder / path.lstrip("/")
        for each in (own, *own.parents):
            if each.is_relative_to(folder) and (each / file).exists():
                limits += filter(None, [_number(each / file)])
    return min(limits, default=None)


def _number(file: Path) -> int | None:
    text = file.read_text("utf-8").strip()
    return int(text) if text.isdecimal() else None  # memory.max is "max" without a limit


def _get(url: str) -> tuple[int, dict[str, Any]]:
    """Return the status and the JSON object of an answer, also of an error. Raises one of UNREACHABLE."""
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(url, timeout=HTTP_TIMEOUT_S) as response:
            status, content = response.status, response.read(MB)
    except HTTPError as error:
        with error:
            status, content = error.code, error.read(MB)
    report = json.loads(content)
    return status, report if isinstance(report, dict) else {}


def _reason(error: Exception) -> str:
    return str(error.reason if isinstance(error, URLError) else error)
