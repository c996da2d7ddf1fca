"""Bodies that are sent in pieces."""

import os
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path

from anyio import move_on_after, to_thread
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from app.http.limits import STALL_TIMEOUT_S

PIECE_BYTES = 1 << 18
ABORT_KEY = "shanhai.abort"  # of the function in a scope that ends the connection at once and logs a line


class ClientTooSlow(Exception):
    """The client took nothing for too long, or not everything in time."""

    def __init__(self, line: str, limit: str) -> None:
        super().__init__(line)
        self.limit = limit


class Stream(StreamingResponse):
    """A streaming response that gives up on a client that stalls or takes too long; it may know its length in bytes.

    `abandon` releases what the body holds. It is called when the body is sent, or not wanted. `limit` names the setting
    behind `timeout_s` for the log.
    """

    def __init__(
        self,
        pieces: AsyncIterator[bytes | memoryview],
        headers: Mapping[str, str],
        media_type: str,
        *,
        length: int | None = None,
        timeout_s: float | None = None,
        limit: str = "",
        abandon: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(pieces, headers=headers, media_type=media_type)
        self.timeout_s = timeout_s
        self.limit = limit
        self.abandon = abandon
        if length is not None:
            self.headers["Content-Length"] = str(length)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the response, and release what the body holds, whatever happens."""
        try:
            await super().__call__(scope, receive, send)
        except ClientTooSlow as error:
            # The server would close the connection only after its client has read what was sent.
            if not (abort := scope.get(ABORT_KEY)):
                raise
            abort(f"{error} ({error.limit})", error.limit)
        finally:
            self.abandon()

    async def stream_response(self, send: Send) -> None:
        """Send every piece. Raises ClientTooSlow."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with move_on_after(self.timeout_s) as whole:
            async for piece in self.body_iterator:
                with move_on_after(STALL_TIMEOUT_S) as one:
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
                if one.cancelled_caught:
                    limit = f"{STALL_TIMEOUT_S:g} seconds for one piece"
                    raise ClientTooSlow("A response was cut short, since its client took nothing more.", limit)
        if whole.cancelled_caught:
            raise ClientTooSlow("A response was cut short, since sending it took too long.", self.limit)
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
