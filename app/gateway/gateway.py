"""The way of a request, stage by stage (ARCHITECTURE.md has the same list):

1. `protocol` bounds the request line and headers and hands over one request at a time.
2. `Gateway` answers repeated requests from the cache by their raw key, reads the URL, refuses other methods.
3. FastAPI routes the request.
4. `ReleaseRoute` (route.py) negotiates format and content coding, then answers 304, or from the cache by the
   normalized key.
5. FastAPI resolves the dependencies: the typed request, and a reader of snapshots.
6. The endpoint reads on a snapshot.
7. The endpoint encodes.
8. `finish` adds validators, applies the condition, the content coding or the range, and fills the cache; `Gateway` adds
   what every response carries and drops the body of a HEAD.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import MethodNotAllowed, ShanhaiError, TooManyRequests
from app.gateway.cache import ResponseCache
from app.gateway.finish import PRECONDITIONS
from app.gateway.monitor import RequestMonitor
from app.gateway.rate_limit import Quota, RateLimiter
from app.http.addresses import query_of, require_utf8, without_trailing_slash
from app.http.context import RequestContext, context_of, open_context, request_id_of
from app.http.headers import (
    BODY_HEADERS,
    COMMON_HEADERS,
    POST_METHODS,
    REVALIDATE,
    Headers,
    allowed_methods,
    preflight_headers,
    without_body,
)
from app.http.negotiation import require_short_negotiation
from app.http.redirects import redirect
from app.http.validators import ReleaseState, names_etag

SAFE_METHODS = ("GET", "HEAD")
COMPUTED_HEADERS = BODY_HEADERS | PRECONDITIONS | {b"range"}  # the cache does not answer requests with these

CachedReply = tuple[bytes, int, Headers, bytes, str | None]  # request id, status, headers, body, and route


class Releases(Protocol):
    """What knows the release that is served."""

    def cached_release(self) -> ReleaseState | None:
        """Return the release if it was read a moment ago."""

    async def release(self) -> ReleaseState | None:
        """Return the release, read anew if needed; None if there is none."""


class Gateway:
    """An ASGI application around FastAPI's. `base_url` returns a request's public address."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        releases: Releases,
        base_url: Callable[[Scope], str],
        handle_error: Callable[[Request, Exception], Awaitable[Response]],
        cache: ResponseCache,
        max_parameters: int,
        monitor: RequestMonitor,
        rate_limiter: RateLimiter | None = None,
    ) -> None:
        self.app = app
        self.releases = releases
        self.base_url = base_url
        self.handle_error = handle_error
        self.cache = cache
        self.max_parameters = max_parameters
        self.rate_limiter = rate_limiter
        self.monitor = monitor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        quota = await self.rate_limiter.count(scope) if self.rate_limiter else None
        if quota:
            send = quota.stating(send)
        is_refused = quota is not None and quota.is_exceeded
        if not is_refused and (reply := self._cached_reply(scope)):
            request_id, status, headers, body, route = reply
            fields: Any = [*headers, *COMMON_HEADERS, (b"x-request-id", request_id)]
            await send({"type": "http.response.start", "status": status, "headers": fields})
            await send({"type": "http.response.body", "body": body})
            self.monitor.cached(scope, started, request_id, status, route, len(body))
            return
        context = open_context(scope)
        routed = {**scope, "method": "POST" if scope["method"] == "POST" else "GET"}
        self.monitor.in_flight += 1
        try:
            await self._respond(scope, routed, receive, self._completing(send, context), quota)
        finally:
            self.monitor.computed(scope, started, context, routed)

    async def _respond(self, scope: Scope, routed: Scope, receive: Receive, respond: Send, quota: Quota | None) -> None:
        """Answer a request that is not in the cache by its raw key, if need be by routing it, HEAD as GET."""
        try:
            response = self._answer_before_routing(scope, context_of(scope))
            if quota and quota.is_exceeded:
                raise TooManyRequests(quota.limit, quota.reset_s)
        except ShanhaiError as error:
            response = await self.handle_error(Request({**scope, "app": self.app}), error)
        if response:
            await response(scope, receive, respond)
        else:
            await self.app(routed, receive, respond)

    def _cached_reply(self, scope: Scope) -> CachedReply | None:
        """Return the response to a request with a cached raw key, unless it has a condition besides If-None-Match."""
        release, headers = self.releases.cached_release(), dict(scope["headers"])
        cached = self.cache.get(release, self.cache.raw_key(scope, headers)) if release else None
        if cached is None or scope["method"] not in SAFE_METHODS or len(headers) != len(scope["headers"]):
            return None
        if not COMPUTED_HEADERS.isdisjoint(headers):
            return None
        tags = headers.get(b"if-none-match")
        if tags is None and b"if-modified-since" in headers:
            return None
        request_id = request_id_of(headers.get(b"x-request-id"))
        if tags is not None:
            if tags == cached.etag or names_etag(scope, cached.etag.decode()):
                self.cache.stats.not_modified += 1
                return request_id, 304, without_body(cached.headers), b"", cached.route
            if tags.strip() == b"*":
                return None
        self.cache.stats.hits += 1
        body = b"" if scope["method"] == "HEAD" else cached.body
        return request_id, 200, cached.headers, body, cached.route

    def _answer_before_routing(self, scope: Scope, context: RequestContext) -> Response | None:
        """Read the head. Return the response to OPTIONS, and the redirect from an address that ends in a slash.

        Raises BadRequest, HeadTooLarge, InvalidQuery, MethodNotAllowed, NotFound, TargetTooLong.
        """
        context.base_url = self.base_url(scope)
        require_utf8(scope)
        require_short_negotiation(scope)
        context.parameters = query_of(scope, self.max_parameters)
        path = scope["path"].rstrip("/")
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=preflight_headers(path))
        if scope["method"] not in (methods := allowed_methods(path)):
            raise MethodNotAllowed(scope["method"], methods if methods is POST_METHODS else ())
        if location := without_trailing_slash(scope, context.base_url):
            return redirect(location, 308, {"Cache-Control": REVALIDATE})
        return None

    def _completing(self, send: Send, context: RequestContext) -> Callable[[Message], Awaitable[None]]:
        """Return a `send` that adds the common headers and drops the body of a HEAD."""
        own_headers = [*COMMON_HEADERS, (b"x-request-id", context.request_id.encode())]

        async def respond(message: Message) -> None:
            if message["type"] == "http.response.start":
                if not context.is_cached:
                    self.cache.stats.computed[message["status"]] += 1
                context.status, context.responded_at = message["status"], time.perf_counter()
                message = {**message, "headers": [*message["headers"], *own_headers]}
            elif context.is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            else:
                context.sent_bytes += len(message.get("body", b""))
            await send(message)

        return respond
