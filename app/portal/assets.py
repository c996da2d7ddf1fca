"""Static files. Their URLs carry a hash of the content, so browsers cache them for good."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.types import Scope

from app.gateway.static_files import StaticFiles

FILES = Path(__file__).parent / "static"
IMMUTABLE = "public, max-age=31536000, immutable"


@cache
def version_of(name: str) -> str:
    """Return a hash of a file's content."""
    return hashlib.sha256((FILES / name).read_bytes()).hexdigest()[:12]


class VersionedFiles(StaticFiles):
    """Serves files as immutable under `?v=` and their hash, and revalidated otherwise."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file with its cache policy."""
        response = await super().get_response(path, scope)
        is_versioned = scope["query_string"] == f"v={version_of(path)}".encode()
        response.headers["Cache-Control"] = IMMUTABLE if is_versioned else "no-cache"
        return response
