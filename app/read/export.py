"""All matching records as a `Table`, read while a format encodes it.

Values are parsed from the records' JSON: one column of bytes is read several times as fast as twenty of values, is the
same on both databases, and makes all formats agree.
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
from app.read.page import MAX_RELATED, count, records, too_many_related
from app.read.terms import read_terms, require_terms
from app.request.records import FileRequest
from app.sql import statements
from app.sql.prepared import Rows, Values, fetch_batches

BATCH_ROWS = 2_000
PARSED_ROWS = 250  # parsed at once; their values fit into the processor's cache
MAX_BATCH_RELATED = 1_000_000  # of one batch; those of the whole file are counted before


def read_table(connection: Connection, request: FileRequest, file_format: Format) -> Table:
    """Return the table of a request, whose rows are read on the connection while it is encoded.

    Raises InvalidQuery if the format cannot hold it, before anything is read.
    """
    require_index(connection, request.filters)
    require_terms(connection, request.entity, request.filters, request.parameters)
    shape, values = statements.shape_of(request), statements.values_of(request)
    matching = count(connection, request)
    rows = max(min(matching - (request.offset or 0), values["limit"]), 0)
    _require_capacity(file_format, rows)
    _require_related_capacity(connection, request, shape, values, rows)

    def batches() -> Generator[Rows]:
        return fetch_batches(connection, statements.page_statement(shape), values, BATCH_ROWS)

    collection = request.entity.collection
    return Table(
        collection.slug,
        collection.title,
        request.columns,
        _parse(batches(), connection, request),
        _encode(batches(), connection, request),
        {"total": matching, "limit": request.limit},
        terms=read_terms(connection),
    )


def spool_to_disk(
    batches: Iterable[Sequence[Sequence[Any]]], close_snapshot: Callable[[], None]
) -> Iterator[list[Any]]:
    """Read all batches to a temporary file, close the snapshot, then yield them.

    For formats that are slow and send nothing before their end: a loader need not wait for them.
    """
    with tempfile.TemporaryFile() as file:
        for batch in batches:
            pickle.dump([tuple(row) for row in batch], file, pickle.HIGHEST_PROTOCOL)
        close_snapshot()
        end = file.tell()
        file.seek(0)
        while file.tell() < end:
            yield pickle.load(file)  # noqa: S301 - written above


# An unclosed cursor, also that of a failed read, would make a loader wait.


def _parse(batches: Generator[Rows], connection: Connection, request: FileRequest) -> Iterator[list[tuple[Any, ...]]]:
    own = request.entity.columns()
    read, is_stored = json.reader(request.columns), all(column.name in own for column in request.columns)
    with closing(batches):
        for rows in batches:
            texts = [row[0] for row in rows] if is_stored else records(connection, request, rows, MAX_BATCH_RELATED)
            for start in range(0, len(texts), PARSED_ROWS):
                yield [*read(texts[start : start + PARSED_ROWS])]


def _encode(batches: Generator[Rows], connection: Connection, request: FileRequest) -> Iterator[list[bytes]]:
    with closing(batches):
        for rows in batches:
            yield records(connection, request, rows, MAX_BATCH_RELATED)


def _require_capacity(file_format: Format, total: int) -> None:
    if file_format.max_rows is not None and total > file_format.max_rows:
        unlimited = ", ".join(each.name for each in FORMATS.values() if each.max_rows is None)
        limit = f"{file_format.name} holds at most {file_format.max_rows:,} rows, and {total:,} match."
        raise InvalidQuery([Fault("format", f"{limit} Add filters, or use {unlimited}.")])


def _require_related_capacity(
    connection: Connection, request: FileRequest, shape: statements.Shape, values: Values, rows: int
) -> None:
    """Raise InvalidQuery if all batches together include or compute more related records than a page may."""
    bounds = {"rows": values["limit"], "limit": MAX_RELATED + 1}
    for relation in request.include:
        if relation.compute and rows > MAX_RELATED:
            detail = f"{relation.name} is computed for at most {MAX_RELATED} records of a file. This one has {rows}."
            raise InvalidQuery([Fault("include", f"{detail} Add filters, or limit and offset.")])
        for link in relation.links if relation.many else ():
            statement = statements.related_count_statement(shape, link)
            if connection.execute(statement, {**values, **bounds}).scalar_one() > MAX_RELATED:
                raise too_many_related(relation, link)
