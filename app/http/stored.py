"""Files that lie ready: sent whole or in part, and not at all to whoever has them."""

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Scope

from app.http.context import context
from app.http.ranges import Span, requested_span
from app.http.streams import Stream, pieces_of
from app.http.validators import Validators, holds, unchanged_since


class Stored(NamedTuple):
    """A file on disk: how long it is, what its SHA-256 is, and by which validators it is known."""

    path: Path
    media_type: str
    length: int
    sha256: str
    validators: Validators


def stored_response(scope: Scope, file: Stored, headers: Mapping[str, str]) -> Response:
    """The file, the part of it that is asked for, or that the client has it already. Raises RangeNotSatisfiable."""
    told = {
        **headers,
        "ETag": file.validators.etag,
        "Last-Modified": file.validators.last_modified,
        "Accept-Ranges": "bytes",
        "Repr-Digest": f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:",
        "Vary": "Accept, Accept-Encoding",
    }
    if holds(scope, file.validators.etag) or unchanged_since(scope, file.validators):
        return Response(status_code=304, headers=told)
    part = requested_span(scope, file.length, file.validators.etag, file.validators.last_modified)
    span = part or Span(0, file.length, file.length)
    if part:
        told["Content-Range"] = part.content_range
    return Stream(
        pieces_of(file.path, span.start, span.stop),
        told,
        file.media_type,
        head=context(scope).head,
        length=span.stop - span.start,
        status=206 if part else 200,
    )
