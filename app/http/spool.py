"""Bodies that are made while they are sent: by a thread at its own pace, kept aside until the client takes them.

A snapshot of the database is then held only as long as reading takes, however slow the client is; memory stays flat,
since what waits lies in a file without a name; and whatever fails before the first bytes are sent is still a problem
document.
"""

import asyncio
import os
import tempfile
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from starlette.requests import ClientDisconnect

WHOLE = 1 << 20  # bytes; what is no longer than this is sent as one message, with its length
PIECE = 1 << 18
PAUSE = 0.01  # seconds until a sender that has caught up looks again
PATIENCE = 1.0  # seconds until one that has nothing to send yet looks whether anybody still waits

_makers = ThreadPoolExecutor(4, "export")  # more exports than this wait for their turn


class Spool:
    """A body in the making."""

    def __init__(self, make: Callable[[], Iterator[bytes]]) -> None:
        self._make = make
        self._file = tempfile.SpooledTemporaryFile(WHOLE, buffering=0)  # noqa: SIM115 - closed by who is last
        self._size = 0
        self._done = threading.Event()
        self._unwanted = threading.Event()
        self._error: BaseException | None = None

    async def begin(self, gone: Callable[[], Awaitable[bool]], *, to_the_end: bool = False) -> bytes | None:
        """Begin to make it; return the whole of a short one, None for one that is to be followed.

        Waits until something can be sent, or `to_the_end`. Raises what went wrong until then, and ClientDisconnect
        where the client is `gone`.
        """
        loop, ready = asyncio.get_running_loop(), asyncio.Event()

        def announce() -> None:
            loop.call_soon_threadsafe(ready.set)

        loop.run_in_executor(_makers, self._run, announce, to_the_end)
        while not ready.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(ready.wait(), PATIENCE)
            if not ready.is_set() and await gone():
                self.abandon()
                raise ClientDisconnect
        if not self._done.is_set():
            return None
        if self._error:
            self.abandon()
            raise self._error
        if self._size > WHOLE:
            return None
        self._file.seek(0)
        with self._file:
            return self._file.read()

    @property
    def length(self) -> int | None:
        """How many bytes it has, where all of it is there."""
        return self._size if self._done.is_set() else None

    def abandon(self) -> None:
        """Nobody wants the rest."""
        self._unwanted.set()
        if self._done.is_set():
            self._file.close()

    async def follow(self) -> AsyncIterator[bytes]:
        """Every piece as it comes. Raises what went wrong, which cuts the body short so that the client sees it."""
        sent = 0
        try:
            while True:
                done = self._done.is_set()  # asked before reading: what is read after it is all there is
                if piece := os.pread(self._file.fileno(), PIECE, sent):
                    sent += len(piece)
                    yield piece
                elif not done:
                    await asyncio.sleep(PAUSE)
                elif self._error:
                    raise self._error
                else:
                    return
        finally:
            self.abandon()

    def _run(self, announce: Callable[[], None], to_the_end: bool) -> None:
        pieces = self._make()
        announced = to_the_end
        try:
            for piece in pieces:
                if self._unwanted.is_set():
                    return
                self._file.write(piece)
                self._size += len(piece)
                if not announced and self._size > WHOLE:
                    announced = True
                    announce()
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits for the bytes
            self._error = error
        finally:
            pieces.close()  # type: ignore[attr-defined] # a generator: the snapshot that it holds is given back
            self._done.set()
            announce()
            if self._unwanted.is_set():
                self._file.close()
