"""Validators, conditional requests and ranges (RFC 9110, 8.8, 13 and 14): the one implementation for all responses."""

import base64
import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from starlette.types import Scope
from werkzeug.http import parse_range_header

from app.errors import RangeNotSatisfiable
from app.http.addresses import header
from app.http.headers import Headers


@lru_cache(64)
def http_date(moment: datetime) -> str:
    """Format a time for a header, in whole seconds."""
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


class Validators(NamedTuple):
    """The strong ETag of a representation, quotes included, and when it last changed, if that is known."""

    etag: str
    modified: datetime | None = None

    @property
    def headers(self) -> Headers:
        """The header fields."""
        last_modified = [(b"last-modified", http_date(self.modified).encode())] if self.modified else []
        return [(b"etag", self.etag.encode()), *last_modified]

    def encoded(self, coding: str) -> "Validators":
        """Return the validators of the same representation in a content coding."""
        return self._replace(etag=f'{self.etag[:-1]}-{coding}"')


class ReleaseState(NamedTuple):
    """A release and everything else that responses depend on beside the request; `fingerprint` identifies all of it."""

    release: str
    license: str
    fingerprint: str
    modified: datetime
    license_url: str
    publisher: str

    def validators(self, key: tuple[str, ...]) -> Validators:
        """Return the validators of the response to the request with this key."""
        digest = hashlib.blake2b("\0".join((self.fingerprint, *key)).encode(), digest_size=15).digest()
        return Validators(f'"{base64.urlsafe_b64encode(digest).decode()}"', self.modified)


def names_etag(scope: Scope, etag: str) -> bool:
    """Return whether If-None-Match lists this ETag, strong or weak."""
    tags = header(scope, b"if-none-match")
    return tags is not None and etag in {tag.removeprefix("W/") for tag in _listed(tags)}


def fails_precondition(scope: Scope, validators: Validators) -> bool:
    """Return whether the client wants another representation: If-Match, else If-Unmodified-Since (RFC 9110, 13.2.2).

    A weak tag matches none.
    """
    if (tags := header(scope, b"if-match")) is not None:
        return tags.strip() != "*" and validators.etag not in _listed(tags)
    since = _date(scope, b"if-unmodified-since")
    return since is not None and validators.modified is not None and validators.modified.replace(microsecond=0) > since


def is_not_modified(scope: Scope, validators: Validators) -> bool:
    """Return whether the client has this representation: If-None-Match, else If-Modified-Since (RFC 9110, 13.2.2)."""
    if (tags := header(scope, b"if-none-match")) is not None:
        return tags.strip() == "*" or names_etag(scope, validators.etag)
    since = _date(scope, b"if-modified-since")
    return since is not None and validators.modified is not None and validators.modified.replace(microsecond=0) <= since


def _listed(tags: str) -> set[str]:
    return {tag.strip() for tag in tags.split(",")}


def _date(scope: Scope, name: bytes) -> datetime | None:
    """Return the date in a header; an unreadable one is ignored."""
    text = header(scope, name)
    try:
        date = None if text is None else parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return date.replace(tzinfo=UTC) if date and date.tzinfo is None else date  # `-0000`


class Span(NamedTuple):
    """The bytes `[start:stop]` of a representation of `length` bytes."""

    start: int
    stop: int
    length: int

    @property
    def content_range(self) -> str:
        """The Content-Range field."""
        return f"bytes {self.start}-{self.stop - 1}/{self.length}"


def requested_span(scope: Scope, length: int, validators: Validators) -> Span | None:
    """Return the range that the client asks for, or None for the whole representation. Raises RangeNotSatisfiable.

    Several ranges at once, and a range of a representation that has changed, get the whole (RFC 9110, 14.2).
    """
    ranges = parse_range_header(header(scope, b"range"), make_inclusive=False)
    if ranges is None or ranges.units != "bytes" or len(ranges.ranges) != 1:
        return None
    condition = header(scope, b"if-range")
    if condition is not None and condition.encode("latin-1") not in dict(validators.headers).values():
        return None
    start, stop = ranges.ranges[0]
    if start < 0:  # the last bytes, of which there may be fewer
        start = max(start, -length) + length
    stop = length if stop is None else min(stop, length)
    if start >= stop:
        raise RangeNotSatisfiable(length)
    return Span(start, stop, length)
