"""HTTP/1.1 connections: uvicorn's protocol, with bounded request heads, one request at a time, and hardly any bodies.

After the head of a request that announces a body, its connection takes no other request and closes with the response.
At the addresses that take a body the parser reads it, and `http.bodies` bounds it; elsewhere the connection ignores
every further byte, so those are neither changed nor parsed.
"""

import asyncio
import re
import secrets
import socket
import struct
from collections import deque
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any, cast

import httptools
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from app.errors import (
    BadRequest,
    HeadTooLarge,
    MethodNotAllowed,
    RequestTimeout,
    ShanhaiError,
    TargetTooLong,
    VersionNotSupported,
    problem_of,
)
from app.gateway.monitor import RequestMonitor
from app.gateway.open_files import max_connections
from app.http.bodies import MAX_BODY_BYTES, too_large
from app.http.headers import ALLOWED_METHODS, BODY_HEADERS, COMMON_HEADERS, POST_METHODS, POST_PATHS, serialize
from app.http.limits import HeadLimits
from app.http.problems import MEDIA_TYPE, problem_document, problem_headers
from app.http.refusal_log import RefusalLog
from app.http.streams import ABORT_KEY

LAST_REQUEST_S = 0.2  # in which a request that was sent before its client knew of the shutdown arrives
PLAIN_HEAD_BYTES = 4_000  # below what the settings allow to limit
MAX_FRAMED_BYTES = 4 * MAX_BODY_BYTES  # of a body with the sizes of its chunks, their extensions and its trailer
KNOWN_METHODS = frozenset({*ALLOWED_METHODS, *POST_METHODS})
_UPGRADE = re.compile(rb"\nupgrade[ \t]*:", re.IGNORECASE)
_HEAD_END = re.compile(rb"\n\r?\n")  # the parser refuses a bare LF, so it has to see one
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_METHOD = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,40}) \S+ HTTP/1\.[01]\r\n")  # of a well-formed request line
_OTHER_VERSION = re.compile(rb"\S+ \S+ HTTP/(?!1\.)(\d{1,3}(\.\d{1,3})?)\r?\n")
_ABSOLUTE_FORM = re.compile(rb"https?://([^/?#]+)([^#]*)", re.IGNORECASE)


