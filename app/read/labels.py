"""Labels beside slugs: those of a vocabulary's terms from its declaration, those of references from the records."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy.engine import Connection

from app.entity import Vocabulary
from app.formats import json
from app.request.records import RecordRequest
from app.request.relations import Link, relation_of
from app.sql import statements
from app.sql.prepared import Rows, fetch

Labels = Mapping[str, Sequence[str | None]]  # for each column of slugs, those of the rows; null where the slug is


def read_labels(connection: Connection, request: RecordRequest, rows: Rows) -> Labels:
    """Return the labels of the rows. Each link of a reference takes one SELECT.

    A row starts with its record and ends with the columns that the request's links join by.
    """
    language, index = str(request.labels), -len(request.links)
    labels: dict[str, Sequence[str | None]] = {}
    in_vocabularies = tuple(column for column in request.labelled if column.vocabulary)
    terms = [*json.reader(in_vocabularies)(row[0] for row in rows)]
    for number, column in enumerate(in_vocabularies):
        known = _labels_of(column.vocabulary or (), language)
        labels[column.name] = [known[each[number]] for each in terms]
    for column in request.labelled:
        if relation := relation_of(request.entity, column):
            names: list[str | None] = [None] * len(rows)
            for link in relation.links:  # of several, at most one leads to a record
                keys = [row[index] for row in rows]
                found = _read_names(connection, link, language, keys)
                names = [found.get(key, name) for key, name in zip(keys, names, strict=True)]
                index += 1
            labels[column.name] = names
    return labels


@cache
def _labels_of(vocabulary: Iterable[Vocabulary], language: str) -> dict[str | None, str | None]:
    return {None: None, **{term.value: getattr(term.label, language) for term in vocabulary}}


def _read_names(connection: Connection, link: Link, language: str, keys: Iterable[Any]) -> Mapping[Any, str]:
    distinct = sorted({key for key in keys if key is not None})
    statement = statements.names_statement(link, language)
    return dict(fetch(connection, statement, {"keys": distinct})) if distinct else {}  # type: ignore[arg-type]
