"""What can go wrong, told without HTTP, and the one table that maps it to problem documents (RFC 9457)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True)
class Fault:
    """One thing wrong with an input: which parameter, what is wrong, and what would be right."""

    parameter: str
    detail: str
    allowed: list[str] | None = None


class ShanhaiError(Exception):
    """The base of what this service raises on purpose. `faults` name the inputs at fault."""

    def __init__(self, detail: str, faults: Iterable[Fault] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.faults = tuple(faults)


class InvalidQuery(ShanhaiError):
    """A parameter is unknown, of the wrong type, or does not fit the others."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        faults = tuple(faults)
        super().__init__("; ".join(f"{fault.parameter}: {fault.detail}" for fault in faults), faults)


class BadRequest(ShanhaiError):
    """The request itself is malformed."""


class RequestTimeout(ShanhaiError):
    """The client did not send the head of its request in time."""


class TargetTooLong(ShanhaiError):
    """The address that the client asks for is longer than the server reads."""


class HeadTooLarge(ShanhaiError):
    """The header fields of a request are more, or longer, than the server reads."""


class NotFound(ShanhaiError):
    """Nothing stands at this address."""


class MethodNotAllowed(ShanhaiError):
    """The service is read-only."""


class NotAcceptable(ShanhaiError):
    """None of the formats that the client accepts can be had here."""


class RangeNotSatisfiable(ShanhaiError):
    """The range that is asked for begins behind the end."""

    def __init__(self, length: int) -> None:
        super().__init__(f"there are {length} bytes, numbered from 0; ask for a range that begins among them")
        self.length = length


class Unavailable(ShanhaiError):
    """The database does not answer, or holds no release yet. `inside` is for operators alone: addresses and causes."""

    def __init__(self, detail: str, inside: object = "") -> None:
        super().__init__(detail)
        self.inside = str(inside).partition("\n")[0]


class Overloaded(Unavailable):
    """More is being made at once than there is room for."""


class Busy(Unavailable):
    """Somebody else holds the database just now; it is worth asking again at once."""


class Problem(NamedTuple):
    """How an error is told over HTTP."""

    status: int
    code: str
    title: str
    about: str


PROBLEMS: dict[type[Exception], Problem] = {
    BadRequest: Problem(
        400, "bad-request", "Malformed request", "The request cannot be read; the detail says which part."
    ),
    RequestTimeout: Problem(
        408, "request-timeout", "Request not complete", "The head of the request did not arrive in time; send it anew."
    ),
    TargetTooLong: Problem(
        414, "target-too-long", "Address too long", "The detail says how long an address may be; use fewer parameters."
    ),
    HeadTooLarge: Problem(
        431,
        "head-too-large",
        "Header fields too large",
        "The detail says which limit applies; send fewer or shorter header fields.",
    ),
    NotFound: Problem(
        404,
        "not-found",
        "Nothing at this address",
        "No collection, record or document stands here; /v1 lists what there is.",
    ),
    MethodNotAllowed: Problem(
        405, "method-not-allowed", "Read-only service", "Only GET, HEAD and OPTIONS are answered, everywhere."
    ),
    NotAcceptable: Problem(
        406,
        "not-acceptable",
        "Format not available",
        "No accepted format can be had here; `errors` lists those that can.",
    ),
    RangeNotSatisfiable: Problem(
        416,
        "range-not-satisfiable",
        "No such range",
        "The range begins behind the end of the file; Content-Range tells its length.",
    ),
    InvalidQuery: Problem(
        422, "invalid-query", "Invalid query", "A parameter is unknown, ill-typed or does not fit; `errors` names each."
    ),
    Unavailable: Problem(
        503,
        "unavailable",
        "Not ready",
        "The database does not answer or holds no release; try again after Retry-After seconds.",
    ),
    Exception: Problem(
        500, "internal-error", "Internal error", "The fault is ours; quote `request_id` when you report it."
    ),
}


def problem_of(error: Exception) -> Problem:
    """The problem by which an error is told: the nearest class in the table."""
    return next(PROBLEMS[kind] for kind in type(error).__mro__ if kind in PROBLEMS)
