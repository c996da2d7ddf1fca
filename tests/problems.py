"""Problem documents (RFC 9457), as tests read them."""

from typing import Any
from urllib.parse import quote

from app.http.problems import MEDIA_TYPE


def problem(response: Any, status: int) -> dict[str, Any]:
    """The problem document that an answer is, with what all of them hold."""
    assert response.status_code == status
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "no-store"
    told: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(told)
    assert told["status"] == status
    assert told["request_id"] == response.headers["x-request-id"]
    assert told["instance"] == quote(response.request.url.path)
    return told
