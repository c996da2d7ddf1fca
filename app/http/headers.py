"""Header fields that answers of every kind carry."""

METHODS = "GET, HEAD, OPTIONS"

Headers = list[tuple[bytes, bytes]]

EXPOSED = (
    "ETag, Link, Content-Disposition, Content-Range, Accept-Ranges, Repr-Digest, Retry-After, Deprecation, Sunset, "
    "X-Request-Id"
)
ALWAYS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED.encode()),
    (b"x-content-type-options", b"nosniff"),
]
# What a page may load: what is ours and stands in files. Nothing that stands in the page itself runs or styles.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "*",
    "Access-Control-Max-Age": "86400",
}
LIVING: Headers = [
    (b"vary", b"Accept, Accept-Encoding"),
    (b"cache-control", b"public, max-age=60, stale-while-revalidate=600"),
]
SPOKEN_LIVING: Headers = [(b"vary", b"Accept, Accept-Encoding, Accept-Language"), *LIVING[1:]]


def lines(headers: Headers) -> bytes:
    """The fields as HTTP/1.1 has them."""
    return b"".join([b"%s: %s\r\n" % item for item in headers])


def without(headers: Headers, *names: bytes) -> Headers:
    """The other fields."""
    return [item for item in headers if item[0] not in names]
