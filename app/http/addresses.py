"""Absolute addresses: what the client sees, also behind a proxy when the operator says to believe it."""

import re
from urllib.parse import parse_qsl

from starlette.types import Scope

from app.errors import BadRequest

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


def query_value(scope: Scope, name: str) -> str | None:
    """The first value of a query parameter."""
    return next((value for key, value in parse_qsl(scope["query_string"].decode("latin-1")) if key == name), None)
