"""Bodies that are sent piece by piece, and spared whoever asks for the head alone."""

import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

from anyio import fail_after, to_thread
from starlette.responses import StreamingResponse
from starlette.types import Send

PIECE = 1 << 18  # bytes
STALL = 60  # seconds in which a client must take a piece, or what waits for it would wait for ever


class Stream(StreamingResponse):
    """A body in pieces; with `head`, none of it is sent, and nothing is said of its length unless it is known."""

    def __init__(
        self,
        pieces: AsyncIterator[bytes | memoryview],
        headers: Mapping[str, str],
        media_type: str,
        *,
        head: bool,
        length: int | None = None,
        status: int = 200,
    ) -> None:
        super().__init__(pieces, status, headers, media_type)
        if length is not None:
            self.headers["Content-Length"] = str(length)
        self._head = head

    async def stream_response(self, send: Send) -> None:
        """Send the head, and the pieces where they are wanted."""
        if not self._head:
            await self._send_all(send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        # Said in two messages: one alone would be taken for a whole body, with nothing in it.
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _send_all(self, send: Send) -> None:
        """Send every piece. Raises TimeoutError where the client takes none of them for too long."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for piece in self.body_iterator:
            with fail_after(STALL):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def pieces_of(path: Path, start: int, stop: int) -> AsyncIterator[memoryview]:
    """The bytes of a file from `start` to before `stop`.

    What the system holds in memory is taken at once; for the rest a thread waits, so that nobody else has to.
    """
    with path.open("rb", buffering=0) as file:
        while start < stop:
            room = memoryview(bytearray(min(PIECE, stop - start)))
            read = _held(file.fileno(), room, start) or await to_thread.run_sync(
                os.preadv, file.fileno(), [room], start
            )
            if not read:
                return  # it is shorter than it was: the client sees that something is missing
            start += read
            yield room[:read]


def _held(file: int, room: memoryview, start: int) -> int:
    """Read what can be had without waiting, if the system tells; 0 is nothing."""
    try:
        return os.preadv(file, [room], start, os.RWF_NOWAIT)
    except (AttributeError, OSError):  # another system, or a disk that would have to be asked
        return 0
