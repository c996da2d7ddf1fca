"""Files on disk as responses: whole, or the bytes from one position to another."""

import base64
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from app.http.streams import Stream, read_file
from app.http.validators import Span, http_date


class StaticFile(Stream):
    """A file that never changes, with its length, its digest (RFC 9530) and its validators."""

    def __init__(
        self, path: Path, media_type: str, length: int, sha256: str, modified: datetime, headers: Mapping[str, str]
    ) -> None:
        self.path = path
        self.length = length
        digest = f"sha-256=:{base64.b64encode(bytes.fromhex(sha256)).decode()}:"
        super().__init__(
            read_file(path, 0, length),
            {**headers, "ETag": f'"{sha256}"', "Last-Modified": http_date(modified), "Repr-Digest": digest},
            media_type,
            length=length,
        )

    def cut(self, span: Span) -> None:
        """Send these bytes only."""
        self.body_iterator = read_file(self.path, span.start, span.stop)
