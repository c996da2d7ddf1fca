"""Why a request to a server failed, in words for people."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

MAX_ALLOWED = 20  # values that a message lists
MAX_PROBLEM_BYTES = 1 << 20
WRONG_REQUESTS = frozenset({400, 406, 414, 422, 431})  # statuses that say that the request was wrong

# What a terminal would act on instead of showing it: control characters, and those that reverse the direction.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


class Failure(Exception):
    """Raised when a server did not give what was requested."""


class Misconfigured(Failure):
    """Raised when an address or a proxy cannot be used."""


class Unreachable(Failure):
    """Raised when no server answers, or the connection breaks too often."""


class Damaged(Failure):
    """Raised when what arrived is not what the server published."""


class Busy(Failure):
    """Raised when another process downloads to the same file."""


class BinaryOutput(Failure):
    """Raised when bytes arrive that only a file can hold."""


class Refused(Failure):
    """Raised when a server answers with an error, or is no Shanhai server."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.is_wrong_request = status in WRONG_REQUESTS


def printable(text: str) -> str:
    """Return a text from a server without the characters that would control a terminal."""
    return _UNPRINTABLE.sub("�", text)


def refused(response: httpx.Response) -> Refused:
    """Read a response that has an error status, and return it as an error."""
    body = b""
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MAX_PROBLEM_BYTES:
            break
    status = response.status_code
    try:
        problem = json.loads(body)
        lines = [f"{problem['title']} (status {status})", *_details(problem)]
    except (ValueError, LookupError, TypeError, AttributeError):  # of a proxy, or of another service
        lines = [f"{response.url} answers {status} {response.reason_phrase}, and not as a Shanhai server would"]
    return Refused(printable("\n".join(lines)), status)


def _details(problem: Mapping[str, Any]) -> Iterator[str]:
    errors = problem.get("errors") or []
    if not errors:
        yield f"  {problem['detail']}"
    for error in errors:
        detail = str(error["detail"])
        allowed = [each for each in map(str, error["allowed"] or ()) if repr(each) not in detail]
        more = f" … and {len(allowed) - MAX_ALLOWED} more" if len(allowed) > MAX_ALLOWED else ""
        hint = f" Allowed: {', '.join(allowed[:MAX_ALLOWED])}{more}" if allowed else ""
        yield f"  {error['parameter']}: {detail}{hint}"
