"""Cursors: where a page begins or ends, opaque to clients, valid for one query only."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec

from app.entity import ValueFault


class Cursor(NamedTuple):
    """The sort keys of the row that a page starts after, or, going back, ends before."""

    keys: tuple[Any, ...]
    backwards: bool = False

    def encode(self, query: str) -> str:
        """The cursor as text, bound to `query`."""
        packed = msgspec.msgpack.encode((_fingerprint(query), self.backwards, self.keys))
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


class Cut(NamedTuple):
    """The rows of a page in their order, and the cursors of its neighbours."""

    rows: Sequence[Any]
    next: Cursor | None
    prev: Cursor | None


def cut(rows: Sequence[Any], limit: int, here: Cursor | None, keys: Callable[[Any], tuple[Any, ...]]) -> Cut:
    """A page out of what was read from the cursor `here` on: one row more than it holds, if there is more."""
    backwards, more = here is not None and here.backwards, len(rows) > limit
    page = rows[:limit][::-1] if backwards else rows[:limit]
    after, before = (True, more) if backwards else (more, here is not None)
    return Cut(
        page,
        Cursor(keys(page[-1])) if page and after else None,
        Cursor(keys(page[0]), backwards=True) if page and before else None,
    )


def decode(text: str, query: str, kinds: list[Any]) -> Cursor:
    """Read a cursor of `query`, whose sort keys are of `kinds`. Raises ValueFault."""
    layout: Any = tuple[bytes, bool, tuple[tuple(kinds)]]  # type: ignore[misc]
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        fingerprint, backwards, keys = msgspec.msgpack.decode(packed, type=layout)
    except (ValueError, msgspec.MsgspecError):
        fingerprint = b""
    if fingerprint != _fingerprint(query):
        raise ValueFault("does not belong to this query; take it from links.next or links.prev of the same query")
    return Cursor(keys, backwards)


def _fingerprint(query: str) -> bytes:
    return hashlib.sha256(query.encode()).digest()[:6]
