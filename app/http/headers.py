"""Header fields that responses of every kind carry."""

from typing import Final

ALLOWED_METHODS = ("GET", "HEAD", "OPTIONS")
POST_METHODS = ("POST", "OPTIONS")
BODY_HEADERS = frozenset({b"content-length", b"transfer-encoding"})  # announce a body, which may be malformed
POST_PATHS = frozenset({"/mcp"})  # whose requests have a body

Headers = list[tuple[bytes, bytes]]

EXPOSED_HEADERS = (
    "ETag, Link, Content-Disposition, Content-Range, Accept-Ranges, Repr-Digest, Retry-After, Deprecation, Sunset, "
    "RateLimit, RateLimit-Policy, X-Request-Id"
)
COMMON_HEADERS: Headers = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", EXPOSED_HEADERS.encode()),
    (b"cross-origin-resource-policy", b"cross-origin"),  # pages under COEP may embed charts and files
    (b"x-content-type-options", b"nosniff"),
]
# Pages load scripts, styles and images from this site's files only; nothing inline runs or styles.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'self'; frame-ancestors 'none'"
)
# A page in a frame of another site shows pictures, and neither runs nor sends anything.
FRAMED_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"
)
HSTS_S: Final = 31_536_000  # for which a browser that came by https comes back by https only
# Cache-Control of what the next release may change, and of what never changes.
REVALIDATE: Final = "public, max-age=60, stale-while-revalidate=600"
IMMUTABLE: Final = "public, max-age=31536000, immutable"
# Each response at an address has the same Vary, errors too, or else caches keep one response only.
VARY: Final = "Accept, Accept-Encoding"
VARY_BY_LANGUAGE: Final = f"{VARY}, Accept-Language"


def allowed_methods(path: str) -> tuple[str, ...]:
    """Return the methods that an address takes; all but those of POST_PATHS are for reading."""
    return POST_METHODS if path in POST_PATHS else ALLOWED_METHODS


def preflight_headers(path: str) -> dict[str, str]:
    """Return the fields of the response to OPTIONS, which browsers send before a request to another site."""
    methods = ", ".join(allowed_methods(path))
    return {
        "Allow": methods,
        "Access-Control-Allow-Methods": methods,
        "Access-Control-Allow-Headers": "*",
        "Access-Control-Max-Age": "86400",
    }


def html_headers(base_url: str, policy: str) -> dict[str, str]:
    """Return the security headers of an HTML document: its content policy, and what all documents share."""
    headers = {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "same-origin",
    }
    if policy is FRAMED_POLICY:
        headers["Cross-Origin-Embedder-Policy"] = "require-corp"  # or else no page that has it could show the frame
    else:
        headers["X-Frame-Options"] = "DENY"  # for browsers that do not know frame-ancestors
    if base_url.startswith("https:"):
        headers["Strict-Transport-Security"] = f"max-age={HSTS_S}"
    return headers


def without_body(headers: Headers) -> Headers:
    """Return the fields of a 304 that stands for a response with these."""
    return [item for item in headers if item[0] not in {b"content-length", b"content-type"}]


def serialize(headers: Headers) -> bytes:
    """Return the fields as HTTP/1.1 lines."""
    return b"".join([b"%s: %s\r\n" % item for item in headers])
