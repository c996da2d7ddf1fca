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


def problem_response(scope: Scope, error: Exception) -> Response:
    """The problem document of an error. An error that was not raised on purpose tells nothing of its inside."""
    problem = problem_of(error)
    about = context(scope)
    detail = error.detail if isinstance(error, ShanhaiError) else problem.about
    body: dict[str, Any] = {
        "type": f"{about.base_url}/v1/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        "instance": quote(scope["path"]),
        "code": problem.code,
        "request_id": about.request_id,
    }
    if isinstance(error, ShanhaiError) and error.faults:
        body["errors"] = [
            {"parameter": fault.parameter, "detail": fault.detail, "allowed": fault.allowed} for fault in error.faults
        ]
    headers = {"Cache-Control": "no-store"}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = METHODS
    if isinstance(error, RangeNotSatisfiable):
        headers["Content-Range"] = f"bytes */{error.length}"
    if isinstance(error, Unavailable):
        headers["Retry-After"] = "5"
    return Response(msgspec.json.encode(body), problem.status, headers, MEDIA_TYPE)
