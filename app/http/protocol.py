"""The server's reading of requests, where it differs from uvicorn's: Chinese in an address, and how garbage is told."""

import secrets
from urllib.parse import quote_from_bytes

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.errors import PROBLEMS, BadRequest
from app.http.headers import ALWAYS
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
        lines = [b"HTTP/1.1 400 Bad Request", *(b": ".join(header) for header in headers), b"", body]
        self.transport.write(b"\r\n".join(lines))
        self.transport.close()
