"""Files that lie ready, perhaps packed too: sent whole or in part, and not at all to whoever has them."""

import base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Scope

from app.http.addresses import header
from app.http.compression import IDENTITY, choose_coding
from app.http.context import context
from app.http.ranges import Span, requested_span
from app.http.streams import Stream, pieces_of
from app.http.validators import Validators, holds, unchanged_since


class StaticFile(NamedTuple):
    """A file on disk: how long it is, what its SHA-256 is, since when it is what it is, and how it is packed."""

    path: Path
    media_type: str
    length: int
    sha256: str
    modified: datetime
    coding: str = IDENTITY

    @property
    def validators(self) -> Validators:
        """By what it is known: other bytes, another tag."""
        return Validators(f'"{self.sha256}"', self.modified)


def static_response(scope: Scope, forms: Sequence[StaticFile], headers: Mapping[str, str]) -> Response:
    """A file in the coding that suits the client, the part of that which is asked for, or that the client has it.

    `forms` are the file as it is, and packed. Length, parts, tag and digest are those of the form that is sent.
    Raises RangeNotSatisfiable.
    """
    by_coding = {form.coding: form for form in forms}
    offered = tuple(coding for coding in by_coding if coding != IDENTITY)
    file = by_coding[choose_coding(header(scope, b"accept-encoding"), offered)]
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
    if file.coding != IDENTITY:
        told["Content-Encoding"] = file.coding
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
