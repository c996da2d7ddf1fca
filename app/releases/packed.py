"""The files of an edition in each content coding, so that nothing has to be packed while it is sent.

They are no part of what is cited: another version of a library packs otherwise. So they lie in a folder of their own,
with a list of their own, and are made anew where they are missing or damaged; an edition is whole without them.
"""

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from app.http.compression import CODINGS, worth_packing
from app.releases.store import FrozenFile, FrozenRelease, read_sum

FOLDER = "packed"
LIST = "packed.json"
LEAST = 1 << 10  # bytes; what is shorter goes in one packet anyway
PIECE = 1 << 20


class Packed(NamedTuple):
    """A file of an edition in a content coding."""

    name: str
    coding: str
    bytes: int
    sha256: str


def packed(frozen: FrozenRelease, file: FrozenFile) -> list[Packed]:
    """A file in the codings in which it lies ready."""
    return [each for each in _listed(frozen) if each.name == file.name and _lies_ready(frozen, each)]


def path_of(frozen: FrozenRelease, each: Packed) -> Path:
    """Where a packed file lies."""
    return frozen.path(FOLDER) / _name(each.name, each.coding)


def is_packed(frozen: FrozenRelease) -> bool:
    """Whether every file that is worth it lies ready in every coding."""
    ready = {(each.name, each.coding) for each in _listed(frozen) if _lies_ready(frozen, each)}
    return ready == {*_wanted(frozen.edition.files)}


def is_packed_truly(frozen: FrozenRelease) -> bool:
    """Whether it does so to the last byte as it was made."""
    return is_packed(frozen) and all(read_sum(path_of(frozen, each)) == each.sha256 for each in _listed(frozen))


def pack(files: Iterable[FrozenFile], folder: Path, target: Path) -> None:
    """Write the files in `folder` into the new folder `target`, in every coding, on all cores."""
    target.mkdir()

    def run(wanted: tuple[str, str]) -> Packed:
        return _pack(folder, target, *wanted)

    # In threads: what packs, and what sums up, lets go of the interpreter meanwhile.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        made = [*pool.map(run, _wanted(files))]
    (target / LIST).write_bytes(msgspec.json.format(msgspec.json.encode([each._asdict() for each in made]), indent=2))
    _read_list.cache_clear()


def _wanted(files: Iterable[FrozenFile]) -> list[tuple[str, str]]:
    worth = (file for file in files if file.bytes >= LEAST and worth_packing(file.media_type.encode()))
    return [(file.name, coding) for file in worth for coding in CODINGS]


def _pack(folder: Path, target: Path, name: str, coding: str) -> Packed:
    coder, path = CODINGS[coding].once(), target / _name(name, coding)
    with (folder / name).open("rb") as plain, path.open("wb") as file:
        while piece := plain.read(PIECE):
            file.write(coder.add(piece))
        file.write(coder.end())
    return Packed(name, coding, path.stat().st_size, read_sum(path))


def _name(name: str, coding: str) -> str:
    return f"{name}.{coding}"


def _lies_ready(frozen: FrozenRelease, each: Packed) -> bool:
    try:
        return path_of(frozen, each).stat().st_size == each.bytes
    except OSError:
        return False


def _listed(frozen: FrozenRelease) -> list[Packed]:
    try:
        return _read_list(frozen.path(FOLDER) / LIST)
    except (FileNotFoundError, NotADirectoryError, msgspec.DecodeError):
        return []  # the edition is older than this, or something was taken away: it is sent as it is


@lru_cache(256)
def _read_list(path: Path) -> list[Packed]:
    return [Packed(**each) for each in msgspec.json.decode(path.read_bytes())]
