"""Facts of the release being served: totals, facets, groups. Each is found out once, and kept while that release is."""

from collections.abc import Callable, Sized
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from app.entity import Column, Entity
from app.lru import LruCache
from app.request.conditions import Condition
from app.sql.conditions import values_of

T = TypeVar("T")

MAX_FACTS_BYTES = 10_000_000  # of a process, keys included
ENTRY_BYTES, VALUE_BYTES = 1_000, 100  # what one entry, and each value of it, takes up about
FACTS = "facts"  # under this a connection has those of the release that its snapshot shows

# What a fact depends on: the collection, the conditions, and for a facet its column.
FactKey = tuple[type[Entity], tuple[Condition, ...]] | tuple[type[Entity], tuple[Condition, ...], Column]
Facts = LruCache[FactKey, Any]


def new_cache() -> Facts:
    """Those of a release of which nothing is known yet."""
    return LruCache(MAX_FACTS_BYTES, _bytes)


def _bytes(key: FactKey, value: Any) -> int:
    """The bytes that a fact takes up, about: clients choose the values in its conditions."""
    values = len(value) if isinstance(value, Sized) else 0
    return ENTRY_BYTES + VALUE_BYTES * values + len(repr(values_of(key[1])))


def memoize(connection: Connection, key: FactKey, find: Callable[[], T]) -> T:
    """What `find` finds out on this connection's snapshot; `key` says all that it hangs on besides."""
    facts: Facts | None = connection.info.get(FACTS)
    if facts is None:  # whoever opened it does not keep any
        return find()
    known: T | None = facts.get(key)
    if known is None:
        known = find()
        facts.put(key, known)
    return known
