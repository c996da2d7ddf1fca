"""A body that an export thread writes at its own pace, buffered for a client that reads at its own.

The thread's database snapshot lasts only as long as encoding takes, however slow the client is. Memory stays flat,
since what waits is in an unnamed file. What fails before the first bytes are sent is still a problem document.
"""

import asyncio
import math
import os
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import IO

from starlette.requests import ClientDisconnect

from app.errors import Overloaded
from app.http.export_places import RETRY, ExportPlaces, Place

MAX_MEMORY_BYTES = 1 << 20  # of a body; a shorter one is sent as one message, with its length
PIECE_BYTES = 1 << 18
POLL_S = 0.01  # between two reads of a client that has caught up with the thread
DISCONNECT_CHECK_S = 1.0
MAX_WAIT_S = 30.0  # for a thread


class StreamBuffer:
    """A body that `encode` yields. `stop` interrupts it, from another thread, when the client is gone."""

    def __init__(
        self, encode: Callable[[], Generator[bytes]], stop: Callable[[], None], places: ExportPlaces, client: str
    ) -> None:
        self._encode = encode
        self._stop = stop
        self._places = places
        self._client = client
        self._place: Place | None = None
        self._memory: list[bytes] = []  # of a short body
        self._file: IO[bytes] | None = None  # of a long one
        self._size = 0
        self._done = threading.Event()
        self._abandoned = threading.Event()
        self._error: BaseException | None = None

    async def begin(
        self,
        is_disconnected: Callable[[], Awaitable[bool]],
        timeout_s: float = math.inf,
        *,
        to_the_end: bool = False,
    ) -> bytes | None:
        """Encode when it is this client's turn; return the whole of a short body, None for one to `follow`.

        Waits until something can be sent, or `to_the_end`. Raises what fails until then, Overloaded if the client has
        too many exports or this one takes longer than `timeout_s`, and ClientDisconnect.
        """
        loop, ready = asyncio.get_running_loop(), asyncio.Event()

        def announce() -> None:
            with suppress(RuntimeError):  # the event loop has ended
                loop.call_soon_threadsafe(ready.set)

        self._place = self._places.enter(self._client, partial(copy_context().run, self._run, announce, to_the_end))
        try:
            await self._wait(ready, self._place, is_disconnected, timeout_s)
        except BaseException:
            self.abandon()
            raise
        if self._done.is_set() and self._error:
            self.abandon()
            raise self._error
        if self._file:
            return None
        self.abandon()
        return b"".join(self._memory)

    @property
    def length(self) -> int | None:
        """The number of bytes, if encoding is done."""
        return self._size if self._done.is_set() else None

    def abandon(self) -> None:
        """Stop encoding; release the file and the place."""
        self._abandoned.set()
        if self._place:
            self._places.leave(self._place)
        if self._done.is_set():
            self._close()
        else:
            self._stop()

    async def follow(self) -> AsyncIterator[bytes]:
        """Yield every piece. Raises what failed, which truncates the body so that the client notices."""
        sent = 0
        try:
            while True:
                done = self._done.is_set()  # before reading: what is read after it is complete
                if self._file and (piece := os.pread(self._file.fileno(), PIECE_BYTES, sent)):
                    sent += len(piece)
                    yield piece
                elif not done:
                    await asyncio.sleep(POLL_S)
                elif self._error:
                    raise self._error
                elif sent != self._size:
                    raise OSError(f"{self._size} bytes were written and {sent} read back")
                else:
                    return
        finally:
            self.abandon()

    def _run(self, announce: Callable[[], None], to_the_end: bool) -> None:
        announced = to_the_end
        pieces = self._encode()
        try:
            while not self._abandoned.is_set() and (piece := next(pieces, None)) is not None:
                self._append(piece)
                if not announced and self._file:
                    announced = True
                    announce()
        except BaseException as error:  # noqa: BLE001 - `begin` or `follow` raises it
            self._error = error
        finally:
            pieces.close()  # ends its snapshot
            self._done.set()
            announce()
            if self._abandoned.is_set():
                self._close()

    async def _wait(
        self, ready: asyncio.Event, place: Place, is_disconnected: Callable[[], Awaitable[bool]], timeout_s: float
    ) -> None:
        began_at = time.monotonic()
        while not ready.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ready.wait(), DISCONNECT_CHECK_S)
                return
            if await is_disconnected():
                raise ClientDisconnect
            waited_s = time.monotonic() - began_at
            if place.is_waiting and waited_s >= MAX_WAIT_S:
                limit = f"{MAX_WAIT_S:g} seconds of waiting for an export thread"
                raise Overloaded(f"No thread became free within {MAX_WAIT_S:g} seconds. {RETRY}", limit=limit)
            if waited_s >= timeout_s:
                detail = f"The export took longer than {timeout_s:g} seconds. Ask for fewer records."
                raise Overloaded(detail, limit=f"SHANHAI_EXPORT_TIMEOUT_S={timeout_s:g}")

    def _append(self, piece: bytes) -> None:
        self._size += len(piece)
        self._memory.append(piece)
        if self._size > MAX_MEMORY_BYTES:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - `_close` closes it
            left, self._memory = memoryview(b"".join(self._memory)), []
            while left:  # a disk that is nearly full writes a part, and reports the error at the next write
                left = left[self._file.write(left) :]

    def _close(self) -> None:
        if self._file:
            self._file.close()
