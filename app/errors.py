"""The errors of the domain, which know no HTTP, and the one table that maps them to problems (RFC 9457)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Fault:
    """One fault of an input: the parameter, what is wrong with it, and the values that are allowed."""

    parameter: str
    detail: str
    allowed: list[str] | None = None


class ShanhaiError(Exception):
    """The base of all expected errors. `faults` name the wrong inputs.

    `limit` is for logs: what the operator has set, or the code, that the request exceeds. It contains nothing that the
    request does.
    """

    def __init__(self, detail: str, faults: Iterable[Fault] = (), *, limit: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)
        self.limit = limit


class InvalidQuery(ShanhaiError):
    """A parameter is unknown, of the wrong type, or does not fit the others."""

    def __init__(self, faults: Iterable[Fault], *, limit: str = "") -> None:
        faults = tuple(faults)
        super().__init__(" ".join(f"{fault.parameter}: {fault.detail}" for fault in faults), faults, limit=limit)


class BadRequest(ShanhaiError):
    """The request is malformed."""


class VersionNotSupported(ShanhaiError):
    """The request is of another major version of HTTP than 1."""


class RequestTimeout(ShanhaiError):
    """The client did not send the whole head of its request in time."""


class TargetTooLong(ShanhaiError):
    """The request target exceeds the limit."""


class HeadTooLarge(ShanhaiError):
    """The header fields exceed a limit."""


class NotFound(ShanhaiError):
    """There is nothing at this address."""


class MethodNotAllowed(ShanhaiError):
    """The method is not GET, HEAD or OPTIONS."""

    def __init__(self, method: str) -> None:
        super().__init__(f"{method} is not allowed. This service is read-only.")


class NotAcceptable(ShanhaiError):
    """No format that the client accepts is available."""


class ReleaseChanged(ShanhaiError):
    """A cursor belongs to another release than the one that is served now."""

    def __init__(self, of_cursor: str, served: str) -> None:
        change = f"The cursor belongs to release {of_cursor}, and {served} is served now."
        super().__init__(f"{change} Their pages do not fit together. Begin again without the cursor.")
        self.of_cursor = of_cursor
        self.served = served


class PreconditionFailed(ShanhaiError):
    """The representation is not the one that If-Match or If-Unmodified-Since requires."""


class RangeNotSatisfiable(ShanhaiError):
    """The requested range begins beyond the end."""

    def __init__(self, length: int) -> None:
        super().__init__(f"The file has {length} bytes, numbered from 0. Request a range that begins within them.")
        self.length = length


class TooManyRequests(ShanhaiError):
    """The client has sent more requests than the operator allows it in a time."""

    def __init__(self, rate_limit: str, retry_after_s: int) -> None:
        allowed = rate_limit.replace("/", " requests per ")
        detail = f"You have sent more than {allowed}. Try again in {retry_after_s} seconds."
        super().__init__(detail, limit=f"SHANHAI_RATE_LIMIT={rate_limit}")
        self.retry_after_s = retry_after_s


class Unavailable(ShanhaiError):
    """The database does not answer, or holds no release yet. `inside` (addresses, causes) is for logs only."""

    def __init__(self, detail: str, inside: object = "", *, limit: str = "") -> None:
        super().__init__(detail, limit=limit)
        self.inside = str(inside).partition("\n")[0]


class Overloaded(Unavailable):
    """Too many exports are running."""


class Busy(Unavailable):
    """Another process holds the database. Retry shortly."""


class Problem(NamedTuple):
    """A kind of problem: its HTTP status, its code, and its title and description for people."""

    status: int
    code: str
    title: str
    about: str


PROBLEMS: dict[type[Exception], Problem] = {
    BadRequest: Problem(
        400, "bad-request", "Malformed request", "The request cannot be read. The detail says which part."
    ),
    RequestTimeout: Problem(
        408, "request-timeout", "Request not complete", "The head of the request did not arrive in time. Send it again."
    ),
    TargetTooLong: Problem(
        414, "target-too-long", "Address too long", "The detail says how long an address may be. Use fewer parameters."
    ),
    TooManyRequests: Problem(
        429,
        "too-many-requests",
        "Too many requests",
        "Try again after Retry-After seconds.",
    ),
    HeadTooLarge: Problem(
        431,
        "head-too-large",
        "Header fields too large",
        "The detail says which limit applies. Send fewer or shorter header fields.",
    ),
    NotFound: Problem(
        404,
        "not-found",
        "Nothing at this address",
        "There is no such collection, record or document. GET /v1 lists what there is.",
    ),
    MethodNotAllowed: Problem(
        405, "method-not-allowed", "Read-only service", "Only GET, HEAD and OPTIONS are allowed, at every address."
    ),
    NotAcceptable: Problem(
        406,
        "not-acceptable",
        "Format not available",
        "No accepted format is available here. `errors` lists the available ones.",
    ),
    ReleaseChanged: Problem(
        409,
        "release-changed",
        "Another release is served now",
        "A cursor belongs to the release of its page. Begin again at `links.first`, the same query without its cursor.",
    ),
    PreconditionFailed: Problem(
        412,
        "precondition-failed",
        "Changed in the meantime",
        "The response is not the one that If-Match or If-Unmodified-Since requires. Start again with the current one.",
    ),
    RangeNotSatisfiable: Problem(
        416,
        "range-not-satisfiable",
        "No such range",
        "The range begins beyond the end of the file. Content-Range states its length.",
    ),
    InvalidQuery: Problem(
        422,
        "invalid-query",
        "Invalid query",
        "A parameter is unknown, ill-typed or conflicts with others. `errors` names each.",
    ),
    Unavailable: Problem(
        503,
        "unavailable",
        "Not ready",
        "The database does not answer or holds no release. Try again after Retry-After seconds.",
    ),
    VersionNotSupported: Problem(
        505, "version-not-supported", "HTTP version not supported", "Send the request as HTTP/1.1 or HTTP/1.0."
    ),
    Exception: Problem(
        500, "internal-error", "Internal error", "The server failed. Quote `request_id` when you report it."
    ),
}


def problem_of(error: Exception) -> Problem:
    """Return the problem of an error: that of its nearest class in the table."""
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