class Protocol(HttpToolsProtocol):
    """One connection. Feeds the parser one complete head at a time, and only after the previous response."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
        *,
        limits: HeadLimits,
        log: RefusalLog,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._limits = limits
        self._log = log
        self._monitor: RequestMonitor | None = app_state.get("monitor")

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Start the deadline of the first head; if there are too many connections, close a waiting one."""
        super().connection_made(transport)
        if len(self.connections) > (most := max_connections()):
            limit = f"{most} connections, by the limit on open files"
            self._log.warn(f"There are too many connections; one that waits is closed. ({limit})", limit)
            self._close_a_waiting_connection()
        self._received = bytearray()
        self._ignores_input = False
        self._reads_body = False
        self._body_bytes = 0  # as they came
        self._is_last = False
        self._deadline: asyncio.TimerHandle | None = None
        self._start_deadline()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the deadline."""
        self._stop_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Buffer bytes until a head is complete."""
        if self._ignores_input:
            if self._reads_body:
                self._feed_body(data)
            return
        if not self._received and self.waits_for_head and _is_plain_head(data, self._limits.fields):
            self._stop_deadline()
            self._parse(data)
            return
        self._received += data
        self._feed_head()

    def on_response_complete(self) -> None:
        """Go on with a request that the client sent ahead of this response."""
        super().on_response_complete()
        self._reads_body = False
        if self._received:
            self._feed_head()

    def shutdown(self) -> None:
        """Close after the response in progress, or after one to a request that is on its way."""
        self._is_last = True
        if self.waits_for_head:
            self.loop.call_later(LAST_REQUEST_S, super().shutdown)
        else:
            super().shutdown()

    @property
    def waits_for_head(self) -> bool:
        """Whether the connection is open and its client, not the server, has to go on."""
        return not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete)

    @property
    def waits_for_client(self) -> bool:
        """Whether the client has to go on, with a head or with a body."""
        return self.waits_for_head or (self._reads_body and not self.transport.is_closing())

    def reset(self, line: str, cause: str) -> None:
        """End the connection at once and log why; the kernel drops what the client has not read, too."""
        self._log.warn(line, cause)
        if self.cycle:
            self.cycle.disconnected = True  # or else uvicorn reports that the response is incomplete
        if connected := self.transport.get_extra_info("socket"):
            connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.transport.abort()

    def _close_a_waiting_connection(self) -> None:
        """Make room for this connection, so that slow and idle clients do not shut out others."""
        others = (each for each in self.connections if isinstance(each, Protocol) and each is not self)
        if waiting := next((each for each in others if each.waits_for_client), None):
            waiting.transport.abort()

    def _feed_head(self) -> None:
        """Give the parser the next head if it is complete and within bounds, and no response is in progress."""
        if self._ignores_input or self.transport.is_closing():
            return
        if not self.waits_for_head:
            self._pause_if_full()
            return
        while self._received.startswith((b"\r", b"\n")):  # RFC 9112, 2.2: empty lines before a request line
            del self._received[:1]
        if not self._received:
            return
        end = _HEAD_END.search(self._received)
        received = bytes(self._received[: end.end()] if end else self._received)
        try:
            head = _bounded(received, self._limits)
        except (TargetTooLong, HeadTooLarge) as error:
            self._refuse(error)
            return
        if not end and received[:1].isalpha():
            self._start_deadline()
            return
        del self._received[: len(received)]  # all of it if no method starts like this: the parser refuses it
        self._stop_deadline()
        self._parse(head)
        self._pause_if_full()

    def _pause_if_full(self) -> None:
        """Leave further requests in the client's own buffer until a response is complete; then uvicorn resumes."""
        if not self.waits_for_head and len(self._received) > self._limits.head_bytes:
            self.flow.pause_reading()

    def _parse(self, head: bytes) -> None:
        """Let the parser start the request; ignore what follows it on a connection that is to close."""
        before, opens_tunnel = self.cycle, False
        self._stop_idle_timeout()
        try:
            self.parser.feed_data(head)
        except httptools.HttpParserUpgrade:  # which a server may ignore (RFC 9110, 7.8)
            opens_tunnel = self.parser.get_method() == b"CONNECT"  # the parser takes no body of it for a body
        except httptools.HttpParserError:
            renamed, upgrades = _UPGRADE.subn(b"\nx-upgrade:", head)
            if upgrades:
                self.parser = httptools.HttpRequestParser(self)
                self._parse(renamed)
            else:
                self._refuse_unreadable(head)
            return
        if self.cycle is before:
            self._refuse_unreadable(head)
            return
        cast("dict[str, object]", self.cycle.scope)[ABORT_KEY] = self.reset
        if self.cycle.more_body or not self.cycle.keep_alive or opens_tunnel or self._is_last:
            self.cycle.keep_alive = False
            self._ignores_input = True
            sent_ahead = bytes(self._received)
            self._received.clear()
            if self.cycle.more_body:
                self.cycle.transport = _half_closing(self.transport)
                if self.cycle.scope["method"] == "POST" and self.cycle.scope["path"] in POST_PATHS:
                    self._reads_body = True
                    # The parser appends the fields of a trailer, which are none of the head (RFC 9110, 6.5.1).
                    self.headers = cast("list[tuple[bytes, bytes]]", deque(maxlen=0))
                    self._feed_body(sent_ahead)

    def _feed_body(self, data: bytes) -> None:
        """Let the parser have a part of the body. What follows its end is ignored, even if it is a request."""
        self._body_bytes += len(data)
        if self._body_bytes > MAX_FRAMED_BYTES:
            self._refuse_body(too_large())
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserError:
            if self.cycle.more_body:  # or else what follows the body is unreadable
                self._refuse_body(BadRequest("Invalid HTTP request received."))
        else:
            self._reads_body = self.cycle.more_body

    def _refuse_body(self, error: ShanhaiError) -> None:
        """Answer in place of the application, unless it has begun to."""
        self._reads_body = False
        if not self.cycle.response_started:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._refuse(error)

    def _start_deadline(self) -> None:
        """Expect a complete head in time, in place of uvicorn's limit on idle connections."""
        self._stop_idle_timeout()
        if self._deadline is None:
            self._deadline = self.loop.call_later(self._limits.timeout_s, self._head_overdue)

    def _stop_idle_timeout(self) -> None:
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None

    def _stop_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _head_overdue(self) -> None:
        if self._received:
            detail = f"The head of the request was not complete after {self._limits.timeout_s:g} seconds."
            self._refuse(RequestTimeout(detail, limit=f"SHANHAI_HEAD_TIMEOUT_S={self._limits.timeout_s:g}"))
        else:
            self.transport.close()

    def on_headers_complete(self) -> None:
        """Hand over the request, with a path as its target.

        Raises ValueError, which the parser makes an error of its own, for versions that the parser knows besides 1.0
        and 1.1, for a malformed target, and for an upgrade with a body: the parser would take the body for what comes
        after the upgrade, so `_parse` hides the upgrade from it.
        """
        if not self.parser.get_http_version().startswith("1.") or self._reads_body:  # with another head behind it
            raise ValueError
        if self.parser.should_upgrade() and not BODY_HEADERS.isdisjoint(name for name, _ in self.headers):
            raise ValueError
        if not self.url.startswith(b"/"):
            self._read_target()
        super().on_headers_complete()

    def _read_target(self) -> None:
        """Read a target that is not a path (RFC 9112, 3.2.2 to 3.2.4). Raises ValueError if it is malformed."""
        if (self.parser.get_method(), self.url) == (b"OPTIONS", b"*") or self.parser.get_method() == b"CONNECT":
            self.url = b"/"  # whose answer does not depend on the path
        elif absolute := _ABSOLUTE_FORM.fullmatch(self.url):
            host, path = absolute.groups()
            self.url = path if path.startswith(b"/") else b"/" + path
            # The host of the target counts, whatever the Host field says. HTTP/1.0 needs none.
            names = {name for name, _ in self.headers}
            self.headers[:] = [(name, host if name == b"host" else value) for name, value in self.headers]
            if b"host" not in names and self.parser.get_http_version() == "1.0":
                self.headers.append((b"host", host))
        else:
            raise ValueError

    def _refuse_unreadable(self, head: bytes) -> None:
        """Refuse what the parser could not read: it knows neither every method nor every version."""
        if version := _OTHER_VERSION.match(head):
            self._refuse(
                VersionNotSupported(f"HTTP/{version[1].decode()} is not supported. Send HTTP/1.1 or HTTP/1.0.")
            )
        elif (request_line := _METHOD.match(head)) and (method := request_line[1].decode()) not in KNOWN_METHODS:
            self._refuse(MethodNotAllowed(method))
        else:
            self._refuse(BadRequest("Invalid HTTP request received."))

    def _refuse(self, error: ShanhaiError) -> None:
        """Send a problem document without an application, and close."""
        self._log.refused(error)
        status, request_id = HTTPStatus(problem_of(error).status), secrets.token_hex(8)
        body = problem_document(error, base_url="", instance="", request_id=request_id)
        if self._monitor:
            self._monitor.refused(self.client, request_id, status, len(body))
        headers = [
            *COMMON_HEADERS,
            *((name.lower().encode(), value.encode()) for name, value in problem_headers(error).items()),
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
        ]
        self._ignores_input = True
        self._stop_deadline()
        status_line = b"HTTP/1.1 %d %s\r\n" % (status, status.phrase.encode())
        connection = _half_closing(self.transport)
        connection.write(status_line + serialize(headers) + b"\r\n" + body)
        connection.close()
        self.loop.call_later(self.timeout_keep_alive, self.transport.close)


