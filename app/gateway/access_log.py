"""The access log: one line for each request, as JSON or as text for a terminal.

Measured for a cached response, which takes about 30 µs: a line by `logging` costs 7 to 9 µs, by structlog 4.5 to 6, a
write of each line 1.4 to 2.5, and one of MAX_LINES together 0.7. So lines wait for others, for LATENCY_S.
"""

import asyncio
import logging
import os
import select
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Self

import msgspec
from starlette.types import Scope

from app.http.addresses import address_of
from app.http.logs import is_json
from app.settings import LogClient, Settings

LATENCY_S = 0.2  # of a line, at most
MAX_LINES = 8  # of a write. Workers share the file, and of a pipe PIPE_BUF, 4,096 bytes, are written as a whole
MAX_ADDRESSES = 10_000  # whose texts are memoized
MASKED_BITS = {4: 8, 6: 80}  # of an address, by the version of IP; the first 24 or 48 remain

log = logging.getLogger("shanhai")


class Line(msgspec.Struct, gc=False):
    """One request. What is not known is null."""

    time: datetime
    level: str  # WARNING if slow, as `logging` names levels
    request_id: str
    method: str | None
    route: str | None
    status: int | None
    duration_ms: float
    db_ms: float
    rows: int
    bytes: int  # of the body, compressed
    cache_hit: bool
    client: str | None


class AccessLog:
    """Writes the lines of one process to a file descriptor. Belongs to one event loop."""

    def __init__(
        self,
        file: int,
        *,
        slow_ms: float,
        only_slow: bool = False,
        as_json: bool = True,
        client: LogClient = "masked",
        trust_proxy: bool = False,
    ) -> None:
        self._file = file
        self._slow_s = slow_ms / 1000
        self._only_slow = only_slow
        self._encode: Callable[[Sequence[Line]], bytes] = msgspec.json.Encoder().encode_lines if as_json else _as_text
        self._client = client
        self._trust_proxy = trust_proxy
        self._lines: list[Line] = []
        self._timer: asyncio.TimerHandle | None = None
        self._lost = 0  # lines since the last that was written
        self._poll = select.poll()
        self._poll.register(file, select.POLLOUT)

    @classmethod
    def of(cls, settings: Settings, file: int) -> Self | None:
        """Return the access log that the operator wants, None if none."""
        if settings.access_log == "off":
            return None
        return cls(
            file,
            slow_ms=settings.slow_ms,
            only_slow=settings.access_log == "slow",
            as_json=is_json(settings, file),
            client=settings.log_client,
            trust_proxy=settings.trust_proxy,
        )

    def add(
        self,
        scope: Scope,
        wait_s: float,
        duration_s: float,
        request_id: str,
        route: str | None,
        status: int | None,
        size: int,
        is_cached: bool = False,
        database_s: float = 0.0,
        rows: int = 0,
    ) -> None:
        """Add the line of a response that started after `wait_s`. A download that takes long is its client's doing."""
        is_slow = wait_s >= self._slow_s
        if self._only_slow and not is_slow:
            return
        line = Line(
            datetime.now(UTC),
            "WARNING" if is_slow else "INFO",
            request_id,
            scope["method"],
            route,
            status,
            int(duration_s * 1_000_000) / 1000,
            int(database_s * 1_000_000) / 1000 if database_s else 0.0,
            rows,
            size,
            is_cached,
            self._client_of(scope),
        )
        self._lines.append(line)
        if len(self._lines) >= MAX_LINES:
            self._write()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(LATENCY_S, self.flush)

    def flush(self) -> None:
        """Write what is buffered."""
        self._timer = None
        if self._lines:
            self._write()

    def _write(self) -> None:
        """Write the lines, or leave them out if that would block: a stuck reader must not stop the service."""
        try:
            is_written = bool(self._poll.poll(0)) and os.write(self._file, self._encode(self._lines)) > 0
        except OSError:  # the reader is gone, or the disk full
            is_written = False
        if not is_written:
            self._lost += len(self._lines)
        elif self._lost:
            lost, self._lost = self._lost, 0
            log.warning("%d lines of the access log are missing here, since nothing read them.", lost)
        self._lines.clear()

    def _client_of(self, scope: Scope) -> str | None:
        if self._trust_proxy:
            return shown(address_of(scope, trust_proxy=True), self._client)
        client = scope["client"]
        return shown(client[0], self._client) if client else None


@lru_cache(MAX_ADDRESSES)
def shown(address: str, form: LogClient) -> str | None:
    """Return a client's address as the log has it: that of its network if masked. None for what is no address."""
    try:
        ip = ip_address(address)
    except ValueError:  # of a Unix socket, or what a proxy was given
        return None
    if form == "none":
        return None
    ip = ip.ipv4_mapped or ip if isinstance(ip, IPv6Address) else ip
    bits = MASKED_BITS[ip.version] if form == "masked" else 0
    return str(type(ip)(int(ip) >> bits << bits))


def _as_text(lines: Sequence[Line]) -> bytes:
    return "".join(map(_text_of, lines)).encode()


def _text_of(line: Line) -> str:
    slow = "slow: " if line.level == "WARNING" else ""
    origin = "cached" if line.cache_hit else f"database {line.db_ms:.1f} ms, {line.rows:,} rows"
    request = f"{line.method or '-'} {line.route or '-'} {line.status or '-'}"
    measures = f"{line.duration_ms:.1f} ms ({origin}), {line.bytes:,} bytes"
    return f"{line.time:%H:%M:%S} {slow}{request} {measures} {line.client or '-'} {line.request_id}\n"
