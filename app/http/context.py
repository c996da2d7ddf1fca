"""What the gateway finds out about a request, for whoever answers it."""

import re
import secrets
from dataclasses import dataclass

from starlette.types import Scope

from app.http.addresses import header
from app.http.validators import State

_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_KEY = "shanhai"


@dataclass
class Context:
    """One request's own facts. Whoever reads the database puts the `state` that it found there."""

    base_url: str
    request_id: str
    head: bool  # the client wants no body; routes are asked as if it did, and may spare themselves the making
    state: State | None = None


def context(scope: Scope) -> Context:
    """The context of the request at hand."""
    found: Context = scope[_KEY]
    return found


def open_context(scope: Scope) -> Context:
    """Begin a request: its id is the client's own where it is a plain word, else made here."""
    given = header(scope, b"x-request-id")
    request_id = given if given and _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
    scope[_KEY] = Context("", request_id, scope["method"] == "HEAD")
    return context(scope)
