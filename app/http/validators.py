"""Validators of an answer that depends on the release alone: known before anything else is asked."""

import base64
import hashlib
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import NamedTuple

from starlette.types import Scope

from app.http.addresses import header


class ReleaseState(NamedTuple):
    """What living answers depend on besides the request: the release, and whatever else changes them."""

    release: str
    license: str
    fingerprint: str
    modified: datetime
    license_url: str

    def etag(self, *request: str) -> str:
        """The strong validator of the answer to a request, told by everything that decides its bytes."""
        digest = hashlib.blake2b("\0".join((self.fingerprint, *request)).encode(), digest_size=15).digest()
        return f'"{base64.urlsafe_b64encode(digest).decode()}"'

    @property
    def last_modified(self) -> str:
        """As an HTTP date."""
        return http_date(self.modified)


@lru_cache(64)
def http_date(moment: datetime) -> str:
    """As headers tell time, in whole seconds."""
    return format_datetime(moment.replace(microsecond=0), usegmt=True)


class Validators(NamedTuple):
    """What bytes that lie ready are known by: a strong tag, and when they came to be."""

    etag: str
    modified: datetime

    @property
    def last_modified(self) -> str:
        """As an HTTP date."""
        return http_date(self.modified)


def holds(scope: Scope, etag: str) -> bool:
    """Whether the client names this very answer in If-None-Match; nobody can who was not given it before."""
    known = header(scope, b"if-none-match")
    return known is not None and etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}


def unchanged_since(scope: Scope, state: ReleaseState | Validators) -> bool:
    """Whether an answer that exists fits `If-None-Match: *`, or else If-Modified-Since (RFC 9110, 13.2.2)."""
    if (known := header(scope, b"if-none-match")) is not None:
        return known.strip() == "*"
    since = header(scope, b"if-modified-since")
    try:
        return since is not None and state.modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (ValueError, TypeError, OverflowError):
        return False  # an unreadable date is as if it were not there
