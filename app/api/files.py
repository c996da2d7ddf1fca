"""Whole collections as files: frozen ones as they are, others encoded while they are sent."""

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection
from starlette.requests import ClientDisconnect

from app.api.dependencies import format_of
from app.api.envelope import Links, link_header, own_url, url_of
from app.entity import Table
from app.formats import Format
from app.gateway.static_file import StaticFile
from app.http.context import context_of
from app.http.disposition import attachment
from app.http.stream_buffer import StreamBuffer
from app.http.streams import Stream
from app.http.validators import ReleaseState
from app.read.dataset import DatasetReader
from app.read.export import read_table, spool_to_disk
from app.read.provenance import read_provenance
from app.releases.store import FrozenFile, FrozenRelease, ReleaseStore
from app.request.aggregate import AggregateRequest
from app.request.records import FileRequest
from app.standards import csvw
from app.standards.signposting import Signpost

_READING = CapacityLimiter(1)  # of frozen files that are compared with their hash
CLIENT_CLOSED_REQUEST = 499


async def collection_file(request: Request, query: FileRequest) -> Response:
    """Return every matching record in a format. Without parameters it is the release's frozen file, if there is one."""
    form = format_of(context_of(request.scope))
    entity, path = query.entity, f"/v1/{query.entity.collection.slug}"
    links: Links = {
        "self": own_url(request),
        "canonical": url_of(request, f"{path}.{form.name}", query.query_string()),
        "collection": url_of(request, path),
    }
    signposts = []
    if not query.parameters and form.name == "csv":  # CSVW describes the whole file, not a selection
        signposts.append(Signpost(url_of(request, csvw.path_of(entity)), "describedby", csvw.MEDIA_TYPE))
    release = context_of(request.scope).release
    if release and not query.parameters:
        headers = {"Link": link_header(links, *signposts), "Content-Disposition": _disposition(query, form, release)}
        if frozen := await _frozen_file(request, f"{entity.collection.slug}.{form.name}", release, headers):
            return frozen
    return await table_response(
        request, form, query, lambda connection: read_table(connection, query, form), links, *signposts
    )


async def table_response(
    request: Request,
    form: Format,
    query: FileRequest | AggregateRequest,
    read: Callable[[Connection], Table],
    links: Links,
    *signposts: Signpost,
    is_download: bool = True,
) -> Response:
    """Return the table that `read` reads on a snapshot of its own, encoded in an export thread.

    Raises what goes wrong before the first bytes; what goes wrong later cuts the body short.
    """
    context = context_of(request.scope)
    reader: DatasetReader = request.app.state.reader
    connections: list[Connection] = []

    def encode() -> Generator[bytes]:
        with ExitStack() as snapshot:
            context.release, connection = snapshot.enter_context(reader.snapshot())
            connections.append(connection)
            table = read(connection)
            members: dict[str, Any] = {
                "meta": {**table.meta, "release": context.release.release, "license": context.release.license},
                "links": links,
                "provenance": {**read_provenance(connection), "url": str(links["canonical"]), **table.provenance},
            }
            if form.buffered:
                members["rows"] = spool_to_disk(table.rows, snapshot.close)
            with closing(table):
                yield from form.encode(replace(table, **members), query.options)

    def stop() -> None:
        for connection in connections:
            reader.exports.interrupt(connection)

    state = request.app.state
    buffer, began_at = StreamBuffer(encode, stop, state.export_places, state.client_of(request.scope)), time.monotonic()
    try:
        # An HTTP/1.0 client notices a truncated body by its length only.
        to_the_end = request.scope["http_version"] == "1.0"
        body = await buffer.begin(request.is_disconnected, state.export_timeout_s, to_the_end=to_the_end)
    except ClientDisconnect:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    headers = {"Link": link_header(links, *signposts)}
    if is_download and context.release:
        headers["Content-Disposition"] = _disposition(query, form, context.release)
    if body is not None:
        return Response(body, headers=headers, media_type=form.media_type)
    return Stream(
        buffer.follow(),
        headers,
        form.media_type,
        length=buffer.length,
        timeout_s=state.export_timeout_s - (time.monotonic() - began_at),
        limit=f"SHANHAI_EXPORT_TIMEOUT_S={state.export_timeout_s}",
        abandon=buffer.abandon,
    )


async def is_intact(frozen: FrozenRelease, file: FrozenFile) -> bool:
    """Return whether a frozen file is what its manifest says. A thread reads it, one file at a time."""
    known = frozen.is_intact(file, may_read=False)
    return bool(await to_thread.run_sync(frozen.is_intact, file, limiter=_READING) if known is None else known)


async def _frozen_file(
    request: Request, name: str, release: ReleaseState, headers: dict[str, str]
) -> StaticFile | None:
    """Return a frozen file of the release that is served, last modified when that was loaded."""
    store: ReleaseStore = request.app.state.release_store
    frozen = store.find(release.release)
    file = frozen.file(name) if frozen else None
    if frozen is None or file is None or not await is_intact(frozen, file):
        return None
    return StaticFile(frozen.path(name), file.media_type, file.bytes, file.sha256, release.modified, headers)


def _disposition(query: FileRequest | AggregateRequest, form: Format, release: ReleaseState) -> str:
    return attachment(query.file_name(release.release), form.name, query.localized_file_name(release.release))
