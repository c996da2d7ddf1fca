"""Folders of static files."""

import os

from starlette import staticfiles
from starlette.responses import FileResponse, Response
from starlette.types import Scope

from app.gateway.finish import is_wanted, not_modified, own_validators


class StaticFiles(staticfiles.StaticFiles):
    """Starlette's, whose conditions are those of every response: it knows neither If-Match nor If-Unmodified-Since."""

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Return a file, the range that the client asks for, or a 304. Raises PreconditionFailed."""
        response = FileResponse(full_path, status_code, stat_result=stat_result)
        return response if is_wanted(scope, response, own_validators(response)) else not_modified(response)
