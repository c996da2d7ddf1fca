"""Bodies as they go over the wire, and what they are when they are unpacked."""

import gzip
from typing import Any

import brotli
import zstandard
from starlette.testclient import TestClient

DECODE = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
}


def raw(client: TestClient, path: str, **headers: str) -> tuple[Any, bytes]:
    """A response and its body as it went over the wire."""
    with client.stream("GET", path, headers={"Accept-Encoding": "identity", **headers}) as response:
        return response, b"".join(response.iter_raw())
