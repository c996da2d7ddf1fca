"""Absolute addresses: what the client sees, also behind a proxy when the operator says to believe it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus

from starlette.types import Scope

from app.errors import BadRequest

Given = list[tuple[str, str]]  # the parameters of a request

WORD = 100  # characters, up to which a text is likely to come again

_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def header(scope: Scope, name: bytes) -> str | None:
    """A request header's value; several of one name count as one list (RFC 9110, 5.3)."""
    values = [value for key, value in scope["headers"] if key == name]
    return b", ".join(values).decode("latin-1") if values else None


def base_url(scope: Scope, *, fixed: str | None = None, trust_proxy: bool = False) -> str:
    """The address before `/v1`, without a trailing slash. Raises BadRequest where the request's host is malformed."""
    if fixed:
        return fixed.rstrip("/")
    host, scheme, prefix = header(scope, b"host"), scope["scheme"], ""
    if trust_proxy:
        host = _first(scope, b"x-forwarded-host") or host
        scheme = _first(scope, b"x-forwarded-proto") or scheme
        prefix = (_first(scope, b"x-forwarded-prefix") or "").rstrip("/")
    if host is None:  # HTTP/1.0
        host = ":".join(map(str, scope.get("server") or ("localhost",)))
    if not _HOST.fullmatch(host) or scheme not in {"http", "https"} or not _PREFIX.fullmatch(prefix):
        raise BadRequest("the Host header, or what a proxy says of it, is no host name")
    return f"{scheme}://{host}{prefix}"


def _first(scope: Scope, name: bytes) -> str | None:
    """The proxy nearest to the client stands first in the list."""
    value = header(scope, name)
    return value.split(",")[0].strip() if value else None


def query_of(scope: Scope) -> Given:
    """The parameters of a request, those without a value too."""
    text = scope["query_string"].decode("latin-1")
    return parse_qsl(text, keep_blank_values=True) if text else []


def encoded(query: Iterable[tuple[str, str]]) -> str:
    """Parameters as an address has them, sorted."""
    return "&".join([f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(query)])


def _quoted(text: str) -> str:
    return _quoted_word(text) if len(text) <= WORD else quote_plus(text, safe=",:")


@lru_cache(10_000)
def _quoted_word(text: str) -> str:
    return quote_plus(text, safe=",:")
