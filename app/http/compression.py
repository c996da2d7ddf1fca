"""Content codings: which one a client takes, and how a finished body is put into it."""

import gzip
from collections.abc import Callable
from functools import lru_cache

import brotli
import zstandard
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

IDENTITY = "identity"

# Preferred first. The levels are those where a body made on the fly costs least for its size.
CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "zstd": lambda body: zstandard.ZstdCompressor(level=3).compress(body),
    "br": lambda body: bytes(brotli.compress(body, quality=4)),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


@lru_cache(1024)
def choose_coding(accept_encoding: str | None) -> str:
    """The coding that the client likes best; ties go to the one we prefer."""
    if not accept_encoding:
        return IDENTITY
    accepted = parse_accept_header(accept_encoding, Accept)
    best = accepted.best_match([*CODINGS, IDENTITY])
    return best or IDENTITY


def compress(coding: str, body: bytes) -> bytes:
    """`body` in that coding."""
    return body if coding == IDENTITY else CODINGS[coding](body)
