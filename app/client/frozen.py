"""Files of releases, which never change: a download continues after a break, and its hash is checked."""

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx

from app.client.failures import Busy, Damaged
from app.client.receiver import Receiver, Report
from app.client.server import Server

DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")  # in Repr-Digest (RFC 9530)


def fetch_frozen(
    server: Server, head: httpx.Response, file: IO[bytes], report: Report | None = None, *, text_only: bool = False
) -> None:
    """Complete a file that may have a part of the content, and check its hash. Raises Damaged.

    `head` is the response to HEAD, with the content's ETag, length and SHA-256.
    """
    stated = DIGEST.search(head.headers.get("repr-digest", ""))
    if stated is None:
        raise Damaged(f"{head.url} comes without the SHA-256 that a server states for files of releases")
    total = int(head.headers.get("content-length", 0))
    received = file.seek(0, 2)
    if received > total:
        received = file.truncate(0)
    if received < total:
        receiver = Receiver(file, etag=head.headers.get("etag"), total=total, text_only=text_only, report=report)
        server.fetch(head.url, receiver)
    file.seek(0)
    if hashlib.file_digest(file, "sha256").digest() != base64.b64decode(stated[1]):  # type: ignore[arg-type]
        raise Damaged(f"{head.url} arrived, but its SHA-256 is not the one that the server states. Nothing was saved")


def save_frozen(server: Server, url: httpx.URL, target: Path, report: Report | None = None) -> int:
    """Save a file of a release under a name when it is whole and checked, and return its length.

    If the connection breaks for good, a part file is left beside it, which the next call continues. Its name has a hash
    of the ETag: a part of another content is not continued, but removed. Raises Unreachable, Refused, Damaged, OSError.
    """
    head = server.head(url)
    mark = hashlib.sha256(head.headers.get("etag", "").encode()).hexdigest()[:12]
    with _part_file(server, target, mark) as file:
        fetch_frozen(server, head, file, report)
    return target.stat().st_size


@contextmanager
def _part_file(server: Server, target: Path, mark: str) -> Iterator[IO[bytes]]:
    part = target.with_name(f"{target.name}.{mark}.part")
    # Not through a symbolic link, which somebody else may have put into a folder for all.
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(part, flags, 0o666), "a+b") as file:
        _lock(file, target)
        for other in _parts(target):
            if other != part:
                other.unlink(missing_ok=True)
        try:
            yield file
            os.fsync(file.fileno())
            part.replace(target)
        except (OSError, Damaged):
            part.unlink(missing_ok=True)
            raise
        finally:
            with suppress(FileNotFoundError):
                if size := part.stat().st_size:
                    server.log(f"{part} has {size:,} bytes. The same command continues there")
                else:
                    part.unlink()


def _parts(target: Path) -> Iterator[Path]:
    of_target = re.compile(re.escape(target.name) + r"\.[0-9a-f]{12}\.part")
    return (path for path in target.parent.iterdir() if of_target.fullmatch(path.name))


def _lock(file: IO[bytes], target: Path) -> None:
    """Raise Busy if another process writes the file; on Windows, which has no flock, the hash alone protects it."""
    with suppress(ImportError):
        import fcntl

        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy(f"Another program is downloading {target}") from None
