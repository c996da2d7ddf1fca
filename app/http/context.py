"""The context of a request: what the gateway reads of it once, for every later stage."""

import re
from contextvars import ContextVar
from dataclasses import dataclass
from random import getrandbits

from starlette.types import Scope

from app.http.addresses import QueryItems, header
from app.http.compression import IDENTITY
from app.http.negotiation import Offer
from app.http.validators import ReleaseState

_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_SCOPE_KEY = "shanhai"


@dataclass
class RequestContext:
    """One request. The gateway fills `base_url` and `parameters`, the route `offer` and `coding`.

    `release` is the release of the last snapshot that the request read; its response carries that release's validators.
    The last fields are what the response took, for the access log.
    """

    request_id: str
    is_head: bool  # endpoints answer HEAD as GET; the gateway drops the body
    base_url: str = ""
    parameters: QueryItems = ()
    offer: Offer | None = None
    coding: str = IDENTITY
    is_cached: bool = False  # whether the response comes from the cache or is a 304 that needed no endpoint
    release: ReleaseState | None = None
    status: int | None = None  # once the response has started
    responded_at: float = 0.0  # by the clock perf_counter
    sent_bytes: int = 0
    database_s: float = 0.0  # of waiting for reads
    rows: int = 0  # that the database returned


# The request that a task or a thread works for; none in a command.
_current: ContextVar[RequestContext | None] = ContextVar("request", default=None)


def context_of(scope: Scope) -> RequestContext:
    """Return the context of a request."""
    context: RequestContext = scope[_SCOPE_KEY]
    return context


def open_context(scope: Scope) -> RequestContext:
    """Create the context of a request, with its id."""
    client_id = header(scope, b"x-request-id")
    request_id = request_id_of(client_id.encode("latin-1") if client_id else None).decode()
    context = scope[_SCOPE_KEY] = RequestContext(request_id, scope["method"] == "HEAD")
    _current.set(context)
    return context


def open_inner_context(scope: Scope, outer: RequestContext, parameters: QueryItems) -> None:
    """Create the context of a request that this process sends itself for another one. What it reads counts there."""
    scope[_SCOPE_KEY] = RequestContext(outer.request_id, is_head=False, base_url=outer.base_url, parameters=parameters)


def add_read(rows: int = 0, seconds: float = 0.0) -> None:
    """Count rows and time of the database for the current request, if there is one."""
    if context := _current.get():
        context.rows += rows
        context.database_s += seconds


def request_id_of(client_id: bytes | None) -> bytes:
    """Return the client's own id if it is well-formed, else a random one."""
    if client_id and _REQUEST_ID.fullmatch(client_id := client_id.strip()):
        return client_id
    return b"%016x" % getrandbits(64)  # identifies a request in logs; not a secret
