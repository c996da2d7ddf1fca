"""`Receiver`: writes the body of a response to a file, from where an earlier response broke off."""

import re
from collections.abc import Callable
from typing import IO

import httpx

from app.client.failures import BinaryOutput

Report = Callable[[int, int | None], None]  # the bytes received; of how many, if that is known


class Receiver:
    """Writes a body to the end of a file, which may have a part of it already.

    `etag` is the strong validator of the content without compression, of which the file has a part. Without it, or if
    the content is another one by now, the body is received from its beginning. `total` is the content's length.
    """

    def __init__(
        self,
        file: IO[bytes],
        *,
        etag: str | None = None,
        total: int | None = None,
        text_only: bool = False,
        report: Report | None = None,
    ) -> None:
        self._file = file
        self._etag = etag
        self._total = total
        self._text_only = text_only
        self._report = report

    def headers(self) -> dict[str, str]:
        """Return the headers of the next request: for the rest of the content, if that is possible."""
        at = self._file.seek(0, 2)
        if not at or self._etag is None:
            return {}
        return {"Range": f"bytes={at}-", "If-Range": self._etag, "Accept-Encoding": "identity"}

    def receive(self, response: httpx.Response) -> None:
        """Write the body of a successful response. Raises BinaryOutput, and what breaks the connection."""
        at = self._file.seek(0, 2)
        headers = response.headers
        is_part = response.status_code == httpx.codes.PARTIAL_CONTENT
        is_rest = is_part and _is_rest(headers.get("content-range", ""), at)
        if not is_rest:
            at = self._file.seek(0)
            self._file.truncate()
        if is_part and not is_rest:  # of a cache that serves blocks; the next try is for the whole
            raise httpx.RemoteProtocolError("the server sent another part than the one requested")
        if "content-encoding" not in headers:
            length, etag = headers.get("content-length"), headers.get("etag", "W/")
            self._total = at + int(length) if length else None
            self._etag = etag if headers.get("accept-ranges") == "bytes" and not etag.startswith("W/") else None
        for piece in response.iter_bytes():
            if self._text_only and b"\0" in piece:
                raise BinaryOutput
            at += self._file.write(piece)
            if self._report:
                self._report(at, self._total)
        self._file.flush()


def _is_rest(content_range: str, start: int) -> bool:
    """Return whether a part is everything from an offset on (RFC 9110, 14.4)."""
    match = re.fullmatch(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})", content_range)
    return match is not None and int(match[1]) == start > 0 and int(match[2]) + 1 == int(match[3])
