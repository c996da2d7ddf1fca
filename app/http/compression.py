"""Content codings: which one a client takes, and how a body is put into it, at once or piece by piece."""

import gzip
import zlib
from collections.abc import Callable
from functools import partial
from typing import NamedTuple, Protocol

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

from app.http.limits import MAX_NEGOTIATION_CHARS
from app.http.memo import cached_by_short_text

IDENTITY = "identity"

# What is packed already, and would only cost time.
PACKED = (b"application/vnd.apache.parquet", b"application/vnd.openxmlformats", b"application/zip", b"image/png")


class Coder(Protocol):
    """Takes a body piece by piece."""

    def add(self, piece: bytes) -> bytes:
        """What can be sent after this piece; it may be nothing yet."""

    def end(self) -> bytes:
        """The rest."""


class _Zstd:
    def __init__(self, level: int) -> None:
        self._coder = zstandard.ZstdCompressor(level=level).compressobj()

    def add(self, piece: bytes) -> bytes:
        return self._coder.compress(piece)

    def end(self) -> bytes:
        return self._coder.flush()


class _Brotli:
    def __init__(self, quality: int) -> None:
        self._coder = brotli.Compressor(quality=quality)

    def add(self, piece: bytes) -> bytes:
        return bytes(self._coder.process(piece))

    def end(self) -> bytes:
        return bytes(self._coder.finish())


class _Gzip:
    def __init__(self, level: int) -> None:
        self._coder = zlib.compressobj(level=level, wbits=31)

    def add(self, piece: bytes) -> bytes:
        return self._coder.compress(piece)

    def end(self) -> bytes:
        return self._coder.flush()


class Coding(NamedTuple):
    """A content coding: for a whole body, and for one that is streamed."""

    whole: Callable[[bytes], bytes]
    pieces: Callable[[], Coder]


# Preferred first. At these levels a body that is made on the fly costs least for its size.
CODINGS = {
    "zstd": Coding(lambda body: zstandard.ZstdCompressor(level=3).compress(body), partial(_Zstd, 3)),
    "br": Coding(lambda body: bytes(brotli.compress(body, quality=4)), partial(_Brotli, 4)),
    "gzip": Coding(lambda body: gzip.compress(body, compresslevel=6, mtime=0), partial(_Gzip, 6)),
}


@cached_by_short_text
def choose_coding(accept_encoding: str | None, offered: tuple[str, ...] = tuple(CODINGS)) -> str:
    """The coding on offer that the client likes best; ties go to the one we prefer, and none is the identity."""
    if not accept_encoding or len(accept_encoding) > MAX_NEGOTIATION_CHARS:  # the gateway refuses longer ones
        return IDENTITY
    accepted = parse_accept_header(accept_encoding, Accept)
    best = accepted.best_match([*offered, IDENTITY])
    return best or IDENTITY


def worth_packing(content_type: bytes) -> bool:
    """Whether a body of this type becomes smaller."""
    return not content_type.startswith(PACKED)
