"""A cache of totals and facets for the release being served."""

from collections.abc import Callable, Sized
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from app.entity import Column, Entity
from app.lru import LruCache
from app.request.conditions import Condition
from app.sql.conditions import values_of

T = TypeVar("T")

MAX_FACTS_BYTES = 10_000_000  # of a process, keys included
ENTRY_BYTES, VALUE_BYTES = 1_000, 100  # estimates for an entry, and for each value in it
FACTS = "facts"  # the key of the cache in a connection's info

# The collection, the conditions, and for a facet its column.
FactKey = tuple[type[Entity], tuple[Condition, ...]] | tuple[type[Entity], tuple[Condition, ...], Column]
Facts = LruCache[FactKey, Any]


def new_cache() -> Facts:
    """Return an empty cache, for a new release."""
    return LruCache(MAX_FACTS_BYTES, _estimate_bytes)


def _estimate_bytes(key: FactKey, value: Any) -> int:
    """Estimate an entry's size, including the values of conditions, which clients choose."""
    values = len(value) if isinstance(value, Sized) else 0
    return ENTRY_BYTES + VALUE_BYTES * values + len(repr(values_of(key[1])))


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
