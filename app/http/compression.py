"""Content codings: which one a client prefers, and how to encode a whole body or a stream."""

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

# Compressed already: another coding would only cost time.
COMPRESSED_TYPES = (
    "application/vnd.apache.parquet",
    "application/vnd.openxmlformats",
    "application/zip",
    "image/png",
)


class Coder(Protocol):
    """Encodes a stream, piece by piece."""

    def add(self, piece: bytes) -> bytes:
        """Encode a piece; return what can be sent so far, which may be empty."""

    def end(self) -> bytes:
        """Return the rest."""


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
        return bytes(self._coder.process(bytes(piece)))

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
    """A content coding: for whole bodies, for streams, and for bodies that are compressed once and sent often."""

    whole: Callable[[bytes], bytes]
    stream: Callable[[], Coder]
    smallest: Callable[[bytes], bytes]


# Preferred first. `whole` and `stream` have the levels that cost least for their size; `smallest` takes 0.3 s per MB.
CODINGS = {
    "zstd": Coding(
        lambda body: zstandard.ZstdCompressor(level=3).compress(body),
        _Zstd,
        lambda body: zstandard.ZstdCompressor(level=19).compress(body),
    ),
    "br": Coding(
        lambda body: bytes(brotli.compress(body, quality=4)),
        _Brotli,
        lambda body: bytes(brotli.compress(body, quality=9)),
    ),
    "gzip": Coding(
        partial(gzip.compress, compresslevel=6, mtime=0), _Gzip, partial(gzip.compress, compresslevel=9, mtime=0)
    ),
}


@cached_by_short_text
def choose_coding(accept_encoding: str | None) -> str:
    """Return the coding that the client prefers, ours among equals; identity if it accepts no other."""
    if not accept_encoding or len(accept_encoding) > MAX_NEGOTIATION_CHARS:  # the gateway refuses longer ones
        return IDENTITY
    accepted = parse_accept_header(accept_encoding, Accept)
    return accepted.best_match([*CODINGS, IDENTITY]) or IDENTITY


def is_compressible(media_type: str) -> bool:
    """Return whether a body of this type becomes smaller."""
    return not media_type.startswith(COMPRESSED_TYPES)
