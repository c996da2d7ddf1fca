"""Static files: conditional GET, Range and streaming from disk."""

import base64
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Scope

from app.http.context import context
from app.http.ranges import Span, requested_span
from app.http.streams import Stream, pieces_of
from app.http.validators import Validators, holds, unchanged_since


class StaticFile(NamedTuple):
    """A file on disk with its length in bytes, its SHA-256 and its modification time."""

    path: Path
    media_type: str
    length: int
    sha256: str
    modified: datetime

    @property
    def validators(self) -> Validators:
        """By what it is known: other bytes, another tag."""
        return Validators(f'"{self.sha256}"', self.modified)


def static_response(scope: Scope, file: StaticFile, headers: Mapping[str, str]) -> Response:
    """Return the file, the requested range of it, or 304. Raises RangeNotSatisfiable."""
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
