"""The access log: one line for each request, as JSON or as text for a terminal.

Measured for a cached response, which takes about 30 µs: a line by `logging` costs 7 to 9 µs, by structlog 4.5 to 6, a
write of each line 1.4 to 2.5, and one of many lines that are made together 0.7.
"""

import logging
import os
import select
import stat
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from typing import Self

import msgspec

from app.http.logs import Output, is_json
from app.settings import LogClient, Settings

# Of a write. Workers share the file, and a pipe takes no more as a whole; lines are much shorter. On a disk, each write
# costs more than its bytes.
MAX_BYTES, MAX_BYTES_ON_DISK = select.PIPE_BUF, 100_000
MAX_ADDRESSES = 10_000  # whose texts are memoized
MASKED_BITS = {4: 8, 6: 80}  # of an address, by the version of IP; the first 24 or 48 remain

log = logging.getLogger("shanhai")


class Finished(msgspec.Struct, gc=False):
    """A request that was answered. It has no scope, whose memory the next request uses while the processor has it near.

    `wait_s` is the time until the response started, `status` None if it did not.
    """

    at: float  # seconds since 1970
    method: str | None  # None of a head that was not read
    client: str  # address
    wait_s: float
    duration_s: float
    request_id: str
    route: str | None
    status: int | None
    size: int
    is_cached: bool = False
    database_s: float = 0.0
    rows: int = 0


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
    """Writes the lines of one process to a file descriptor."""

    def __init__(
        self,
        file: int,
        *,
        slow_ms: float,
        only_slow: bool = False,
        as_json: bool = True,
        client: LogClient = "masked",
    ) -> None:
        self._output = Output(file)
        self._slow_s = slow_ms / 1000
        self._only_slow = only_slow
        self._encode: Callable[[Sequence[Line]], bytes] = msgspec.json.Encoder().encode_lines if as_json else _as_text
        self._client = client
        self._max_bytes = MAX_BYTES_ON_DISK if stat.S_ISREG(os.fstat(file).st_mode) else MAX_BYTES
        self._lost = 0  # lines since the last that was written

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
        )

    def write(self, requests: Sequence[Finished]) -> None:
        """Write the lines of requests, or leave lines out if that would block: a reader that hangs stops no service."""
        lines = [self._line(each) for each in requests if not self._only_slow or each.wait_s >= self._slow_s]
        text, start = self._encode(lines), 0
        while start < len(text):
            end = 1 + text.rfind(b"\n", start, start + self._max_bytes) or 1 + text.index(b"\n", start)
            self._write(text[start:end])
            start = end

    def _write(self, text: bytes) -> None:
        if not self._output.write(text):
            self._lost += text.count(b"\n")
        elif self._lost:
            lost, self._lost = self._lost, 0
            log.warning("%d lines of the access log are missing here, since nothing read them.", lost)

    def _line(self, request: Finished) -> Line:
        """Return the line of a request. Slow is one that starts late: a long download is its client's doing."""
        return Line(
            datetime.fromtimestamp(request.at, UTC),
            "WARNING" if request.wait_s >= self._slow_s else "INFO",
            request.request_id,
            request.method,
            request.route,
            request.status,
            int(request.duration_s * 1_000_000) / 1000,
            int(request.database_s * 1_000_000) / 1000,
            request.rows,
            request.size,
            request.is_cached,
            shown(request.client, self._client),
        )


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
