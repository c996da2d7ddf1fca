"""Reproducible zip archives: fixed order, fixed timestamps, members stored uncompressed.

Deflated bytes depend on the version of zlib. HTTP compresses the transfer where a client accepts it.
"""

import shutil
import zipfile
from collections.abc import Iterable
from pathlib import Path

FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # the earliest that the format can express
MODE = 0o644 << 16
COPY_BYTES = 1 << 18


def write_archive(path: Path, members: Iterable[tuple[str, bytes | Path]]) -> None:
    """Write members by name, each from bytes or from a file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            with archive.open(_info(name), "w", force_zip64=True) as member:
                if isinstance(content, bytes):
                    member.write(content)
                else:
                    with content.open("rb") as file:
                        shutil.copyfileobj(file, member, COPY_BYTES)


def store_archive(source: Path, path: Path) -> None:
    """Copy an archive with its members uncompressed, in their order."""
    with zipfile.ZipFile(source) as compressed, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for each in compressed.infolist():
            with compressed.open(each) as file, archive.open(_info(each.filename), "w", force_zip64=True) as member:
                shutil.copyfileobj(file, member, COPY_BYTES)


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, FIRST_DAY)
    info.create_system = 3  # Unix, on every system
    info.external_attr = MODE
    return info
