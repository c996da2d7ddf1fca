"""Folders of static files. Each file is read, hashed and compressed once for each coding."""

import hashlib
import mimetypes
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from stat import S_ISREG
from typing import NamedTuple

from anyio import Lock, to_thread
from cachetools import LRUCache
from starlette import staticfiles
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Scope

from app.gateway.finish import finish, wants_full_response
from app.http.addresses import header
from app.http.compression import CODINGS, IDENTITY, choose_coding, is_compressible
from app.http.context import context_of
from app.http.headers import IMMUTABLE
from app.http.validators import http_date

MAX_CACHED_BYTES = 8_000_000  # of the bodies of one folder, in all codings


class Body(NamedTuple):
    """A file's content in a coding, and the version of the file."""

    version: str
    content: bytes


def version_of(content: bytes) -> str:
    """Return a hash of a file's content. At its address with `?v=` and this hash, the file is immutable."""
    return hashlib.sha256(content).hexdigest()[:12]


class StaticFiles(staticfiles.StaticFiles):
    """Starlette's, with the conditions, ranges, codings and cache headers of all other responses."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory)
        self._bodies: LRUCache[tuple[str, int, str], Body] = LRUCache(MAX_CACHED_BYTES, lambda body: len(body.content))
        self._reading = Lock()

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file. Raises HTTPException, PreconditionFailed, RangeNotSatisfiable."""
        file, status = await to_thread.run_sync(self.lookup_path, path)
        if status is None or not S_ISREG(status.st_mode):
            raise HTTPException(404)
        request, context = Request(scope), context_of(scope)
        media_type = mimetypes.guess_type(file)[0] or "application/octet-stream"
        if is_compressible(media_type) and header(scope, b"range") is None:  # ranges are of the identity coding
            context.coding = choose_coding(header(scope, b"accept-encoding"))
        version, content = await self._body(file, status.st_mtime_ns, context.coding)
        headers = {"ETag": f'"{version}"', "Last-Modified": http_date(datetime.fromtimestamp(status.st_mtime, UTC))}
        if scope["query_string"] == f"v={version}".encode():
            headers["Cache-Control"] = IMMUTABLE
        if context.coding != IDENTITY:
            headers["Content-Encoding"] = context.coding
        response = Response(content, headers=headers, media_type=media_type)
        cache = request.app.state.gateway.cache
        return finish(request, response, (), cache, is_unconditional=wants_full_response(request))

    async def _body(self, file: str, modified_ns: int, coding: str) -> Body:
        """Return a file's body from the cache, or read it in a thread, one file at a time."""
        key = (file, modified_ns, coding)
        if (body := self._bodies.get(key)) is None:
            async with self._reading:
                if (body := self._bodies.get(key)) is None:
                    body = await to_thread.run_sync(_read, file, coding)
                    with suppress(ValueError):  # larger than the whole cache
                        self._bodies[key] = body
        return body


def _read(file: str, coding: str) -> Body:
    content = Path(file).read_bytes()
    return Body(version_of(content), content if coding == IDENTITY else CODINGS[coding].smallest(content))
