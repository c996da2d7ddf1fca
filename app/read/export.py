"""Every record that matches, as a `Table` that formats put into bytes while it is read.

Values come out of the records' JSON, which was written once, at load: one column of bytes is read several times as fast
as twenty of values, is the same on both databases, and no format can tell what another does not.
"""

import pickle
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

from sqlalchemy.engine import Connection

from app.entity import Table
from app.errors import Fault, InvalidQuery
from app.formats import FORMATS, Format, json
from app.read.index import require_index
from app.read.page import MAX_RELATED, count, records, too_many
from app.request.records import FileRequest
from app.sql import statements
from app.sql.prepared import Rows, fetch_in_parts

BATCH = 2_000  # records in memory at once
CLOSE = 250  # records of which all values are: few enough for them to stay close to the processor
EVEN_MORE = 1_000_000  # records that a batch may include: what a file brings in all was counted before


def read_table(connection: Connection, request: FileRequest, form: Format) -> Table:
    """The table of a request; its rows are read while it is encoded, on the same connection.

    Raises InvalidQuery where the format cannot hold it, before anything is read.
    """
    require_index(connection, request.filters)
    shape, values = statements.shape_of(request), statements.values_of(request)
    matching = count(connection, request)
    total = max(min(matching - (request.offset or 0), values["limit"]), 0)
    if form.max_rows is not None and total > form.max_rows:
        unlimited = ", ".join(each.name for each in FORMATS.values() if each.max_rows is None)
        limit = f"{form.name} holds at most {form.max_rows:,} rows; {total:,} match."
        raise InvalidQuery([Fault("format", f"{limit} Narrow the filters or use {unlimited}.")])
    _require_room(connection, request, shape, values)
    collection = request.entity.collection
    return Table(
        collection.slug,
        collection.title,
        request.columns,
        _values(_found(connection, shape, values), request),
        _written(_found(connection, shape, values), connection, request),
        {"total": matching, "limit": request.limit},
    )


def _found(connection: Connection, shape: statements.Shape, values: dict[str, Any]) -> Generator[Rows]:
    """Rows that begin with a record, in parts: no driver fetches the whole of it into memory."""
    return fetch_in_parts(connection, statements.page_statement(shape), values, BATCH)


def _values(found: Generator[Rows], request: FileRequest) -> Iterator[list[tuple[Any, ...]]]:
    read = json.reader(request.columns)
    with closing(found):  # also where a record cannot be read: what is left open keeps a loader waiting
        for rows in found:
            for start in range(0, len(rows), CLOSE):
                yield [*read([row[0] for row in rows[start : start + CLOSE]])]


def _written(found: Generator[Rows], connection: Connection, request: FileRequest) -> Iterator[list[bytes]]:
    with closing(found):
        for rows in found:
            yield records(connection, request, rows, EVEN_MORE)


def spool_to_disk(batches: Iterable[Sequence[Sequence[Any]]], release: Callable[[], None]) -> Iterator[list[Any]]:
    """All batches, read at once and passed on at whatever pace; the database is given back between the two.

    For formats that take long and could not send anything yet: a loader does not wait for them.
    """
    with tempfile.TemporaryFile() as file:
        for batch in batches:
            pickle.dump([tuple(row) for row in batch], file, pickle.HIGHEST_PROTOCOL)
        release()
        end = file.tell()
        file.seek(0)
        while file.tell() < end:
            yield pickle.load(file)  # noqa: S301 - written above


def _require_room(
    connection: Connection, request: FileRequest, shape: statements.Shape, values: dict[str, Any]
) -> None:
    """Lists inside records cannot be read in parts: all of them together have the room that a page has."""
    for relation in request.include:
        for link in relation.links if relation.many else ():
            counted = statements.related_count_statement(shape, link)
            if (
                connection.execute(counted, values | {"rows": values["limit"], "limit": MAX_RELATED + 1}).scalar_one()
                > MAX_RELATED
            ):
                raise too_many(relation, link)
