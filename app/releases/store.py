"""The folder in which frozen editions stand, each with a manifest of its files."""

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
from typing import NamedTuple

import msgspec

from app.errors import NotFound, Unavailable

MANIFEST = "release.json"
DRAFT = ".draft-"
ABANDONED = 3600  # seconds
ID = "[a-z0-9-]{1,100}"


class FrozenFile(NamedTuple):
    """A file of an edition; `rows` counts its records, None for a file without records.

    Files have the same bytes wherever they are made, except `dataset.sqlite`, which depends on the version of SQLite.
    """

    name: str
    media_type: str
    bytes: int
    sha256: str
    rows: int | None


class Edition(NamedTuple):
    """What an edition says of itself: nothing that differs from machine to machine."""

    id: str
    edition: str
    released_on: str
    content_hash: str
    license: str
    counts: dict[str, int]
    files: tuple[FrozenFile, ...] = ()


class FrozenRelease(NamedTuple):
    """An edition and the folder of its files."""

    edition: Edition
    folder: Path

    def path(self, name: str) -> Path:
        """Where a file of it lies."""
        return self.folder / name

    def lies_ready(self, file: FrozenFile) -> bool:
        """Whether a file is there, as long as it should be."""
        try:
            return self.path(file.name).stat().st_size == file.bytes
        except OSError:
            return False

    def damaged(self) -> list[str]:
        """The files that are not, to the last byte, what they were made to be."""
        return [
            each.name
            for each in self.edition.files
            if not self.lies_ready(each) or each.sha256 != read_sum(self.path(each.name))
        ]

    def file(self, name: str) -> FrozenFile | None:
        """What the manifest says of a file."""
        return next((each for each in self.edition.files if each.name == name), None)


class ReleaseStore:
    """All editions that are kept here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, release_id: str) -> FrozenRelease | None:
        """An edition, if it is kept here. Ids come from the database, or from clients: they are no paths."""
        return _read(self.folder / release_id) if re.fullmatch(ID, release_id) else None

    def get(self, release_id: str) -> FrozenRelease:
        """An edition. Raises NotFound, which tells what there is."""
        found = self.find(release_id)
        if found is None:
            kept = ", ".join(self.ids()) or "none"
            raise NotFound(f"no files are kept here of a release {release_id[:100]!r}; kept are: {kept}")
        return found

    def ids(self) -> list[str]:
        """The ids of the editions that are kept here."""
        return sorted(path.parent.name for path in self.folder.glob(f"*/{MANIFEST}") if path.parent.name[0] != ".")

    @contextmanager
    def draft(self, release_id: str) -> Iterator[Path]:
        """A folder to write an edition into; it takes its place, and that of a damaged one, when all of it is there.

        Raises Unavailable where nothing can be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.sweep()
            with tempfile.TemporaryDirectory(prefix=DRAFT, dir=self.folder, ignore_cleanup_errors=True) as workplace:
                made = Path(workplace) / release_id
                made.mkdir()
                yield made
                self._put(made, self.folder / release_id)
        except OSError as fault:
            raise Unavailable("the files of the release cannot be written", f"{self.folder}: {fault}") from None

    def sweep(self) -> None:
        """Take away what a killed process left behind; what is younger may still be worked at."""
        for left in self.folder.glob(f"{DRAFT}*"):
            with suppress(FileNotFoundError):  # somebody else took it away
                if time.time() - left.stat().st_mtime > ABANDONED:
                    shutil.rmtree(left, ignore_errors=True)

    def _put(self, made: Path, place: Path) -> None:
        known = _read(place)
        if known and not known.damaged():
            return  # somebody was quicker, with the same bytes
        if place.exists():
            place.rename(made.with_name("replaced"))
        made.rename(place)
        _read_manifest.cache_clear()


def read_sum(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def write_manifest(folder: Path, edition: Edition) -> None:
    """Write what an edition says of itself: last, since a folder without it is none."""
    told = edition._asdict() | {"files": [file._asdict() for file in edition.files]}
    with (folder / MANIFEST).open("wb") as file:
        file.write(msgspec.json.format(msgspec.json.encode(told), indent=2))
        file.flush()
        os.fsync(file.fileno())


def _read(folder: Path) -> FrozenRelease | None:
    try:
        return _read_manifest(folder)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return None  # without a readable manifest it is no edition


@lru_cache(256)
def _read_manifest(folder: Path) -> FrozenRelease:
    told = msgspec.json.decode((folder / MANIFEST).read_bytes())
    files = tuple(FrozenFile(**file) for file in told.pop("files"))
    return FrozenRelease(Edition(**told, files=files), folder)
