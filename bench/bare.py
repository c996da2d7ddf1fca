"""The limit: a bare ASGI callable that sends bytes it has already, on the same server."""

from typing import Any

BODY = b'{"data":[],"meta":{},"links":{}}'


async def app(scope: Any, _receive: Any, send: Any) -> None:
    """Answer anything with the same bytes."""
    if scope["type"] == "http":
        headers = [(b"content-type", b"application/json"), (b"content-length", str(len(BODY)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": BODY})
