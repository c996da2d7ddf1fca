"""A body made while it is sent: short, long, failing, unwanted, and read more slowly than it is made."""

import asyncio
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator

import pytest
from starlette.requests import ClientDisconnect

from app.errors import Overloaded
from app.http.export_places import EXPORT_NICENESS, ExportPlaces
from app.http.stream_buffer import MAX_MEMORY_BYTES, StreamBuffer
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


async def gone() -> bool:
    return True


def buffer_of(
    encode: Callable[[], Generator[bytes]], places: ExportPlaces | None = None, client: str = "a"
) -> StreamBuffer:
    return StreamBuffer(encode, nothing, places or ExportPlaces(), client)


async def all_of(spool: StreamBuffer, pause: float = 0) -> bytes:
    found = b""
    async for piece in spool.follow():
        found += piece
        await asyncio.sleep(pause)
    return found


def test_a_short_body_is_one_piece() -> None:
    made = Made([b"a", b"bc"])
    assert asyncio.run(buffer_of(made).begin(here)) == b"abc"
    assert made.closed


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere priority is the whole process's")
def test_export_threads_have_a_lower_priority() -> None:
    def make() -> Generator[bytes]:
        yield str(os.getpriority(os.PRIO_PROCESS, 0)).encode()  # of this thread alone

    made = asyncio.run(buffer_of(make).begin(here))
    assert int(made or b"") == min(os.getpriority(os.PRIO_PROCESS, 0) + EXPORT_NICENESS, 19)


def test_an_empty_body_is_one_piece_too() -> None:
    assert asyncio.run(buffer_of(Made([])).begin(here)) == b""


@pytest.mark.parametrize("pause", [0, 0.002])
@pytest.mark.parametrize("to_the_end", [False, True])
def test_a_long_body_is_complete(pause: float, to_the_end: bool) -> None:
    async def run() -> bytes:
        spool = buffer_of(made)
        assert await spool.begin(here, to_the_end=to_the_end) is None
        assert not to_the_end or spool.length == sum(map(len, LONG)) > MAX_MEMORY_BYTES
        return await all_of(spool, pause)

    made = Made(LONG)
    assert asyncio.run(run()) == b"".join(LONG)
    assert made.closed


@pytest.mark.parametrize("to_the_end", [False, True])
def test_an_error_before_the_first_bytes_is_raised(to_the_end: bool) -> None:
    with pytest.raises(OSError, match="the disk is gone"):
        asyncio.run(buffer_of(Made(LONG, fault_after=3)).begin(here, to_the_end=to_the_end))


def test_a_later_error_truncates_the_body() -> None:
    async def run() -> None:
        spool = buffer_of(Made(LONG, fault_after=30))
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
            spool = buffer_of(Made(LONG))
            if await spool.begin(here) is None:
                await all_of(spool, pause)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
            signal.signal(signal.SIGXFSZ, before)

    assert sum(map(len, LONG)) > MAX_MEMORY_BYTES * 2 + 1000
    with pytest.raises(OSError, match="File too large"):
        asyncio.run(run())


def test_an_abandoned_export_is_not_run() -> None:
    async def run() -> None:
        spool = buffer_of(made)
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

    async def run() -> None:
        with pytest.raises(ClientDisconnect):
            await buffer_of(made).begin(gone)
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


class Held:
    """A body that goes on when the test says so."""

    def __init__(self, pieces: list[bytes] = [b"body"]) -> None:  # noqa: B006 - is not changed
        self.pieces = pieces
        self.started = threading.Event()
        self.released = threading.Event()

    def __call__(self) -> Generator[bytes]:
        self.started.set()
        assert self.released.wait(HANGS_S)
        yield from self.pieces


@pytest.mark.parametrize(
    ("bound", "value", "timeout_s", "said"),
    [
        ("app.http.stream_buffer.MAX_WAIT_S", 0, HANGS_S, "No thread became free"),
        ("app.http.stream_buffer.MAX_WAIT_S", HANGS_S, 0, "took longer"),
    ],
)
def test_an_export_that_waits_too_long_is_refused(
    monkeypatch: pytest.MonkeyPatch, bound: str, value: float, timeout_s: float, said: str
) -> None:
    monkeypatch.setattr("app.http.stream_buffer.DISCONNECT_CHECK_S", 0.01)
    monkeypatch.setattr("app.http.export_places.CLIENT_THREADS", 1)
    monkeypatch.setattr(bound, value)
    places, first, second = ExportPlaces(), Held(), Held()

    async def run() -> None:
        running = asyncio.create_task(buffer_of(first, places).begin(here))
        await asyncio.to_thread(first.started.wait, HANGS_S)
        with pytest.raises(Overloaded, match=said):
            await buffer_of(second, places).begin(here, timeout_s)
        first.released.set()
        assert await running == b"body"

    asyncio.run(run())
    assert not second.started.is_set()


@pytest.mark.parametrize("reason", ["disconnected", "cancelled"])
def test_who_goes_while_waiting_leaves_the_queue(monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    monkeypatch.setattr("app.http.stream_buffer.DISCONNECT_CHECK_S", 0.01)
    monkeypatch.setattr("app.http.export_places.CLIENT_THREADS", 1)
    monkeypatch.setattr("app.http.export_places.CLIENT_WAITING", 1)
    places, first, second, third = ExportPlaces(), Held(), Held(), Held()
    third.released.set()

    async def run() -> None:
        running = asyncio.create_task(buffer_of(first, places).begin(here))
        await asyncio.to_thread(first.started.wait, HANGS_S)
        waiting = asyncio.create_task(buffer_of(second, places).begin(gone if reason == "disconnected" else here))
        await asyncio.sleep(0)
        with pytest.raises(Overloaded):
            await buffer_of(third, places).begin(here)
        if reason == "cancelled":
            waiting.cancel()
        with pytest.raises(ClientDisconnect if reason == "disconnected" else asyncio.CancelledError):
            await waiting
        last = asyncio.create_task(buffer_of(third, places).begin(here))
        await asyncio.sleep(0)
        first.released.set()
        assert await running == await last == b"body"

    asyncio.run(run())
    assert not second.started.is_set()


def test_a_file_holds_its_place_until_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.http.export_places.CLIENT_PLACES", 1)
    places, second = ExportPlaces(), Held()
    second.released.set()

    async def run() -> None:
        unread = buffer_of(Made(LONG), places)
        assert await unread.begin(here, to_the_end=True) is None
        waiting = asyncio.create_task(buffer_of(second, places).begin(here))
        assert await buffer_of(Made([b"of another"]), places, "b").begin(here) == b"of another"
        assert not second.started.is_set()
        assert await all_of(unread) == b"".join(LONG)
        assert await waiting == b"body"

    asyncio.run(run())
