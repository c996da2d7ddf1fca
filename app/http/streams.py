"""Bodies that are sent in pieces."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from anyio import fail_after, to_thread
from starlette.responses import StreamingResponse
from starlette.types import Send

PIECE_BYTES = 1 << 18
STALL_TIMEOUT_S = 60  # for one piece; a client that takes none for so long is gone


class Stream(StreamingResponse):
    """A streaming response that gives up on a stalled client and may know its length in bytes.

    `abandon` stops what writes the body, for a response that is not sent.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes | memoryview],
        headers: Mapping[str, str],
        media_type: str,
        *,
        length: int | None = None,
        abandon: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(pieces, headers=headers, media_type=media_type)
        self.abandon = abandon
        if length is not None:
            self.headers["Content-Length"] = str(length)

    async def stream_response(self, send: Send) -> None:
        """Send every piece. Raises TimeoutError if the client stalls."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for piece in self.body_iterator:
            with fail_after(STALL_TIMEOUT_S):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def read_file(path: Path, start: int, stop: int) -> AsyncIterator[memoryview]:
    """Yield the bytes `[start:stop]` of a file; a thread reads what is not in the page cache."""
    with path.open("rb", buffering=0) as file:
        while start < stop:
            buffer = memoryview(bytearray(min(PIECE_BYTES, stop - start)))
            length = _read_cached(file.fileno(), buffer, start) or await to_thread.run_sync(
                os.preadv, file.fileno(), [buffer], start
            )
            if not length:
                return  # the file was truncated: the client misses bytes of Content-Length, and notices
            start += length
            yield buffer[:length]


def _read_cached(file: int, buffer: memoryview, start: int) -> int:
    """Read from the page cache without blocking; return the number of bytes, 0 if the disk would have to be read."""
    try:
        return os.preadv(file, [buffer], start, os.RWF_NOWAIT)
    except (AttributeError, OSError):  # not Linux, or not in the page cache
        return 0
