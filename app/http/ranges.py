"""Parts of a body (RFC 9110, 14): which one a client asks for, so that a broken download goes on where it stopped."""

from typing import NamedTuple

from starlette.types import Scope
from werkzeug.http import parse_range_header

from app.errors import RangeNotSatisfiable
from app.http.addresses import header
from app.http.context import context


class Span(NamedTuple):
    """The bytes from `start` to before `stop`, of `length` in all."""

    start: int
    stop: int
    length: int

    @property
    def content_range(self) -> str:
        """As the header tells it."""
        return f"bytes {self.start}-{self.stop - 1}/{self.length}"


def requested_span(scope: Scope, length: int, etag: str, last_modified: str) -> Span | None:
    """The part that is asked for, or None for the whole. Raises RangeNotSatisfiable.

    The whole is what a client gets that asks for several parts at once, or for a part of something that has changed
    since: a server may always send it.
    """
    asked = parse_range_header(header(scope, b"range"), make_inclusive=False)
    if context(scope).head or asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if (condition := header(scope, b"if-range")) is not None and condition not in {etag, last_modified}:
        return None
    start, stop = asked.ranges[0]
    if start < 0:  # the last so many bytes, of which there may be fewer
        start = max(start, -length) + length
    stop = length if stop is None else min(stop, length)
    if start >= stop:
        raise RangeNotSatisfiable(length)
    return Span(start, stop, length)
