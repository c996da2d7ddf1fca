"""Whole collections as files: made while they are sent, and cut short where they fail."""

from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection
from starlette.requests import ClientDisconnect

from app.api.answers import LIVING, Links, address, given, link_header, own_address, release_of, served
from app.api.releases import shelf, static_file
from app.entity import Entity, Table
from app.errors import NotFound
from app.formats import FORMATS, Format
from app.gateway.static_file import StaticFile, static_response
from app.http.context import context
from app.http.disposition import attachment
from app.http.stream_buffer import StreamBuffer
from app.http.streams import Stream
from app.read.export import read_aside, read_table
from app.read.provenance import read_provenance
from app.request.aggregate import AggregateRequest
from app.request.records import FileRequest, read_file_request
from app.standards import csvw
from app.standards.signposting import Signpost


async def collection_file(request: Request, entity: type[Entity], form: Format) -> Response:
    """Every record of a collection that matches, in that format."""
    asked = read_file_request(entity, given(request), form)
    path = f"/v1/{entity.collection.slug}"
    links: Links = {
        "self": own_address(request),
        "canonical": address(request, f"{path}.{form.name}", asked.query_string()),
        "collection": address(request, path),
    }

    def read(connection: Connection) -> Table:
        return read_table(connection, asked, form)

    # What is left of a collection, or shown of it, is no longer the file that the description speaks of.
    whole = not asked.given and form.name == "csv"
    described = [Signpost(address(request, csvw.path_of(entity)), "describedby", csvw.MEDIA_TYPE)] if whole else []

    if not asked.given and (lying := _ready(request, f"{entity.collection.slug}.{form.name}")):
        headers = {
            **LIVING,
            "Link": link_header(links, *described),
            "Content-Disposition": _named(request, asked, form),
        }
        return static_response(request.scope, lying, headers)
    return await table_file(request, form, asked, read, links, *described)


def named_format(request: Request, path: str) -> Format:
    """The format that the extension of an address names. Raises NotFound."""
    extension = request.path_params["extension"]
    if extension not in FORMATS:
        offered = ", ".join(f"{path}.{name}" for name in FORMATS)
        raise NotFound(f"{path} is not to be had as {extension[:20]!r}; there are {offered}")
    return FORMATS[extension]


async def table_file(
    request: Request,
    form: Format,
    asked: FileRequest | AggregateRequest,
    read: Callable[[Connection], Table],
    links: Links,
    *described: Signpost,
    shown: bool = False,
) -> Response:
    """The file of a table that is read on a snapshot of its own; one that is to be `shown` is no download.

    `described` are links to what describes it.

    Raises what goes wrong before its first bytes.
    """
    about = context(request.scope)

    running: list[Connection] = []

    def make() -> Generator[bytes]:
        with ExitStack() as snapshot:
            about.state, connection = snapshot.enter_context(served(request).snapshot())
            running.append(connection)
            table = read(connection)
            told: dict[str, Any] = {
                "meta": {**table.meta, **release_of(request)},
                "links": links,
                "provenance": {**read_provenance(connection), "url": str(links["canonical"]), **table.provenance},
            }
            if form.late:
                told["rows"] = read_aside(table.rows, snapshot.close)
            with closing(table):
                yield from form.encode(replace(table, **told), asked.options)

    def stop() -> None:
        for connection in running:
            served(request).exports.interrupt(connection)

    spool = StreamBuffer(make, stop)
    # To HTTP/1.0 only a length can tell that something is missing at the end.
    try:
        body = await spool.begin(request.is_disconnected, to_the_end=request.scope["http_version"] == "1.0")
    except ClientDisconnect:
        return Response(status_code=499)  # to nobody
    headers = {"Link": link_header(links, *described)}
    if not shown:
        headers["Content-Disposition"] = _named(request, asked, form)
    if body is not None:
        return Response(body, headers=headers, media_type=form.media_type)
    if about.head:
        spool.abandon()
    return Stream(spool.follow(), headers, form.media_type, head=about.head, length=spool.length)


def _ready(request: Request, name: str) -> StaticFile | None:
    """The file of the release that is being served, where it lies ready: the same bytes, at the disk's pace."""
    state = context(request.scope).state
    frozen = shelf(request).find(state.release) if state else None
    file = frozen.file(name) if frozen else None
    if state is None or frozen is None or file is None or not frozen.is_present(file):
        return None
    # Here it is as new as the release's load, whatever day the edition bears.
    return static_file(frozen, file, state.modified)


def _named(request: Request, asked: FileRequest | AggregateRequest, form: Format) -> str:
    """What a download is called, by the release that it shows."""
    state = context(request.scope).state
    release = state.release if state else ""
    return attachment(asked.file_name(release), form.name, asked.shown_name(release))
