"""Requests that the process sends itself, for a request that came from outside.

They pass routing, the response cache and the errors' table, and so have the responses of the API; the connection, the
rate limit, the access log and the metrics count the outer request alone.
"""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import quote, urlencode

import anyio
from starlette.types import ASGIApp, Message, Scope

from app.errors import TargetTooLong
from app.gateway.cache import PROXY_HEADERS
from app.http.addresses import query_of
from app.http.context import context_of, open_inner_context
from app.http.headers import Headers

MAX_TARGET_BYTES = 16_000  # as of a request from outside, if the operator sets no other limit
# Fields of the outer request: whose share an export takes, and the address in links, a part of the cache's keys.
KEPT_HEADERS = frozenset({b"x-forwarded-for", b"host", *PROXY_HEADERS})


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

    Raises TargetTooLong, and InvalidQuery if there are too many parameters.
    """
    raw_path, query_string = quote(path).encode(), urlencode(query).encode()
    if len(raw_path) + len(query_string) >= MAX_TARGET_BYTES:
        raise TargetTooLong(f"The address is longer than {MAX_TARGET_BYTES:,} bytes; use fewer or shorter parameters.")
    kept = [(name, value) for name, value in outer["headers"] if name in KEPT_HEADERS]
    scope: Scope = {
        **{name: outer[name] for name in ("type", "http_version", "scheme", "server", "client")},
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "method": "GET",
        "path": path,
        "raw_path": raw_path,
        "root_path": "",
        "query_string": query_string,
        "headers": [*kept, (b"accept", b"application/json")],
        "state": dict(outer.get("state", {})),
    }
    open_inner_context(scope, context_of(outer), query_of(scope, max_parameters))
    return await collect(app, scope, b"", max_bytes)
