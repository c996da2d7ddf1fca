"""A bare ASGI callable that sends one file, in pieces."""

import os
from pathlib import Path
from typing import Any

FILE = Path(os.environ["BENCH_FILE"])
SIZE = FILE.stat().st_size
PIECE = 1 << 20  # bytes


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """Send the file for every path."""
    if scope["type"] == "http":
        length = str(SIZE).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
        with FILE.open("rb") as file:  # noqa: ASYNC230 # one request at a time
            while piece := file.read(PIECE):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