def _half_closing(transport: asyncio.Transport) -> asyncio.Transport:
    """A transport that closes its own direction only, while the client may still be sending (RFC 9112, 9.6).

    The kernel would answer further bytes with a reset, and the client lose the response. The connection ends when the
    client closes it, or as an idle one.
    """
    close = transport.write_eof if transport.can_write_eof() else transport.close  # which TLS cannot
    half = SimpleNamespace(write=transport.write, is_closing=transport.is_closing, close=close)
    return cast("asyncio.Transport", half)


def _is_plain_head(data: bytes, max_fields: int) -> bool:
    """Return whether a segment is exactly one short head in ASCII, as most are; it needs no buffer."""
    return (
        len(data) < PLAIN_HEAD_BYTES
        and 0 < data.find(b"\n\r\n") == len(data) - 3  # a count would not see that a body of empty lines follows
        and b"\n\n" not in data
        and data.count(b"\n") <= max_fields + 2
        and data[:1].isupper()
        and data.isascii()
    )


def _bounded(head: bytes, limits: HeadLimits) -> bytes:
    """A head, or its beginning, with its first line percent-encoded; curl sends Chinese in an address as it is.

    Raises TargetTooLong, HeadTooLarge.
    """
    request_line, end, fields = head.partition(b"\n")
    if not request_line.isascii():
        request_line = _NOT_ASCII.sub(lambda match: b"%%%02X" % ord(match[0]), request_line)
    target = request_line.partition(b" ")[2].rpartition(b" ")[0] if end else request_line
    if len(target) > (most := limits.target_bytes):
        detail = f"The address is longer than {most:,} bytes; use fewer or shorter parameters."
        raise TargetTooLong(detail, limit=f"SHANHAI_MAX_TARGET_BYTES={most}")
    if len(head) > (most := limits.head_bytes):
        detail = f"The header fields take more than {most:,} bytes; send fewer or shorter ones."
        raise HeadTooLarge(detail, limit=f"SHANHAI_MAX_HEAD_BYTES={most}")
    if fields.count(b"\n") > limits.fields + 1:
        detail = f"There are more than {limits.fields} header fields; send fewer."
        raise HeadTooLarge(detail, limit=f"SHANHAI_MAX_HEAD_FIELDS={limits.fields}")
    return request_line + end + fields
