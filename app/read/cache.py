"""A cache of totals and facets for the release being served."""

from collections.abc import Callable, Sized
from operator import itemgetter
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache
from sqlalchemy.engine import Connection

from app.entity import Column, Entity
from app.request.conditions import Condition
from app.sql.conditions import values_of

T = TypeVar("T")

MAX_FACTS_BYTES = 10_000_000  # of a process, keys included
# Estimates for an entry, each condition in its key besides its value, and each value in it.
ENTRY_BYTES, CONDITION_BYTES, VALUE_BYTES = 1_000, 400, 400
FACTS = "facts"  # the key of the cache in a connection's info

# The collection, the conditions, and for a facet its column.
FactKey = tuple[type[Entity], tuple[Condition, ...]] | tuple[type[Entity], tuple[Condition, ...], Column]


class Facts:
    """An LRU cache of one release, for any thread."""

    def __init__(self) -> None:
        self._entries: LRUCache[FactKey, tuple[Any, int]] = LRUCache(MAX_FACTS_BYTES, itemgetter(1))
        self._lock = Lock()

    @property
    def weight(self) -> int:
        """The estimated bytes of all entries."""
        return int(self._entries.currsize)

    def get(self, key: FactKey) -> Any:
        """Return a value, or None if it is not cached."""
        with self._lock:
            return self._entries.get(key, (None, 0))[0]

    def put(self, key: FactKey, value: Any) -> None:
        """Cache a value."""
        if (weight := _estimate_bytes(key, value)) <= MAX_FACTS_BYTES:
            with self._lock:
                self._entries[key] = value, weight


def _estimate_bytes(key: FactKey, value: Any) -> int:
    """Estimate an entry's size, including the values of conditions, which clients choose."""
    values = len(value) if isinstance(value, Sized) else 0
    conditions = CONDITION_BYTES * len(key[1]) + len(repr(values_of(key[1])))
    return ENTRY_BYTES + conditions + VALUE_BYTES * values


def is_known(connection: Connection, key: FactKey) -> bool:
    """Whether the value for the release that the connection reads is cached."""
    facts: Facts | None = connection.info.get(FACTS)
    return facts is not None and facts.get(key) is not None


def memoize(connection: Connection, key: FactKey, compute: Callable[[], T]) -> T:
    """Return the cached value for the release that the connection reads, or compute it.

    `key` is everything else that the value depends on.
    """
    facts: Facts | None = connection.info.get(FACTS)
    if facts is None:  # a connection without a DatasetReader
        return compute()
    value: T | None = facts.get(key)
    if value is None:
        value = compute()
        facts.put(key, value)
    return value
