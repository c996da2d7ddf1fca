"""What endpoints depend on: the context and the parameters of a request, the chosen format, and a snapshot to read."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Concatenate, ParamSpec, TypeVar

from fastapi import Depends, Path, Request
from sqlalchemy.engine import Connection

from app.formats import FORMATS, Format
from app.http.context import RequestContext, context_of
from app.http.negotiation import Offer
from app.http.validators import ReleaseState
from app.read.dataset import DatasetReader
from app.releases.store import ReleaseStore
from app.request.controls import DOCUMENT
from app.request.parameters import NO_PARAMETERS, Parameters, read_parameters

P = ParamSpec("P")
T = TypeVar("T")


async def get_context(request: Request) -> RequestContext:
    """Return the request's context."""
    return context_of(request.scope)


async def get_offer(request: Request) -> Offer:
    """Return the form that the route negotiated."""
    offer = context_of(request.scope).offer
    assert offer  # noqa: S101 - the route offers some
    return offer


def format_of(context: RequestContext) -> Format:
    """Return the tabular format that the route negotiated."""
    assert context.offer  # noqa: S101 - the route offers some
    return FORMATS[context.offer.name]


async def get_format(request: Request) -> Format:
    """Return the tabular format that the route negotiated."""
    return format_of(context_of(request.scope))


async def get_file_format(
    request: Request,
    extension: Annotated[str, Path(description="The format.", json_schema_extra={"enum": list(FORMATS)})],  # noqa: ARG001
) -> Format:
    """Return the tabular format that the extension names; the route has refused others."""
    return await get_format(request)


async def get_release_store(request: Request) -> ReleaseStore:
    """Return the store of frozen releases."""
    store: ReleaseStore = request.app.state.release_store
    return store


class SnapshotReader:
    """Reads the database, one snapshot for each call; the response carries the validators of the last one's release."""

    def __init__(self, reader: DatasetReader, context: RequestContext) -> None:
        self.reader = reader
        self._context = context

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Return `work(connection, …)`. Raises Unavailable, and what `work` raises."""
        self._context.release, result = await self.reader.read(lambda connection: work(connection, *args, **kwargs))
        return result

    async def release(self) -> ReleaseState:
        """Return the release that is served now. Raises Unavailable."""
        release = self._context.release = await self.reader.current()
        return release


async def get_snapshot(request: Request) -> SnapshotReader:
    """Return a reader for this request."""
    return SnapshotReader(request.app.state.reader, context_of(request.scope))


def parsed_query(known: Parameters, *required: str) -> Callable[[Request], Awaitable[dict[str, Any]]]:
    """Return the dependency that parses these query parameters by name, and refuses others. It raises InvalidQuery."""

    async def read_query(request: Request) -> dict[str, Any]:
        return read_parameters(known, context_of(request.scope).parameters, required=required)

    return read_query


Context = Annotated[RequestContext, Depends(get_context)]
ChosenOffer = Annotated[Offer, Depends(get_offer)]
ChosenFormat = Annotated[Format, Depends(get_format)]
FileFormat = Annotated[Format, Depends(get_file_format)]
Snapshot = Annotated[SnapshotReader, Depends(get_snapshot)]
Releases = Annotated[ReleaseStore, Depends(get_release_store)]

NO_QUERY = Depends(parsed_query(NO_PARAMETERS))
FORMAT_QUERY = Depends(parsed_query(DOCUMENT))
