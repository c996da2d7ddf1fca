"""Zip archives that come out the same on every machine: fixed order, fixed time, and stored as they are.

Deflate is done by a library of the system, and another one makes other bytes. What is stored is read faster too, and
a transfer can be packed by HTTP.
"""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # of the format's calendar
PLAIN_FILE = 0o644 << 16
PIECE = 1 << 18


def write_archive(path: Path, members: Iterable[tuple[str, bytes | Path]]) -> None:
    """Write members, each by its name from bytes or from a file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            with archive.open(_info(name), "w", force_zip64=True) as member:
                if isinstance(content, bytes):
                    member.write(content)
                else:
                    with content.open("rb") as file:
                        shutil.copyfileobj(file, member, PIECE)


def store_archive(source: Path, path: Path) -> None:
    """Write the members of another archive anew, in their order."""
    with zipfile.ZipFile(source) as packed, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for each in packed.infolist():
            with packed.open(each) as file, archive.open(_info(each.filename), "w", force_zip64=True) as member:
                shutil.copyfileobj(file, member, PIECE)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, FIRST_DAY)
    info.create_system = 3  # Unix, also where it is made on another system
    info.external_attr = PLAIN_FILE
    return info
