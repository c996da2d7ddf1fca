"""The gateway: what HTTP asks of every answer alike, done once around the whole application.

It answers what needs no route (what is kept from before, 304, OPTIONS, other methods); what comes back from a route is
completed by `exchange`. It stands in front of routing, so that what is known beforehand costs nothing more.
"""

import logging
from collections.abc import Awaitable, Callable, Container

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import MethodNotAllowed, ShanhaiError
from app.gateway.cache import Answer, Reply, ResponseCache
from app.gateway.finish import ResponseFinisher
from app.http.addresses import query_of
from app.http.context import id_of_request, open_context
from app.http.headers import PREFLIGHT
from app.http.negotiation import require_short_negotiation
from app.http.problems import problem_response
from app.http.validators import ReleaseState, holds

log = logging.getLogger("shanhai")

READING = ("GET", "HEAD")
BODY = frozenset({b"content-length", b"transfer-encoding"})  # what tells that one follows; it may be malformed


class Gateway:
    """Wraps an ASGI application.

    `fresh` tells the state that living answers depend on, where it is known for sure; `current` asks for it, and tells
    None where there is none. `base_url` tells a request's public address, `variant` the name of the format it asks for.
    `stateless` are paths that need no state; `kept` has room for finished answers.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        fresh: Callable[[], ReleaseState | None],
        current: Callable[[], Awaitable[ReleaseState | None]],
        base_url: Callable[[Scope], str],
        variant: Callable[[Scope], str],
        stateless: Container[str],
        kept: ResponseCache,
    ) -> None:
        self.app = app
        self.fresh = fresh
        self.current = current
        self.base_url = base_url
        self.variant = variant
        self.stateless = stateless
        self.kept = kept

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        reply = self.known(scope)
        if reply is None:
            await self._answer(scope, receive, send)
        else:
            await _send(reply, send)

    def known(self, scope: Scope) -> Reply | None:
        """What a request gets whose answer is kept, unless it has something to it that takes thought."""
        state, headers = self.fresh(), dict(scope["headers"])
        answer = self.kept.find(state, self.kept.words(scope, headers)) if state else None
        if answer is None or scope["method"] not in READING or len(headers) != len(scope["headers"]):
            return None
        if not BODY.isdisjoint(headers):
            return None
        held = headers.get(b"if-none-match")
        if b"range" in headers or (held is None and b"if-modified-since" in headers):
            return None
        if held is not None and (held == answer.etag or holds(scope, answer.etag.decode())):
            self.kept.told.unchanged += 1
            return Reply(answer.unchanged, b"", _request_id(headers))
        if answer.body is None or (held is not None and held.strip() == b"*"):
            return None
        self.kept.told.hits += 1
        return Reply(answer.head, b"" if scope["method"] == "HEAD" else answer.body, _request_id(headers))

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request whose words are new, or that takes thought."""
        exchange = ResponseFinisher(scope, send, open_context(scope), self.kept)
        try:
            ready = await self._without_routing(scope, exchange)
        except ShanhaiError as error:
            ready = problem_response(scope, error)
        except Exception as error:
            log.exception("request %s", exchange.about.request_id)
            ready = problem_response(scope, error)
        if isinstance(ready, Answer):
            await _send(Reply(ready.head, ready.body or b"", exchange.about.request_id.encode()), send)
            return
        if ready:
            await exchange.answer(ready)
            return
        self.kept.told.misses += 1
        with self.kept.making(exchange.key):
            # Routes know GET alone; a HEAD is a GET whose body the exchange keeps back.
            await self.app({**scope, "method": "GET"}, receive, exchange.send)

    async def _without_routing(self, scope: Scope, exchange: ResponseFinisher) -> Response | Answer | None:
        """The answer where it needs no route. Raises BadRequest, MethodNotAllowed."""
        about = exchange.about
        about.base_url = self.base_url(scope)
        require_short_negotiation(scope)
        about.query = query_of(scope)
        if scope["method"] == "OPTIONS":
            return Response(status_code=204, headers=PREFLIGHT)
        if scope["method"] not in READING:
            raise MethodNotAllowed(f"{scope['method']} is not answered; this service is read-only")
        if scope["path"] in self.stateless:
            return None
        exchange.key = self._key(scope, exchange)
        about.state = await self.current()
        if about.state is None:
            return None
        if holds(scope, exchange.etag(about.state)):
            return exchange.unchanged(about.state)
        return await exchange.kept_answer(about.state) if exchange.plain else None

    def _key(self, scope: Scope, exchange: ResponseFinisher) -> tuple[str, ...]:
        """All that decides an answer's bytes besides the state; `?a=1&b=2` and `?b=2&a=1` are one."""
        try:
            variant = self.variant(scope)
        except ShanhaiError:
            variant = ""  # the route will tell what is wrong
        about = exchange.about
        return (about.base_url, scope["path"], repr(sorted(about.query)), variant, exchange.coding)


def _request_id(headers: dict[bytes, bytes]) -> bytes:
    return id_of_request(headers.get(b"x-request-id"))


async def _send(reply: Reply, send: Send) -> None:
    for message in reply.messages():
        await send(message)
