"""A body made while it is sent: short, long, failing, unwanted, and read more slowly than it is made."""

import asyncio
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Generator

import pytest
from starlette.requests import ClientDisconnect

from app.errors import Overloaded
from app.http.stream_buffer import EXPORT_NICENESS, MAX_MEMORY_BYTES, StreamBuffer
from tests.running import HANGS_S

LONG = [bytes([number % 251]) * 70_001 for number in range(40)]


class Made:
    """A body that records its progress and whether it was closed."""

    def __init__(self, pieces: list[bytes], fault_after: int | None = None) -> None:
        self.pieces = pieces
        self.fault_after = fault_after
        self.count = 0
        self.closing = threading.Event()

    @property
    def closed(self) -> bool:
        return self.closing.is_set()

    def __call__(self) -> Generator[bytes]:
        try:
            for number, piece in enumerate(self.pieces):
                if number == self.fault_after:
                    raise OSError("the disk is gone")
                self.count += 1
                yield piece
        finally:
            self.closing.set()


def nothing() -> None:
    """A `stop` for bodies that read no database."""


async def here() -> bool:
    return False


async def all_of(spool: StreamBuffer, pause: float = 0) -> bytes:
    found = b""
    async for piece in spool.follow():
        found += piece
        await asyncio.sleep(pause)
    return found


def test_a_short_body_is_one_piece() -> None:
    made = Made([b"a", b"bc"])
    assert asyncio.run(StreamBuffer(made, nothing).begin(here)) == b"abc"
    assert made.closed


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere priority is the whole process's")
def test_export_threads_have_a_lower_priority() -> None:
    def make() -> Generator[bytes]:
        yield str(os.getpriority(os.PRIO_PROCESS, 0)).encode()  # of this thread alone

    made = asyncio.run(StreamBuffer(make, nothing).begin(here))
    assert int(made or b"") == min(os.getpriority(os.PRIO_PROCESS, 0) + EXPORT_NICENESS, 19)


def test_an_empty_body_is_one_piece_too() -> None:
    assert asyncio.run(StreamBuffer(Made([]), nothing).begin(here)) == b""


@pytest.mark.parametrize("pause", [0, 0.002])
@pytest.mark.parametrize("to_the_end", [False, True])
def test_a_long_body_is_complete(pause: float, to_the_end: bool) -> None:
    async def run() -> bytes:
        spool = StreamBuffer(made, nothing)
        assert await spool.begin(here, to_the_end=to_the_end) is None
        assert not to_the_end or spool.length == sum(map(len, LONG)) > MAX_MEMORY_BYTES
        return await all_of(spool, pause)

    made = Made(LONG)
    assert asyncio.run(run()) == b"".join(LONG)
    assert made.closed


@pytest.mark.parametrize("to_the_end", [False, True])
def test_an_error_before_the_first_bytes_is_raised(to_the_end: bool) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(StreamBuffer(Made(LONG, fault_after=3), nothing).begin(here, to_the_end=to_the_end))


def test_a_later_error_truncates_the_body() -> None:
    async def run() -> None:
        spool = StreamBuffer(Made(LONG, fault_after=30), nothing)
        if await spool.begin(here) is None:
            await all_of(spool)

    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(run())


@pytest.mark.parametrize("pause", [0, 0.002])
def test_a_full_disk_truncates_the_body(pause: float) -> None:
    """As the kernel does: the last write is short, and only the next one fails."""

    async def run() -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_MEMORY_BYTES * 2 + 1000, hard))
        try:
            spool = StreamBuffer(Made(LONG), nothing)
            if await spool.begin(here) is None:
                await all_of(spool, pause)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, before)

    assert sum(map(len, LONG)) > MAX_MEMORY_BYTES * 2 + 1000
    with pytest.raises(OSError, match="File too large"):
        asyncio.run(run())


def test_too_many_exports_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.http.stream_buffer._slots", threading.BoundedSemaphore(1))

    async def run() -> None:
        first = StreamBuffer(Made(LONG * 500), nothing)
        assert await first.begin(here) is None
        with pytest.raises(Overloaded):
            await StreamBuffer(Made(LONG), nothing).begin(here)
        first.abandon()

    asyncio.run(run())


def test_an_abandoned_export_is_not_run() -> None:
    async def run() -> None:
        spool = StreamBuffer(made, nothing)
        assert await spool.begin(here) is None
        async for _ in spool.follow():
            break
        spool.abandon()
        await asyncio.to_thread(made.closing.wait, HANGS_S)

    made = Made(LONG * 200)
    asyncio.run(run())
    assert made.closed
    assert made.count < len(made.pieces)


def test_a_disconnected_client_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a workbook, which has no first bytes before it is complete."""

    async def gone() -> bool:
        return True

    async def run() -> None:
        with pytest.raises(ClientDisconnect):
            await StreamBuffer(made, nothing).begin(gone)
        await asyncio.to_thread(made.closing.wait, HANGS_S)

    class Slow(Made):
        def __call__(self) -> Generator[bytes]:
            for piece in super().__call__():
                time.sleep(0.01)
                yield piece

    monkeypatch.setattr("app.http.stream_buffer.DISCONNECT_CHECK_S", 0.05)
    made = Slow([b""] * 1000)
    asyncio.run(run())
    assert made.closed
    assert made.count < len(made.pieces)
