"""Cursors: the start or end of a page, opaque to clients and bound to one query and one release."""

import base64
import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec

from app.entity import SLUG, ValueFault
from app.sentence import Sentence

FINGERPRINT_BYTES = 6

Keys = tuple[Any, ...]
ReleaseId = Annotated[str, msgspec.Meta(pattern=f"^{SLUG}$", max_length=100)]


class Cursor(NamedTuple):
    """The sort keys of the row after which a page starts or, backwards, before which it ends, in one release."""

    release: str
    keys: Keys
    backwards: bool = False

    def encode(self, query: str) -> str:
        """Return the cursor as text, bound to `query`."""
        packed = msgspec.msgpack.encode((_fingerprint(query), *self))
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


class PageRows(NamedTuple):
    """The rows of a page in their order, and the cursors of its neighbours."""

    rows: Sequence[Any]
    next: Cursor | None
    prev: Cursor | None


def paginate(
    rows: Sequence[Any], limit: int, cursor: Cursor | None, release: str, keys_of: Callable[[Any], Keys]
) -> PageRows:
    """Return the page of a release at `cursor`. More rows than `limit` mean that there is another page."""
    backwards, more = cursor is not None and cursor.backwards, len(rows) > limit
    page = rows[:limit][::-1] if backwards else rows[:limit]
    after, before = (True, more) if backwards else (more, cursor is not None)
    return PageRows(
        page,
        Cursor(release, keys_of(page[-1])) if page and after else None,
        Cursor(release, keys_of(page[0]), backwards=True) if page and before else None,
    )


def decode(text: str, query: str, key_types: list[Any]) -> Cursor:
    """Read a cursor of `query`, whose sort keys have these types. Raises ValueFault."""
    layout: Any = tuple[bytes, ReleaseId, tuple[tuple(key_types)], bool]  # type: ignore[misc]
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        fingerprint, *parts = msgspec.msgpack.decode(packed, type=layout)
    except (ValueError, msgspec.MsgspecError):
        fingerprint = b""
    if fingerprint != _fingerprint(query):
        raise ValueFault(
            Sentence(
                "游标不属于这个查询。请从同一查询的上一页、下一页进入，或去掉游标重新开始。",
                "The cursor does not belong to this query. Take it from links.next or links.prev of the same query, or "
                "begin again without a cursor.",
            )
        )
    return Cursor(*parts)


def _fingerprint(query: str) -> bytes:
    return hashlib.sha256(query.encode()).digest()[:FINGERPRINT_BYTES]
