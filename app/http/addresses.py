"""Absolute addresses: what the client sees, also behind a proxy when the operator says to believe it."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, quote_plus

from starlette.types import Scope

from app.errors import BadRequest, Fault, InvalidQuery
from app.http.limits import MAX_PARAMETERS

QueryItems = Sequence[tuple[str, str]]  # names and values of query parameters, in the order of the request
Given = QueryItems

WORD = 100  # characters, up to which a text is likely to come again
HEADERS = "shanhai.headers"  # under this a request has its header by name, once it was looked at

_HOST = re.compile(r"(?=.{1,255}$)([A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?)")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def header(scope: Scope, name: bytes) -> str | None:
    """A request header's value; several of one name count as one list (RFC 9110, 5.3)."""
    by_name: dict[bytes, bytes] | None = scope.get(HEADERS)
    if by_name is None:
        by_name = scope[HEADERS] = {}
        for key, value in scope["headers"]:
            by_name[key] = by_name[key] + b", " + value if key in by_name else value
    found = by_name.get(name)
    return None if found is None else found.decode("latin-1")


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


def query_of(scope: Scope) -> QueryItems:
    """The parameters of a request, including those without a value. Raises InvalidQuery where there are too many."""
    text = scope["query_string"].decode("latin-1")
    if text.count("&") >= MAX_PARAMETERS:
        raise InvalidQuery([Fault("query", f"more than {MAX_PARAMETERS} parameters; send fewer in one request")])
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True)
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return [(name, value) for name, _, value in pairs]


def encoded(query: Iterable[tuple[str, str]]) -> str:
    """Parameters as an address has them, sorted."""
    return "&".join([_pair(*pair) if len(pair[0]) + len(pair[1]) <= WORD else _quoted(*pair) for pair in sorted(query)])


def _quoted(name: str, value: str) -> str:
    return f"{quote_plus(name, safe=',:')}={quote_plus(value, safe=',:')}"


_pair = lru_cache(10_000)(_quoted)  # an answer tells its own several times
