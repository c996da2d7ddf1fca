"""Problem documents (RFC 9457): the response to every error, from 400 up, at every address."""

from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

import msgspec
from starlette.responses import Response
from starlette.types import Scope

from app.errors import (
    MethodNotAllowed,
    RangeNotSatisfiable,
    ReleaseChanged,
    ShanhaiError,
    TooManyRequests,
    Unavailable,
    problem_of,
)
from app.http.addresses import encoded
from app.http.context import context_of
from app.http.headers import ALLOWED_METHODS, VARY_BY_LANGUAGE

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_S = 5


def problem_document(error: Exception, *, base_url: str, instance: str, request_id: str, **members: Any) -> bytes:
    """Return the problem document of an error as JSON; an unexpected error reveals no detail.

    `members` are those that only its kind of problem has.
    """
    problem = problem_of(error)
    body: dict[str, Any] = {
        "type": f"{base_url}/v1/problems/{problem.code}",
        "title": problem.title.en,
        "status": problem.status,
        "detail": str(error.detail if isinstance(error, ShanhaiError) else problem.about),
        "instance": instance,
        "code": problem.code,
        "request_id": request_id,
    }
    if isinstance(error, ShanhaiError) and error.faults:
        body["errors"] = [
            {"parameter": fault.parameter, "detail": str(fault.detail), "allowed": fault.allowed}
            for fault in error.faults
        ]
    return msgspec.json.encode(body | members)


def problem_response(scope: Scope, error: Exception) -> Response:
    """Return the response to a request that ended in an error."""
    context = context_of(scope)
    prefix = urlsplit(context.base_url).path  # of a trusted proxy, or of the fixed address
    instance = prefix + quote(unquote_to_bytes(scope["raw_path"]))
    members: dict[str, Any] = {}
    if isinstance(error, ReleaseChanged):
        query = encoded(each for each in context.parameters if each[0] != "cursor")
        first = f"{context.base_url}{quote(scope['path'])}{'?' if query else ''}{query}"
        members = {"release_of_cursor": error.of_cursor, "release": error.served, "links": {"first": first}}
    body = problem_document(
        error, base_url=context.base_url, instance=instance, request_id=context.request_id, **members
    )
    return Response(body, problem_of(error).status, problem_headers(error), MEDIA_TYPE)


def problem_headers(error: Exception) -> dict[str, str]:
    """Return the header fields that the response to an error carries, whatever its form."""
    headers = {"Cache-Control": "no-store", "Vary": VARY_BY_LANGUAGE}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = ", ".join(error.allowed or ALLOWED_METHODS)
    if isinstance(error, RangeNotSatisfiable):
        headers["Content-Range"] = f"bytes */{error.length}"
    if isinstance(error, Unavailable):
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if isinstance(error, TooManyRequests):
        headers["Retry-After"] = str(error.retry_after_s)
    return headers
