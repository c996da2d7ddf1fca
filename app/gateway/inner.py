"""Requests that the process sends itself, for a request that came from outside.

They pass routing, the response cache and the errors' table, and so have the responses of the API; the connection, the
rate limit, the access log and the metrics count the outer request alone.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode

import anyio
from starlette.types import ASGIApp, Message, Scope

from app.http.addresses import query_of
from app.http.context import context_of, open_inner_context
from app.http.headers import Headers

# Fields of the outer request that decide whose share an export takes.
KEPT_HEADERS = frozenset({b"host", b"x-forwarded-for"})


class Answer(NamedTuple):
    """A response; its body is None if it is longer than who sent the request can use."""

    status: int
    body: bytes | None
    headers: Headers


class _TooLong(OSError):
    """What an application sees when its client has gone."""


async def collect(app: ASGIApp, scope: Scope, body: bytes, max_bytes: int) -> Answer:
    """Return an application's whole response to a request."""
    status, headers, content, has_ended = 0, [], bytearray(), anyio.Event()
    received = iter([{"type": "http.request", "body": body, "more_body": False}])

    async def receive() -> Message:
        if message := next(received, None):
            return message
        await has_ended.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], list(message.get("headers", ()))
        elif len(content) + len(piece := message.get("body", b"")) <= max_bytes:
            content.extend(piece)
        else:
            raise _TooLong

    try:
        await app(scope, receive, send)
    except _TooLong:
        return Answer(status, None, headers)
    finally:
        has_ended.set()
    return Answer(status, bytes(content), headers)


async def get(
    app: ASGIApp, outer: Scope, path: str, query: Sequence[tuple[str, str]], max_parameters: int, max_bytes: int
) -> Answer:
    """Return the response to a GET of a path, as JSON if there is a choice.

    Raises InvalidQuery if there are too many parameters.
    """
    kept = [(name, value) for name, value in outer["headers"] if name in KEPT_HEADERS]
    scope: Scope = {
        **{name: outer[name] for name in ("type", "http_version", "scheme", "server", "client")},
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "GET",
        "path": path,
        "raw_path": quote(path).encode(),
        "root_path": "",
        "query_string": urlencode(query).encode(),
        "headers": [*kept, (b"accept", b"application/json")],
        "state": dict(outer.get("state", {})),
    }
    open_inner_context(scope, context_of(outer), query_of(scope, max_parameters))
    return await collect(app, scope, b"", max_bytes)
