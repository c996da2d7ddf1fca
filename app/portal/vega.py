"""Vega in one file, for the browser: out of the package that draws charts here, so that no page asks anybody else."""

from anyio import to_process
from fastapi import Request
from fastapi.responses import Response

from app.http.context import context_of
from app.read.dataset import READ_TIMEOUT_S, DatasetReader

KEPT = "vega.js"


async def vega(request: Request) -> Response:
    """The script, made once for as long as it is kept. It is no part of a release, but changes with the code."""
    served: DatasetReader = request.app.state.reader
    context_of(request.scope).release = await served.current(READ_TIMEOUT_S)
    written = request.app.state.documents
    script = written.get(KEPT)
    if script is None:
        # In a process of its own: it takes seconds, and memory that would not come back.
        script = (await to_process.run_sync(bundle)).encode()
        written[KEPT] = script
    return Response(script, media_type="text/javascript; charset=utf-8")


def bundle() -> str:
    """Vega, Vega-Lite and Vega-Embed as one module."""
    import vl_convert

    script: str = vl_convert.javascript_bundle()  # type: ignore[call-arg]  # its stub asks for a snippet
    return script
