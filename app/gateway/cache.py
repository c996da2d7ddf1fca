"""The response cache: finished responses of one release, in memory, least recently used first out.

A lookup by the raw key needs only the request line and a few headers. Loading another release clears the cache. Errors,
ranges, streams and long bodies are not cached.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from cachetools import LRUCache
from starlette.types import Scope

from app.http.headers import Headers
from app.http.limits import MAX_KEY_CHARS
from app.http.validators import ReleaseState

CacheKey = tuple[Any, ...]  # texts and bytes

MAX_ENTRY_SHARE = 1 / 32  # of the cache, for one entry
MAX_WAIT_S = 1.0  # for a response that another request computes
ENTRY_OVERHEAD_BYTES = 2_500  # an estimate: headers and objects of an entry

# The headers that select among the responses of one address.
VARY_HEADERS = (b"host", b"accept", b"accept-encoding", b"accept-language")
PROXY_HEADERS = (b"x-forwarded-host", b"x-forwarded-proto", b"x-forwarded-prefix")


class CachedResponse(NamedTuple):
    """A finished 200 response."""

    etag: bytes
    headers: Headers
    body: bytes
    weight: int = 0  # bytes in memory, key included
    route: str | None = None  # the pattern of its path, for logs and metrics

    def weight_with(self, key: CacheKey) -> int:
        """Estimate the bytes in memory of this entry; a character of the key takes up to four."""
        return ENTRY_OVERHEAD_BYTES + len(self.body) + 4 * sum(map(len, filter(None, key)))


@dataclass
class CacheStats:
    """Cache counters since the process started."""

    hits: int = 0
    not_modified: int = 0
    misses: int = 0
    computed: Counter[int] = field(default_factory=Counter)  # responses that were not cached, by status


class ResponseCache:
    """A cache of `max_bytes`. A response has an entry under its normalized key and, if repeated, under each raw key."""

    def __init__(self, max_bytes: int, *, trust_proxy: bool) -> None:
        self.stats = CacheStats()
        self.vary_headers = VARY_HEADERS + PROXY_HEADERS if trust_proxy else VARY_HEADERS
        self._max_body_bytes = int(max_bytes * MAX_ENTRY_SHARE)
        self._entries: LRUCache[CacheKey, CachedResponse] = LRUCache(max_bytes, lambda entry: entry.weight)
        self._release: ReleaseState | None = None
        self._pending: dict[CacheKey, asyncio.Event] = {}

    @property
    def weight(self) -> int:
        """The bytes that all entries take up, estimated."""
        return int(self._entries.currsize)

    def __len__(self) -> int:
        return len(self._entries)

    def raw_key(self, scope: Scope, headers: dict[bytes, bytes]) -> CacheKey:
        """Return the key of a request as the client wrote it."""
        return (scope["path"], scope["query_string"], scope["scheme"], *map(headers.get, self.vary_headers))

    def get(self, release: ReleaseState, key: CacheKey) -> CachedResponse | None:
        """Return the cached response of a release; a new release clears the cache."""
        if release is not self._release:
            self._entries.clear()
            self._release = release
        return self._entries.get(key)

    def put(self, release: ReleaseState, response: CachedResponse, key: CacheKey | None) -> None:
        """Cache a response of the current release."""
        if key is None or release is not self._release or len(response.body) > self._max_body_bytes:
            return
        if (weight := response.weight_with(key)) <= self._entries.maxsize:
            self._entries[key] = response._replace(weight=weight)

    def raw_key_if_short(self, scope: Scope) -> CacheKey | None:
        """Return the raw key unless the request repeats a header or sends a long one: clients choose these texts.

        A request without Host has none: whether it is valid depends on the version of HTTP.
        """
        headers = dict(scope["headers"])
        is_long = any(len(headers.get(name, b"")) > MAX_KEY_CHARS for name in self.vary_headers)
        has_key = b"host" in headers and not is_long and len(headers) == len(scope["headers"])
        return self.raw_key(scope, headers) if has_key else None

    @contextmanager
    def computing(self, key: CacheKey) -> Iterator[None]:
        """Let others wait for the response that is computed within this block."""
        event = asyncio.Event()
        is_first = self._pending.setdefault(key, event) is event
        try:
            yield
        finally:
            if is_first:
                del self._pending[key]
                event.set()

    async def wait(self, key: CacheKey) -> bool:
        """Wait for a response that is being computed, for MAX_WAIT_S at most; return whether one was.

        It may be an export that waits for its turn behind others of its client.
        """
        event = self._pending.get(key)
        if event:
            with suppress(TimeoutError):
                await asyncio.wait_for(event.wait(), MAX_WAIT_S)
        return event is not None
