"""The gateway: what HTTP asks of every answer alike, done once around the whole application.

It answers what needs no route (OPTIONS, other methods, 304), and stamps what comes back: validators, caching, coding,
CORS and the request's id. It stands in front of routing, so that what is known beforehand costs nothing more.
"""

import logging
from collections.abc import Awaitable, Callable, Container
from urllib.parse import parse_qsl

from anyio import to_thread
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import MethodNotAllowed, RangeNotSatisfiable, ShanhaiError
from app.http.addresses import header
from app.http.compression import CODINGS, IDENTITY, Coder, choose_coding, worth_packing
from app.http.context import Context, open_context
from app.http.problems import METHODS, problem_response
from app.http.ranges import requested_span
from app.http.validators import State, holds, unchanged_since

log = logging.getLogger("shanhai")

Headers = list[tuple[bytes, bytes]]

EXPOSED = (
    "ETag, Link, Content-Disposition, Content-Range, Accept-Ranges, Repr-Digest, Retry-After, Deprecation, Sunset, "
    "X-Request-Id"
)
ALWAYS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED.encode()),
    (b"x-content-type-options", b"nosniff"),
]
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
LIVING: Headers = [
    (b"vary", b"Accept, Accept-Encoding"),
    (b"cache-control", b"public, max-age=60, stale-while-revalidate=600"),
]


class Gateway:
    """Wraps an ASGI application.

    `current` tells the state that living answers depend on (None where there is none), `base_url` a request's public
    address, and `variant` the name of the format it asks for. `stateless` are paths that need no state.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        current: Callable[[], Awaitable[State | None]],
        base_url: Callable[[Scope], str],
        variant: Callable[[Scope], str],
        stateless: Container[str],
    ) -> None:
        self.app = app
        self.current = current
        self.base_url = base_url
        self.variant = variant
        self.stateless = stateless

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = Exchange(scope, send, open_context(scope))
        try:
            ready = await self._without_routing(scope, exchange)
        except ShanhaiError as error:
            ready = problem_response(scope, error)
        except Exception as error:
            log.exception("request %s", exchange.about.request_id)
            ready = problem_response(scope, error)
        if ready:
            await exchange.answer(ready)
        else:
            # Routes know GET alone; a HEAD is a GET whose body the exchange keeps back.
            await self.app({**scope, "method": "GET"}, receive, exchange.send)

    async def _without_routing(self, scope: Scope, exchange: "Exchange") -> Response | None:
        """The answer where it needs no route. Raises BadRequest, MethodNotAllowed."""
        about = exchange.about
        about.base_url = self.base_url(scope)
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        if scope["method"] not in {"GET", "HEAD"}:
            raise MethodNotAllowed(f"{scope['method']} is not answered; this service is read-only")
        exchange.key = self._key(scope, exchange)
        about.state = await self.current() if scope["path"] not in self.stateless else None
        known = about.state is not None and holds(scope, exchange.etag(about.state))
        return Response(status_code=304) if known else None

    def _key(self, scope: Scope, exchange: "Exchange") -> tuple[str, ...]:
        """All that decides an answer's bytes besides the state; `?a=1&b=2` and `?b=2&a=1` are one."""
        query = sorted(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))
        try:
            variant = self.variant(scope)
        except ShanhaiError:
            variant = ""  # the route will tell what is wrong
        return (exchange.about.base_url, scope["path"], repr(query), variant, exchange.coding)


class Exchange:
    """One request's way back: holds the head of the answer until its body shows what it must say."""

    def __init__(self, scope: Scope, send: Send, about: Context) -> None:
        self.scope = scope
        self.about = about
        # A part is one of the plain body: no client could count the bytes of a packed one.
        ranged = header(scope, b"range") is not None
        self.coding = IDENTITY if ranged else choose_coding(header(scope, b"accept-encoding"))
        self.key: tuple[str, ...] = ()
        self._send = send
        self._start: Message | None = None
        self._coder: Coder | None = None
        self._over = False

    def etag(self, state: State) -> str:
        """The validator of this request's answer."""
        return state.etag(*self.key)

    async def answer(self, response: Response) -> None:
        """Send an answer that was made here."""
        await response(self.scope, _no_body, self.send)

    async def send(self, message: Message) -> None:
        """Take the application's message and pass on what the client gets."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        if message["type"] != "http.response.body":
            await self._send(message)
            return
        if self._start:
            start, self._start = self._start, None
            message = self._stamp(start, message)
            await self._send(start)
        if self._over:
            return  # an answer without a body is complete, whatever its maker still has
        if self._coder:
            message = await _packed(message, self._coder)
        if self.about.head:
            message = {**message, "body": b""}
        self._over = not message.get("more_body", False)
        await self._send(message)

    def _stamp(self, start: Message, message: Message) -> Message:
        """Complete the head, and give the body its form; or leave it out where the client has it already."""
        headers: Headers = [*start.get("headers", ()), *ALWAYS, (b"x-request-id", self.about.request_id.encode())]
        state = self.about.state
        own = any(name in {b"etag", b"cache-control"} for name, _ in headers)  # an answer with validators of its own
        if state and not own and start["status"] in {200, 304}:
            headers += [(b"etag", self.etag(state).encode()), (b"last-modified", state.last_modified.encode()), *LIVING]
            if start["status"] == 304 or unchanged_since(self.scope, state):
                start["status"] = 304
                headers = _without(headers, b"content-length", b"content-type")
                message = {**message, "body": b"", "more_body": False}
            else:
                headers, message = self._form(start, headers, message, state)
        start["headers"] = headers
        return message

    def _form(self, start: Message, headers: Headers, message: Message, state: State) -> tuple[Headers, Message]:
        """The body in its coding, or the part of it that was asked for."""
        body, whole = message.get("body", b""), not message.get("more_body", False)
        if self.coding != IDENTITY and worth_packing(dict(headers).get(b"content-type", b"")):
            headers = [*_without(headers, b"content-length"), (b"content-encoding", self.coding.encode())]
            if not whole:
                self._coder = CODINGS[self.coding].pieces()
                return headers, message
            body = CODINGS[self.coding].whole(body)
            headers.append((b"content-length", str(len(body)).encode()))
        elif whole:
            headers.append((b"accept-ranges", b"bytes"))
            try:
                span = requested_span(self.scope, len(body), self.etag(state), state.last_modified)
            except RangeNotSatisfiable as error:
                problem = problem_response(self.scope, error)
                start["status"] = problem.status_code
                kept = [item for item in headers if item in ALWAYS or item[0] == b"x-request-id"]
                return [*kept, *problem.raw_headers], {**message, "body": problem.body}
            if span:
                start["status"], body = 206, body[span.start : span.stop]
                headers = [
                    *_without(headers, b"content-length"),
                    (b"content-length", str(len(body)).encode()),
                    (b"content-range", span.content_range.encode()),
                ]
        return headers, {**message, "body": body}


def _without(headers: Headers, *names: bytes) -> Headers:
    return [item for item in headers if item[0] not in names]


async def _packed(message: Message, coder: Coder) -> Message:
    # In a thread: a long body must not keep others waiting while it is packed.
    body = await to_thread.run_sync(coder.add, message.get("body", b""))
    return {**message, "body": body if message.get("more_body", False) else body + coder.end()}


async def _no_body() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}
