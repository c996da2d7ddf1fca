"""URLs: the base URL as the client sees it, also behind a trusted proxy; and query strings."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import parse_qsl, quote_plus

from starlette.types import Scope

from app.errors import BadRequest, Fault, InvalidQuery
from app.http.limits import MAX_KEY_CHARS, MAX_PARAMETERS

QueryItems = Sequence[tuple[str, str]]  # names and values of query parameters, in the order of the request

MAX_MEMOIZED_CHARS = 100  # of an encoded parameter
_SCOPE_KEY = "shanhai.headers"

_HOST = re.compile(r"(?=.{1,255}$)([A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?)")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*")


def header(scope: Scope, name: bytes) -> str | None:
    """Return a request header; repeated fields count as one list (RFC 9110, 5.3)."""
    by_name: dict[bytes, bytes] | None = scope.get(_SCOPE_KEY)
    if by_name is None:
        by_name = scope[_SCOPE_KEY] = {}
        for key, value in scope["headers"]:
            by_name[key] = by_name[key] + b", " + value if key in by_name else value
    combined = by_name.get(name)
    return None if combined is None else combined.decode("latin-1")


def base_url(scope: Scope, *, fixed: str | None = None, trust_proxy: bool = False) -> str:
    """Return the URL before `/v1`, without a trailing slash. Raises BadRequest if the request's host is malformed."""
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
        raise BadRequest("The Host header, or the proxy's X-Forwarded header, is not a valid host name.")
    return f"{scheme}://{host}{prefix}"


def _first(scope: Scope, name: bytes) -> str | None:
    """Return the first entry of a list header: that of the proxy nearest to the client."""
    value = header(scope, name)
    return value.split(",")[0].strip() if value else None


def client_of(scope: Scope, *, trust_proxy: bool = False) -> str:
    """Return the client for which a share is counted: an IPv4 address, or an IPv6 network of 64 bits.

    A client has as many IPv6 addresses as it likes within its network. Of X-Forwarded-For only the last entry counts,
    which the trusted proxy has added; the client may have sent the others.
    """
    address = scope["client"][0] if scope.get("client") else ""  # none on a Unix socket
    if trust_proxy and (chain := header(scope, b"x-forwarded-for")):
        address = chain.rpartition(",")[2].strip()
        if address.startswith("["):
            address = address[1:].partition("]")[0]
        elif address.count(":") == 1:  # some proxies add the port
            address = address.partition(":")[0]
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:MAX_KEY_CHARS]
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))
    return str(ip)


def query_of(scope: Scope) -> QueryItems:
    """Return the query parameters, with or without values. Raises InvalidQuery if there are too many."""
    text = scope["query_string"].decode("latin-1")
    if text.count("&") >= MAX_PARAMETERS:
        raise InvalidQuery([Fault("query", f"More than {MAX_PARAMETERS} parameters. Send fewer in one request.")])
    if "%" in text or "+" in text:
        return parse_qsl(text, keep_blank_values=True)
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return [(name, value) for name, _, value in pairs]


def encoded(query: Iterable[tuple[str, str]]) -> str:
    """Return query parameters as a query string, sorted."""
    return "&".join([_encode_short(*pair) if _is_short(*pair) else _encode(*pair) for pair in sorted(query)])


def _is_short(name: str, value: str) -> bool:
    return len(name) + len(value) <= MAX_MEMOIZED_CHARS


def _encode(name: str, value: str) -> str:
    return f"{quote_plus(name, safe=',:')}={quote_plus(value, safe=',:')}"


_encode_short = lru_cache(10_000)(_encode)  # a response repeats its own parameters in several links
