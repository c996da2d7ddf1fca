"""Content codings: which one a client takes, and how a body is put into it, at once or piece by piece."""

import gzip
import zlib
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, Protocol

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

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
    def __init__(self) -> None:
        self._coder = zstandard.ZstdCompressor(level=3).compressobj()

    def add(self, piece: bytes) -> bytes:
        return self._coder.compress(piece)

    def end(self) -> bytes:
        return self._coder.flush()


class _Brotli:
    def __init__(self) -> None:
        self._coder = brotli.Compressor(quality=4)

    def add(self, piece: bytes) -> bytes:
        return bytes(self._coder.process(piece))

    def end(self) -> bytes:
        return bytes(self._coder.finish())


class _Gzip:
    def __init__(self) -> None:
        self._coder = zlib.compressobj(level=6, wbits=31)

    def add(self, piece: bytes) -> bytes:
        return self._coder.compress(piece)

    def end(self) -> bytes:
        return self._coder.flush()


class Coding(NamedTuple):
    """A content coding, for a whole body and for one that comes in pieces."""

    whole: Callable[[bytes], bytes]
    pieces: Callable[[], Coder]


# Preferred first. The levels are those where a body made on the fly costs least for its size.
CODINGS = {
    "zstd": Coding(lambda body: zstandard.ZstdCompressor(level=3).compress(body), _Zstd),
    "br": Coding(lambda body: bytes(brotli.compress(body, quality=4)), _Brotli),
    "gzip": Coding(lambda body: gzip.compress(body, compresslevel=6, mtime=0), _Gzip),
}


@lru_cache(1024)
def choose_coding(accept_encoding: str | None) -> str:
    """The coding that the client likes best; ties go to the one we prefer."""
    if not accept_encoding:
        return IDENTITY
    accepted = parse_accept_header(accept_encoding, Accept)
    best = accepted.best_match([*CODINGS, IDENTITY])
    return best or IDENTITY


def worth_packing(content_type: bytes) -> bool:
    """Whether a body of this type becomes smaller."""
    return not content_type.startswith(PACKED)
