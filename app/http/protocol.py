"""HTTP/1.1 where it differs from uvicorn's: Chinese in an address, how garbage is told, and what is known at once."""

import secrets
from typing import cast
from urllib.parse import quote_from_bytes

import msgspec
from starlette.types import Scope
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.errors import PROBLEMS, BadRequest
from app.http.gateway import Gateway
from app.http.headers import ALWAYS, lines
from app.http.kept import Reply
from app.http.problems import MEDIA_TYPE

METHODS = (b"GET ", b"HEAD ", b"OPTIONS ")
PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 as uvicorn reads it, and a little more kindly."""

    def data_received(self, data: bytes) -> None:
        """Take what came; characters that a client such as curl left unencoded in the address are encoded here."""
        if not data.isascii() and data.startswith(METHODS):
            line, end, rest = data.partition(b"\r\n")
            data = quote_from_bytes(line, safe=PRINTABLE).encode() + end + rest
        super().data_received(data)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Begin to answer a request: by a task, unless the answer is kept, whose bytes are written as they are.

        That saves most of what such an answer costs. Should uvicorn call this no more, the task finds the same answer.
        """
        reply = self._known(cycle, app)
        if reply is None:
            # The answer before it may have been given in this very moment, and begun to count how long nobody asks.
            self._unset_keepalive_if_required()
            super()._start_asgi_task(cycle, app)
            return
        self.transport.write(reply.wire(cycle.default_headers))
        cycle.response_started = cycle.response_complete = True
        cycle.on_response()

    def _known(self, cycle: RequestResponseCycle, app: ASGI3Application) -> Reply | None:
        """What the gateway knows, where nothing else is to be done: no log, no end of the connection, no waiting.

        Of requests sent ahead of their turn only the last is answered so, for each is begun by the one before it.
        """
        gateway = getattr(app, "gateway", None)
        if not isinstance(gateway, Gateway) or self.config.access_log or not cycle.keep_alive:
            return None
        return None if self.flow.write_paused or cycle is not self.cycle else gateway.known(cast("Scope", cycle.scope))

    def send_400_response(self, msg: str) -> None:
        """Tell that this was no HTTP, as every problem is told."""
        problem = PROBLEMS[BadRequest]
        request_id = secrets.token_hex(8)
        body = msgspec.json.encode(
            {
                "type": f"/v1/problems/{problem.code}",
                "title": problem.title,
                "status": problem.status,
                "detail": msg,
                "instance": "",
                "code": problem.code,
                "request_id": request_id,
            }
        )
        headers = [
            *ALWAYS,
            (b"content-type", MEDIA_TYPE.encode()),
            (b"content-length", str(len(body)).encode()),
            (b"x-request-id", request_id.encode()),
            (b"connection", b"close"),
        ]
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n" + lines(headers) + b"\r\n" + body)
        self.transport.close()
