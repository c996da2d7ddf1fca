"""The last stage of a response: validators, conditional request, content coding or range, and the cache."""

from collections.abc import AsyncIterable, AsyncIterator
from email.utils import parsedate_to_datetime
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Scope

from app.errors import PreconditionFailed
from app.gateway.cache import CachedResponse, CacheKey, ResponseCache
from app.gateway.monitor import route_of
from app.gateway.static_file import StaticFile
from app.http.addresses import header
from app.http.compression import CODINGS, IDENTITY, Coder, is_compressible
from app.http.context import context_of
from app.http.headers import REVALIDATE, VARY, VARY_BY_LANGUAGE, Headers, without_body
from app.http.languages import NEGOTIATED_PATHS
from app.http.streams import Stream
from app.http.validators import Validators, fails_precondition, is_not_modified, requested_span
from app.sentence import Sentence

DEFAULTS: Headers = [(b"vary", VARY.encode()), (b"cache-control", REVALIDATE.encode())]
LANGUAGE_DEFAULTS: Headers = [(b"vary", VARY_BY_LANGUAGE.encode()), *DEFAULTS[1:]]
PRECONDITIONS = frozenset({b"if-match", b"if-unmodified-since"})  # fail with 412
CONDITION_HEADERS = (b"range", b"if-none-match", b"if-modified-since", *sorted(PRECONDITIONS))


def finish(
    request: Request, response: Response, key: CacheKey, cache: ResponseCache, *, is_unconditional: bool
) -> Response:
    """Complete a response. One with an ETag of its own keeps it; any other 200 gets the validators of its release.

    Raises PreconditionFailed, RangeNotSatisfiable.
    """
    context = context_of(request.scope)
    fields = dict(response.raw_headers)  # costs less than `response.headers`, which most responses never need
    has_own_etag = b"etag" in fields
    coding = context.coding if is_compressible(fields.get(b"content-type", b"").decode("latin-1")) else IDENTITY
    if has_own_etag:
        validators = own_validators(response, coding)
    elif context.release and response.status_code == 200:
        validators = context.release.validators(key)
    else:
        return response
    add_headers(request, response, validators)
    if not is_unconditional and not is_wanted(request.scope, response, validators):
        return not_modified(response)
    is_stream = isinstance(response, StreamingResponse)
    if coding != IDENTITY:
        if "content-encoding" not in response.headers:  # a static file is compressed already
            _compress(response, coding)
    elif not is_stream or isinstance(response, StaticFile):
        response.raw_headers.append((b"accept-ranges", b"bytes"))
        if not is_unconditional:
            _apply_range(request, response, validators)
    if is_stream:
        return _without_stream(response) if context.is_head else response
    if context.release and not has_own_etag and is_unconditional:
        finished = CachedResponse(
            validators.etag.encode(), [*response.raw_headers], bytes(response.body), route=route_of(request.scope)
        )
        cache.put(context.release, finished, key)
    return response


def wants_full_response(request: Request) -> bool:
    """Return whether the client wants the whole response, whatever it has: no HEAD, no condition, no range."""
    has_condition = any(header(request.scope, name) is not None for name in CONDITION_HEADERS)
    return not context_of(request.scope).is_head and not has_condition


def add_headers(request: Request, response: Response, validators: Validators) -> None:
    """Set the validators; and Cache-Control and Vary unless the endpoint did."""
    varies_by_language = request.scope["path"] in NEGOTIATED_PATHS
    defaults = LANGUAGE_DEFAULTS if varies_by_language else DEFAULTS
    present = {name for name, _ in response.raw_headers} - {b"etag", b"last-modified"}
    # In place, since `response.headers` is a view of this list.
    response.raw_headers[:] = [
        *(item for item in response.raw_headers if item[0] in present),
        *validators.headers,
        *(item for item in defaults if item[0] not in present),
    ]


def is_wanted(scope: Scope, response: Response, validators: Validators) -> bool:
    """Return whether the conditions ask for the response, not for a 304. Raises PreconditionFailed."""
    is_failed = fails_precondition(scope, validators)
    if not is_failed and not is_not_modified(scope, validators):
        return True
    _abandon(response)
    if is_failed:
        raise PreconditionFailed(
            Sentence(
                f"现在的 ETag 是 {validators.etag}，请以它重新开始。",
                f"The current ETag is {validators.etag}. Start again with it.",
            )
        )
    return False


def not_modified(response: Response) -> Response:
    """Return the 304 that stands for a response."""
    empty = Response(status_code=304)
    empty.raw_headers = without_body(response.raw_headers)
    return empty


def own_validators(response: Response, coding: str = IDENTITY) -> Validators:
    """Return the validators that a response has, in a content coding."""
    modified = response.headers.get("last-modified")
    validators = Validators(response.headers["etag"], parsedate_to_datetime(modified) if modified else None)
    return validators if coding == IDENTITY else validators.encoded(coding)


def _compress(response: Response, coding: str) -> None:
    response.headers["Content-Encoding"] = coding
    del response.headers["Repr-Digest"]  # of the identity coding
    if isinstance(response, StreamingResponse):
        del response.headers["Content-Length"]
        response.body_iterator = _compressed(response.body_iterator, CODINGS[coding].stream())
    else:
        response.body = CODINGS[coding].whole(bytes(response.body))
        response.headers["Content-Length"] = str(len(response.body))


async def _compressed(pieces: AsyncIterable[Any], coder: Coder) -> AsyncIterator[bytes]:
    async for piece in pieces:
        yield await to_thread.run_sync(coder.add, piece)  # in a thread, since pieces may be large
    yield coder.end()


def _apply_range(request: Request, response: Response, validators: Validators) -> None:
    """Leave only the range that the client asks for."""
    length = int(response.headers["content-length"])
    span = None if context_of(request.scope).is_head else requested_span(request.scope, length, validators)
    if span is None:
        return
    response.status_code = 206
    response.headers["Content-Range"] = span.content_range
    response.headers["Content-Length"] = str(span.stop - span.start)
    if isinstance(response, StaticFile):
        response.cut(span)
    else:
        response.body = response.body[span.start : span.stop]


def _abandon(response: Response) -> None:
    """Stop what writes the body of a response that is not sent."""
    if isinstance(response, Stream):
        response.abandon()


def _without_stream(response: Response) -> Response:
    """Return the response to HEAD; it states the length only if the stream does."""
    _abandon(response)
    empty = Response(status_code=response.status_code)
    empty.raw_headers = response.raw_headers
    return empty
