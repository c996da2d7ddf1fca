"""Facts of the release being served: totals, facets, groups. Each is found out once, and kept while that release is."""

from collections.abc import Callable, Hashable, Sized
from typing import Any, TypeVar

from sqlalchemy.engine import Connection

from app.recent import Recent

T = TypeVar("T")

ROOM = 100_000  # values in all that a process keeps, some megabytes
FACTS = "facts"  # under this a connection has those of the release that its snapshot shows

Facts = Recent[Hashable, Any]


def no_facts() -> Facts:
    """Those of a release of which nothing is known yet."""
    return Recent(ROOM, lambda value: 1 + (len(value) if isinstance(value, Sized) else 0))


def once(connection: Connection, key: Hashable, find: Callable[[], T]) -> T:
    """What `find` finds out on this connection's snapshot; `key` says all that it hangs on besides."""
    facts: Facts | None = connection.info.get(FACTS)
    if facts is None:  # whoever opened it does not keep any
        return find()
    known: T | None = facts.get(key)
    if known is None:
        known = find()
        facts.put(key, known)
    return known
