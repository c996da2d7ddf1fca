"""The folder of frozen releases, each with a manifest of its files."""

import calendar
import datetime as dt
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import NamedTuple

import msgspec
from cachetools import LRUCache

from app.errors import NotFound, Unavailable

MANIFEST = "release.json"
DRAFT = ".draft-"
MAX_DRAFT_AGE_S = 3600
ID = "[a-z0-9-]{1,100}"

_SUMS_LOCK = Lock()
_SUMS: LRUCache[tuple[Path, int, int], str] = LRUCache(4096)  # of files, by path, inode and time of change


class FrozenFile(NamedTuple):
    """A file of an edition; `rows` counts its records, None for a file without records.

    The name is the path in the edition's folder: that of a file by year has the folders of its table and its year.
    Files have the same bytes wherever they are made, except `dataset.sqlite`, which depends on the version of SQLite.
    """

    name: str
    media_type: str
    bytes: int
    sha256: str
    rows: int | None


class Edition(NamedTuple):
    """The manifest of a release: nothing that differs from machine to machine."""

    id: str
    edition: str
    released_on: str
    content_hash: str
    license: str
    counts: dict[str, int]
    files: tuple[FrozenFile, ...] = ()


class FrozenRelease(NamedTuple):
    """A manifest and the folder of its files."""

    edition: Edition
    folder: Path

    def path(self, name: str) -> Path:
        """Return the path of a file."""
        return self.folder / name

    def is_present(self, file: FrozenFile) -> bool:
        """Whether a file exists with its full length."""
        try:
            return self.path(file.name).stat().st_size == file.bytes
        except OSError:
            return False

    def is_intact(self, file: FrozenFile, *, may_read: bool = True) -> bool | None:
        """Whether a file has its length and hash. It is read on first use, and after something has written to it.

        Returns None if it would have to be read and must not.
        """
        path = self.path(file.name)
        try:
            stat = path.stat()
        except OSError:
            return False
        key = path, stat.st_ino, stat.st_ctime_ns
        with _SUMS_LOCK:
            known = _SUMS.get(key)
        if known is None and stat.st_size == file.bytes:
            if not may_read:
                return None
            try:
                known = read_sum(path)
            except OSError:
                return False
            with _SUMS_LOCK:
                _SUMS[key] = known
        return known == file.sha256

    def damaged(self) -> list[str]:
        """Return the names of files that are missing or differ from their hash."""
        return [
            each.name
            for each in self.edition.files
            if not self.is_present(each) or each.sha256 != read_sum(self.path(each.name))
        ]

    def file(self, name: str) -> FrozenFile | None:
        """Return the manifest's entry of a file."""
        return next((each for each in self.edition.files if each.name == name), None)


class ReleaseStore:
    """The frozen releases of this installation."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, release_id: str) -> FrozenRelease | None:
        """Return a release, None if it is not here. Ids may come from clients: any other text could be a path."""
        return _read(self.folder / release_id) if re.fullmatch(ID, release_id) else None

    def get(self, release_id: str) -> FrozenRelease:
        """Return a release. Raises NotFound, which lists what there is."""
        frozen = self.find(release_id)
        if frozen is None:
            available = ", ".join(self.ids()) or "none"
            raise NotFound(f"No files of a release {release_id[:100]!r} are here. There are files of: {available}.")
        return frozen

    def ids(self) -> list[str]:
        """Return the ids of the releases here."""
        return sorted(path.parent.name for path in self.folder.glob(f"*/{MANIFEST}") if path.parent.name[0] != ".")

    def damaged(self, release_id: str) -> list[str]:
        """Return the names of files of a release that are missing or differ from their hash; the manifest is one."""
        frozen = self.find(release_id)
        return frozen.damaged() if frozen else [MANIFEST]

    @contextmanager
    def draft(self, release_id: str) -> Iterator[Path]:
        """Yield a folder to write a release into; at the end it is renamed into place, over a damaged one.

        Raises Unavailable if the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.sweep()
            with tempfile.TemporaryDirectory(prefix=DRAFT, dir=self.folder, ignore_cleanup_errors=True) as workplace:
                draft = Path(workplace) / release_id
                draft.mkdir()
                yield draft
                self._publish(draft, self.folder / release_id)
        except OSError as error:
            detail = (
                "The files of the release cannot be written. Check the disk of SHANHAI_DATA_DIR and its permissions."
            )
            raise Unavailable(detail, f"{self.folder}: {error}") from None

    def sweep(self) -> None:
        """Remove drafts of killed processes; a younger draft may still be in use."""
        for left in self.folder.glob(f"{DRAFT}*"):
            with suppress(FileNotFoundError):  # another process removed it
                if time.time() - left.stat().st_mtime > MAX_DRAFT_AGE_S:
                    shutil.rmtree(left, ignore_errors=True)

    def _publish(self, draft: Path, folder: Path) -> None:
        known = _read(folder)
        if known and not known.damaged():
            return  # another process has written the same bytes
        if folder.exists():
            folder.rename(draft.with_name("replaced"))
        draft.rename(folder)


def read_sum(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_manifest(folder: Path, edition: Edition) -> None:
    """Write the manifest: last, since a folder without one is no release."""
    manifest = edition._asdict() | {"files": [file._asdict() for file in edition.files]}
    with (folder / MANIFEST).open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(manifest), indent=2))
        file.flush()
        os.fsync(file.fileno())


def set_dates(folder: Path) -> None:
    """Set the modification time of every file to the release's date, for reproducible archives of the folder."""
    day = dt.date.fromisoformat(_read_manifest(folder).edition.released_on)
    seconds = calendar.timegm(day.timetuple())
    for path in folder.rglob("*"):
        os.utime(path, (seconds, seconds))


def _read(folder: Path) -> FrozenRelease | None:
    try:
        return _read_manifest(folder)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError, KeyError, TypeError):
        return None  # without a readable manifest it is no release


def _read_manifest(folder: Path) -> FrozenRelease:
    stat = (folder / MANIFEST).stat()
    return _parse_manifest(folder, stat.st_ino, stat.st_ctime_ns)


@lru_cache(256)
def _parse_manifest(folder: Path, _inode: int, _changed_ns: int) -> FrozenRelease:
    manifest = msgspec.json.decode((folder / MANIFEST).read_bytes())
    files = tuple(FrozenFile(**file) for file in manifest.pop("files"))
    return FrozenRelease(Edition(**manifest, files=files), folder)
