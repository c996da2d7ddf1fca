"""What the gateway finds out about a request, for whoever answers it."""

import re
from dataclasses import dataclass
from random import getrandbits

from starlette.types import Scope

from app.http.addresses import Given, header
from app.http.validators import ReleaseState

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_KEY = "shanhai"


@dataclass
class Context:
    """One request's own facts. Whoever reads the database puts the `state` that it found there."""

    base_url: str
    query: Given
    request_id: str
    head: bool  # the client wants no body; routes are asked as if it did, and may spare themselves the making
    state: ReleaseState | None = None


def context(scope: Scope) -> Context:
    """The context of the request at hand."""
    found: Context = scope[_KEY]
    return found


def open_context(scope: Scope) -> Context:
    """Begin a request; its base address and its query are read later, since both may be malformed."""
    given = header(scope, b"x-request-id")
    request_id = id_of_request(given.encode("latin-1") if given else None).decode()
    scope[_KEY] = Context("", [], request_id, scope["method"] == "HEAD")
    return context(scope)


def id_of_request(given: bytes | None) -> bytes:
    """The client's own id where it is a plain word, else one that is made here."""
    if given and _REQUEST_ID.fullmatch(given := given.strip()):
        return given
    return b"%016x" % getrandbits(64)  # told apart from others, and no secret
