"""Whole collections as files: made while they are sent, and cut short where they fail."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.engine import Connection
from starlette.types import Send

from app.api.answers import Links, address, link_header, own_address, release_of, served
from app.entity import Entity, Table
from app.formats import Format
from app.http.context import context
from app.http.disposition import attachment
from app.http.spool import Spool
from app.query.export import read_table
from app.query.provenance import read_provenance
from app.query.request import FileRequest, read_file_request


async def collection_file(request: Request, entity: type[Entity], form: Format) -> Response:
    """Every record of a collection that matches, in that format."""
    asked = read_file_request(entity, request.query_params.multi_items(), form)
    path = f"/v1/{entity.collection.slug}"
    links: Links = {
        "self": own_address(request),
        "canonical": address(request, f"{path}.{form.name}", asked.query_string()),
        "collection": address(request, path),
    }

    def read(connection: Connection) -> Table:
        return read_table(connection, asked, form)

    return await table_file(request, form, asked, read, links)


async def table_file(
    request: Request, form: Format, asked: FileRequest, read: Callable[[Connection], Table], links: Links
) -> Response:
    """The file of a table that is read on a snapshot of its own. Raises what goes wrong before its first bytes."""
    about = context(request.scope)

    def make() -> Iterator[bytes]:
        with served(request).snapshot() as (about.state, connection):
            table = read(connection)
            yield from form.encode(
                replace(
                    table,
                    meta={**table.meta, **release_of(request)},
                    links=links,
                    provenance={**read_provenance(connection), "url": str(links["canonical"])},
                ),
                asked.options,
            )

    spool = Spool(make)
    # To HTTP/1.0 only a length can tell that something is missing at the end.
    body = await spool.begin(to_the_end=request.scope["http_version"] == "1.0")
    headers = {
        "Link": link_header(links),
        "Content-Disposition": attachment(asked.file_name(about.state.release if about.state else ""), form.name),
    }
    if body is not None:
        return Response(body, headers=headers, media_type=form.media_type)
    return Followed(spool, headers, form.media_type, head=about.head)


class Followed(StreamingResponse):
    """A body that is still being made; whoever asks for the head alone does not wait for it."""

    def __init__(self, spool: Spool, headers: dict[str, str], media_type: str, *, head: bool) -> None:
        super().__init__(spool.follow(), headers=headers, media_type=media_type)
        if (length := spool.length) is not None:
            self.headers["Content-Length"] = str(length)
        self._spool = spool
        self._head = head

    async def stream_response(self, send: Send) -> None:
        """Send the head and the pieces, or the head alone."""
        if not self._head:
            await super().stream_response(send)
            return
        self._spool.abandon()
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
