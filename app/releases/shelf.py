"""The folder in which frozen editions stand, each with a manifest of its files."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.errors import NotFound, Unavailable

MANIFEST = "release.json"
DRAFT = ".draft-"
ABANDONED = 24 * 3600  # seconds


class FrozenFile(NamedTuple):
    """A file of an edition; `rows` counts the records in it, None where it holds none."""

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


class Frozen(NamedTuple):
    """An edition and the folder of its files."""

    edition: Edition
    folder: Path

    def path(self, name: str) -> Path:
        """Where a file of it lies."""
        return self.folder / name

    def file(self, name: str) -> FrozenFile | None:
        """What the manifest says of a file."""
        return next((each for each in self.edition.files if each.name == name), None)


class Shelf:
    """All editions that are kept here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def find(self, release_id: str) -> Frozen | None:
        """An edition, if it is kept here. Ids come from the database, or from clients: they are no paths."""
        return _read(self.folder / release_id) if release_id.replace("-", "").isalnum() else None

    def get(self, release_id: str) -> Frozen:
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
        """A folder to write an edition into; it takes its place when all of it is there, or nothing does.

        Raises Unavailable where nothing can be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            with tempfile.TemporaryDirectory(prefix=DRAFT, dir=self.folder, ignore_cleanup_errors=True) as draft:
                made = Path(draft) / release_id
                made.mkdir()
                yield made
                self._put(made, self.folder / release_id)
        except OSError as fault:
            raise Unavailable("the files of the release cannot be written", f"{self.folder}: {fault}") from None

    def _sweep(self) -> None:
        """Take away what a killed process left behind; what is younger may still be worked at."""
        for left in self.folder.glob(f"{DRAFT}*"):
            if time.time() - left.stat().st_mtime > ABANDONED:
                shutil.rmtree(left, ignore_errors=True)

    def _put(self, made: Path, place: Path) -> None:
        if place.exists() and _read(place) is None:
            shutil.rmtree(place)  # without a manifest it is no edition
        if not place.exists():  # else somebody was quicker, with the same bytes
            made.rename(place)


def write_manifest(folder: Path, edition: Edition) -> None:
    """Write what an edition says of itself: last, since a folder without it is none."""
    (folder / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(edition._asdict() | {
        "files": [file._asdict() for file in edition.files]
    }), indent=2))  # fmt: skip


def _read(folder: Path) -> Frozen | None:
    try:
        return _read_manifest(folder)
    except (FileNotFoundError, NotADirectoryError):
        return None


@lru_cache(256)
def _read_manifest(folder: Path) -> Frozen:
    told = msgspec.json.decode((folder / MANIFEST).read_bytes())
    files = tuple(FrozenFile(**file) for file in told.pop("files"))
    return Frozen(Edition(**told, files=files), folder)
