"""Vega as one script for browsers, from the same package that draws the charts on the server."""

from anyio import to_process
from fastapi import Request
from fastapi.responses import Response

from app.http.context import context_of
from app.read.dataset import DatasetReader

CACHE_KEY = "vega.js"


async def vega(request: Request) -> Response:
    """Return the script. It is bundled once and cached; it changes with the code, not with the release."""
    dataset: DatasetReader = request.app.state.reader
    context_of(request.scope).release = await dataset.current()
    cache = request.app.state.documents
    script = cache.get(CACHE_KEY)
    if script is None:
        # Bundling takes seconds, and memory that only the end of a process frees.
        script = (await to_process.run_sync(bundle)).encode()
        cache[CACHE_KEY] = script
    return Response(script, media_type="text/javascript; charset=utf-8")


def bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one module."""
    import vl_convert

    script: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub asks for a snippet
    return script
