"""The optional limit on how many requests a client may send in a time, counted in memory or in Redis."""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import Message, Scope, Send

from app.http.addresses import HEALTH_PATHS
from app.http.headers import Headers
from app.http.refusal_log import RefusalLog

UNLIMITED_PATHS = HEALTH_PATHS | {"/metrics"}  # which machines of the operator ask for
REDIS_TIMEOUT_S = 0.5  # for one answer, while a request waits


@dataclass
class Quota:
    """What is left to one client, as draft-ietf-httpapi-ratelimit-headers-10 has it."""

    limit: str  # the setting
    headers: Headers
    is_exceeded: bool
    reset_s: int

    def stating(self, send: Send) -> Send:
        """Return a `send` that adds the fields to the response."""

        async def respond(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *self.headers]}
            await send(message)

        return respond


class RateLimiter:
    """Counts the requests of each client. `client_of` returns the client of a request."""

    def __init__(self, limit: str, storage: str, client_of: Callable[[Scope], str], log: RefusalLog) -> None:
        from limits import parse
        from limits.aio.storage import Storage
        from limits.aio.strategies import FixedWindowRateLimiter
        from limits.storage import storage_from_string

        options: dict[str, float | str] = {}
        if storage != "memory://":
            timeouts = {"socket_timeout": REDIS_TIMEOUT_S, "socket_connect_timeout": REDIS_TIMEOUT_S}
            options = {"implementation": "redispy", **timeouts}
        opened = storage_from_string(f"async+{storage}", **options)
        if not isinstance(opened, Storage):
            raise TypeError(f"{storage} is no asynchronous storage")
        self._setting = limit
        self._limit = parse(limit)
        self._limiter = FixedWindowRateLimiter(opened)
        self._client_of = client_of
        self._log = log
        self._failures = opened.base_exceptions
        self._policy = b'"default";q=%d;w=%d' % (self._limit.amount, self._limit.get_expiry())

    async def count(self, scope: Scope) -> Quota | None:
        """Count a request. Return None if it is not limited, or if the storage fails: then all requests pass."""
        if scope["path"] in UNLIMITED_PATHS:
            return None
        client = self._client_of(scope)
        try:
            is_within = await self._limiter.hit(self._limit, client)
            reset_at, remaining = await self._limiter.get_window_stats(self._limit, client)
            reset_s = max(1, math.ceil(reset_at - time.time()))
            if reset_s > self._limit.get_expiry():  # the clock was set back, and the window would last as much longer
                await self._limiter.clear(self._limit, client)
                return await self.count(scope)
        except self._failures as error:
            line = "Requests are not limited, since the storage of the rate limit fails"
            self._log.warn(f"{line}: {type(error).__name__}.", line)
            return None
        left = b'"default";r=%d;t=%d' % (remaining, reset_s)
        headers = [(b"ratelimit-policy", self._policy), (b"ratelimit", left)]
        return Quota(self._setting, headers, not is_within, reset_s)
