"""Problem documents (RFC 9457): how every error is told, from 400 up, under every address."""

from typing import Any
from urllib.parse import quote

import msgspec
from starlette.responses import Response
from starlette.types import Scope

from app.errors import MethodNotAllowed, RangeNotSatisfiable, ShanhaiError, Unavailable, problem_of
from app.http.context import context
from app.http.headers import METHODS

MEDIA_TYPE = "application/problem+json"


def problem_document(error: Exception, *, base_url: str, instance: str, request_id: str) -> bytes:
    """The problem document of an error as JSON. Only errors raised on purpose carry a detail of their own."""
    problem = problem_of(error)
    body: dict[str, Any] = {
        "type": f"{base_url}/v1/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": error.detail if isinstance(error, ShanhaiError) else problem.about,
        "instance": instance,
        "code": problem.code,
        "request_id": request_id,
    }
    if isinstance(error, ShanhaiError) and error.faults:
        body["errors"] = [
            {"parameter": fault.parameter, "detail": fault.detail, "allowed": fault.allowed} for fault in error.faults
        ]
    return msgspec.json.encode(body)


def problem_response(scope: Scope, error: Exception) -> Response:
    """The response to a request that ended in an error."""
    problem, about = problem_of(error), context(scope)
    body = problem_document(error, base_url=about.base_url, instance=quote(scope["path"]), request_id=about.request_id)
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = METHODS
    if isinstance(error, RangeNotSatisfiable):
        headers["Content-Range"] = f"bytes */{error.length}"
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "5"
    return Response(body, problem.status, headers, MEDIA_TYPE)
