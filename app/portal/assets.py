"""The files that pages load: known by what is in them, so that a browser may keep each for as long as it likes."""

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FILES = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"


@cache
def version_of(name: str) -> str:
    """What changes whenever a file does."""
    return hashlib.sha256((FILES / name).read_bytes()).hexdigest()[:12]


class Versioned(StaticFiles):
    """Files of which a version is asked for by `?v=`; without one, a browser has to ask again each time."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """A file, and how long it may be kept."""
        response = await super().get_response(path, scope)
        asked = scope["query_string"] == f"v={version_of(path)}".encode()
        response.headers["Cache-Control"] = FOREVER if asked else "no-cache"
        return response
