"""Bodies that are made while they are sent: by a thread at its own pace, kept aside until the client takes them.

A snapshot of the database is then held only as long as reading takes, however slow the client is; memory stays flat,
since what waits lies in a file without a name; and whatever fails before the first bytes are sent is still a problem
document.
"""

import asyncio
import os
import sys
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO

from starlette.requests import ClientDisconnect

from app.errors import Overloaded

WHOLE = 1 << 20  # bytes; what is no longer than this is sent as one message, with its length
PIECE = 1 << 18
PAUSE = 0.01  # seconds until a sender that has caught up looks again
PATIENCE = 1.0  # seconds until one that has nothing to send yet looks whether anybody still waits
MAKERS = 8  # bodies that are made at once
MOST = 64  # bodies that are made, or wait for it
BEHIND = 10  # steps of priority by which those who make them stand behind those who answer


def _stand_back() -> None:
    """Let whoever answers shortly go first; elsewhere than on Linux this would hold for the whole process."""
    if sys.platform == "linux":
        os.nice(BEHIND)


_makers = ThreadPoolExecutor(MAKERS, "export", initializer=_stand_back)
_places = threading.BoundedSemaphore(MOST)


class StreamBuffer:
    """A body in the making. `stop` is called, from another thread, where nobody wants it any more."""

    def __init__(self, make: Callable[[], Generator[bytes]], stop: Callable[[], None]) -> None:
        self._make = make
        self._stop = stop
        self._short: list[bytes] = []  # while it is short
        self._file: IO[bytes] | None = None  # when it is long
        self._size = 0
        self._done = threading.Event()
        self._unwanted = threading.Event()
        self._error: BaseException | None = None

    async def begin(self, gone: Callable[[], Awaitable[bool]], *, to_the_end: bool = False) -> bytes | None:
        """Begin to make it; return the whole of a short one, None for one that is to be followed.

        Waits until something can be sent, or `to_the_end`. Raises what went wrong until then, Overloaded where too many
        are being made already, and ClientDisconnect where the client is `gone`.
        """
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        if not _places.acquire(blocking=False):
            raise Overloaded("too many files are being made just now; ask again a little later")

        def announce() -> None:
            with suppress(RuntimeError):  # the loop has ended, and whoever waited with it
                loop.call_soon_threadsafe(ready.set)

        made: Future[None] = _makers.submit(self._run, announce, to_the_end)
        made.add_done_callback(lambda _: _places.release())
        try:
            await _wait_for(ready, gone)
        except BaseException:
            made.cancel()
            self.abandon()
            raise
        if self._done.is_set() and self._error:
            self.abandon()
            raise self._error
        return None if self._file else b"".join(self._short)

    @property
    def length(self) -> int | None:
        """How many bytes it has, where all of it is there."""
        return self._size if self._done.is_set() else None

    def abandon(self) -> None:
        """Nobody wants the rest."""
        self._unwanted.set()
        if self._done.is_set():
            self._close()
        else:
            self._stop()

    async def follow(self) -> AsyncIterator[bytes]:
        """Every piece as it comes. Raises what went wrong, which cuts the body short so that the client sees it."""
        sent = 0
        try:
            while True:
                done = self._done.is_set()  # asked before reading: what is read after it is all there is
                if self._file and (piece := os.pread(self._file.fileno(), PIECE, sent)):
                    sent += len(piece)
                    yield piece
                elif not done:
                    await asyncio.sleep(PAUSE)
                elif self._error:
                    raise self._error
                elif sent != self._size:
                    raise OSError(f"{self._size} bytes were made and {sent} are there")
                else:
                    return
        finally:
            self.abandon()

    def _run(self, announce: Callable[[], None], to_the_end: bool) -> None:
        announced = to_the_end
        pieces = self._make()
        try:
            while not self._unwanted.is_set() and (piece := next(pieces, None)) is not None:
                self._keep(piece)
                if not announced and self._file:
                    announced = True
                    announce()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the bytes
            self._error = error
        finally:
            pieces.close()  # the snapshot that it holds is given back
            self._done.set()
            announce()
            if self._unwanted.is_set():
                self._close()

    def _keep(self, piece: bytes) -> None:
        self._size += len(piece)
        self._short.append(piece)
        if self._size > WHOLE:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - closed by who is last
            kept, self._short = memoryview(b"".join(self._short)), []
            while kept:  # a disk that is nearly full takes less than it is given, and only then says that it is full
                kept = kept[self._file.write(kept) :]

    def _close(self) -> None:
        if self._file:
            self._file.close()


async def _wait_for(ready: asyncio.Event, gone: Callable[[], Awaitable[bool]]) -> None:
    """Raises ClientDisconnect where nobody waits any more."""
    while not ready.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(ready.wait(), PATIENCE)
        if not ready.is_set() and await gone():
            raise ClientDisconnect
