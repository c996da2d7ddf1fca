"""Vega as one script for browsers, from the same package that draws the charts on the server."""

from anyio import to_process
from fastapi import Request
from fastapi.responses import Response

from app.http.context import context_of
from app.http.headers import IMMUTABLE, REVALIDATE
from app.portal.assets import VEGA, asset_version
from app.read.dataset import DatasetReader


async def vega(request: Request) -> Response:
    """Return the script. It is bundled once and cached; it changes with the code, not with the release."""
    dataset: DatasetReader = request.app.state.reader
    context = context_of(request.scope)
    context.release = await dataset.current()
    cache = request.app.state.documents
    script = cache.get(VEGA)
    if script is None:
        # Bundling takes seconds, and memory that only the end of a process frees.
        script = (await to_process.run_sync(bundle)).encode()
        cache[VEGA] = script
    is_versioned = list(context.parameters) == [("v", asset_version("/static", VEGA))]
    headers = {"Cache-Control": IMMUTABLE if is_versioned else REVALIDATE}
    return Response(script, headers=headers, media_type="text/javascript; charset=utf-8")


def bundle() -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one module."""
    import vl_convert

    script: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub asks for a snippet
    return script
