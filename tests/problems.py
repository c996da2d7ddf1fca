"""Problem documents (RFC 9457), as tests read them."""

import re
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from app.http.problems import MEDIA_TYPE

# An address that a program would make a link of together with the punctuation behind it.
BARE_ADDRESS = re.compile(r"(?<![\w'/])/(v1|zh|en|docs)\b[^\s'\"]*[.,;:?!](\s|$)")


def problem(response: Any, status: int) -> dict[str, Any]:
    """Return the problem document of a response, after checking the members and headers that all share."""
    assert response.status_code == status
    assert response.headers["content-type"] == MEDIA_TYPE
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "no-store"
    document: dict[str, Any] = response.json()
    assert {"type", "title", "status", "detail", "instance", "code", "request_id"} <= set(document)
    assert document["status"] == status
    assert document["request_id"] == response.headers["x-request-id"]
    assert document["instance"] == quote(unquote_to_bytes(response.request.url.raw_path.partition(b"?")[0]))
    for each in (document, *document.get("errors", ())):
        assert not BARE_ADDRESS.search(each["detail"]), each["detail"]
    return document


def assert_refused(response: Any, parameter: str, detail: str, allowed: str | None = None) -> None:
    """Check that a query is refused for one parameter, with a text in its detail and a value that would be allowed."""
    document = problem(response, 422)
    assert document["code"] == "invalid-query"
    (fault,) = document["errors"]
    assert fault["parameter"] == parameter
    assert detail in fault["detail"]
    assert allowed is None or allowed in fault["allowed"]
