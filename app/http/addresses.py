"""URLs: the base URL as the client sees it, also behind a trusted proxy; and query strings."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address
from urllib.parse import parse_qsl, quote, quote_plus, unquote

from starlette.types import Scope

from app.errors import BadRequest, Fault, InvalidQuery, NotFound
from app.http.limits import MAX_KEY_CHARS
from app.nearest import quote_chinese
from app.sentence import Sentence

QueryItems = Sequence[tuple[str, str]]  # names and values of query parameters, in the order of the request

# The parameters that are lists, with every filter by one of several values. They are the same at every address, so that
# the query has one form before any cache compares it.
LISTS = frozenset({"collection", "facet", "fields", "group_by", "include", "measure", "sort"})
IN = "__in"

MAX_MEMOIZED_CHARS = 100  # of an encoded parameter
# Answered under every host: containers ask by address.
HEALTH_PATHS = frozenset({"/healthz", "/readyz", "/readyz/deep"})
_SCOPE_KEY = "shanhai.headers"

_NAME = r"[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]"
_HOST = re.compile(rf"(?=.{{1,255}}$)(?P<name>{_NAME})(:[0-9]{{1,5}})?")
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


def base_url(
    scope: Scope, *, fixed: str | None = None, trust_proxy: bool = False, allowed_hosts: Sequence[str] = ()
) -> str:
    """Return the URL before `/v1`, without a trailing slash: `fixed`, or what the request says.

    Raises BadRequest if the request's host is missing, malformed, or not one of `allowed_hosts`.
    """
    host, scheme, prefix = header(scope, b"host"), scope["scheme"], ""
    if host is None:
        host = _host_of_server(scope)
    if trust_proxy:
        host = _last(scope, b"x-forwarded-host") or host
        scheme = (_last(scope, b"x-forwarded-proto") or scheme).lower()
        prefix = (_last(scope, b"x-forwarded-prefix") or "").rstrip("/")
    match = _HOST.fullmatch(host)
    if not match or scheme not in {"http", "https"} or not _PREFIX.fullmatch(prefix):
        raise BadRequest(
            Sentence(
                "请求的 Host，或代理写入的 X-Forwarded-Host、-Proto、-Prefix，不合规范。",
                "The Host header, or the proxy's X-Forwarded-Host, -Proto or -Prefix, is not valid.",
            )
        )
    if allowed_hosts and scope["path"] not in HEALTH_PATHS and not _is_allowed(match["name"].lower(), allowed_hosts):
        raise BadRequest(
            Sentence(
                f"本服务不使用主机名{quote_chinese(match['name'])}，请用公开的网址访问。",
                f"This service does not answer as {match['name']!r}. Send the host of its public address.",
            )
        )
    return fixed.rstrip("/") if fixed else f"{scheme}://{host}{prefix}"


def _host_of_server(scope: Scope) -> str:
    """Return the host of a request without a Host field, which HTTP/1.0 allows. Raises BadRequest if it is newer."""
    if scope["http_version"] != "1.0":
        raise BadRequest(
            Sentence(
                "请求缺少 Host 头，请补上网址的主机名。",
                "The request has no Host header. Send one with the host of the address.",
            )
        )
    name, port = scope.get("server") or ("localhost", None)
    return f"[{name}]:{port}" if ":" in name else f"{name}:{port}" if port else name


def _is_allowed(name: str, allowed_hosts: Iterable[str]) -> bool:
    """Return whether a host is one of those allowed; `*.example.org` stands for all hosts below example.org."""
    return any(name.endswith(each[1:]) if each.startswith("*.") else name == each for each in allowed_hosts)


def _last(scope: Scope, name: bytes) -> str | None:
    """Return the last entry of a list header: that of the nearest proxy. What precedes it may come from the client."""
    value = header(scope, name)
    return value.rpartition(",")[2].strip() if value else None


def without_trailing_slash(scope: Scope, base: str) -> str | None:
    """Return the URL of a request without the slashes at its end, and with its query as it came; None without any."""
    path: str = scope["path"]
    if not path.endswith("/") or path == "/":
        return None
    query = scope["query_string"].decode("latin-1")
    return f"{base}{quote(path.rstrip('/')) or '/'}{'?' if query else ''}{query}"


def require_utf8(scope: Scope) -> None:
    """Raise NotFound if the path is not UTF-8; servers replace what they cannot decode."""
    if "\ufffd" in scope["path"]:
        try:
            unquote(scope["raw_path"], errors="strict")
        except UnicodeDecodeError:
            raise NotFound(
                Sentence(
                    "网址的路径不是 UTF-8 编码，请改用 UTF-8。",
                    "The path is not UTF-8; encode it as UTF-8. GET /v1 lists what there is.",
                )
            ) from None


def address_of(scope: Scope, *, trust_proxy: bool = False) -> str:
    """Return the client's address, which a proxy may have stated in any form; empty on a Unix socket.

    Of X-Forwarded-For only the last entry counts, which the trusted proxy has added; the client may have sent the
    others.
    """
    address: str = scope["client"][0] if scope.get("client") else ""
    if trust_proxy and (last := _last(scope, b"x-forwarded-for")):
        address = last
        if address.startswith("["):
            address = address[1:].partition("]")[0]
        elif address.count(":") == 1:  # some proxies add the port
            address = address.partition(":")[0]
    return address


def client_of(scope: Scope, *, trust_proxy: bool = False) -> str:
    """Return the client for which a share is counted: an IPv4 address, or an IPv6 network of 64 bits.

    A client has as many IPv6 addresses as it likes within its network.
    """
    address = address_of(scope, trust_proxy=trust_proxy)
    try:
        ip = ip_address(address)
    except ValueError:
        return address[:MAX_KEY_CHARS]
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))
    return str(ip)


def query_of(scope: Scope, max_parameters: int) -> QueryItems:
    """Return the query parameters, with or without values, each list as one.

    Raises InvalidQuery if they are too many or not UTF-8.
    """
    text = scope["query_string"].decode("latin-1")
    if text.count("&") >= max_parameters:
        fault = Fault(
            "query",
            Sentence(
                f"参数多于 {max_parameters} 个，请减少。",
                f"More than {max_parameters} parameters. Send fewer in one request.",
            ),
        )
        raise InvalidQuery([fault], limit=f"SHANHAI_MAX_PARAMETERS={max_parameters}")
    if "%" in text or "+" in text:
        try:
            return _joined(parse_qsl(text, keep_blank_values=True, errors="strict"))
        except UnicodeDecodeError:
            raise InvalidQuery(_not_utf8(text)) from None
    pairs = (pair.partition("=") for pair in text.split("&") if pair)
    return _joined([(name, value) for name, _, value in pairs])


def is_list(name: str) -> bool:
    """Return whether a parameter of this name is a comma-separated list."""
    return name in LISTS or name.endswith(IN)


def _joined(query: QueryItems) -> QueryItems:
    """Return a query in which each list is one parameter: many clients send a parameter for each of its values."""
    if len(dict(query)) == len(query):
        return query
    values: dict[str, list[str]] = {}
    for name, value in query:
        values.setdefault(name, []).append(value)
    return [
        pair
        for name, texts in values.items()
        for pair in ([(name, ",".join(texts))] if is_list(name) else [(name, text) for text in texts])
    ]


def _not_utf8(text: str) -> Iterator[Fault]:
    """Yield a fault for each parameter of a query that is not UTF-8."""
    for name, value in parse_qsl(text, keep_blank_values=True, encoding="latin-1"):
        try:
            known = name.encode("latin-1").decode()
        except UnicodeDecodeError:
            yield Fault(
                quote(name, encoding="latin-1"),
                Sentence("参数名不是 UTF-8 编码，请改用 UTF-8。", "The name is not UTF-8; encode it as UTF-8."),
            )
            continue
        try:
            value.encode("latin-1").decode()
        except UnicodeDecodeError:
            yield Fault(
                known, Sentence("取值不是 UTF-8 编码，请改用 UTF-8。", "The value is not UTF-8; encode it as UTF-8.")
            )


def encoded(query: Iterable[tuple[str, str]]) -> str:
    """Return query parameters as a query string, sorted."""
    return "&".join([_encode_short(*pair) if _is_short(*pair) else _encode(*pair) for pair in sorted(query)])


def _is_short(name: str, value: str) -> bool:
    return len(name) + len(value) <= MAX_MEMOIZED_CHARS


def _encode(name: str, value: str) -> str:
    return f"{quote_plus(name, safe=',:')}={quote_plus(value, safe=',:')}"


_encode_short = lru_cache(10_000)(_encode)  # a response repeats its own parameters in several links
