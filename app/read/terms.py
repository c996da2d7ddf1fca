"""The vocabularies of the release that a snapshot shows: their terms with labels, read once for each release."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity, Labels, labels_of, term
from app.models.term import Term
from app.request.conditions import Condition, Filter
from app.request.filters import filters
from app.request.parameters import Parameter, read_list, read_parameters
from app.sql.prepared import fetch

TERMS = "terms"  # the key, in a connection's info, of the labels of the terms of its snapshot's release

_term = Term.table().c
_EVERY = sa.select(_term.vocabulary, _term.slug, _term.name_zh, _term.name_en).order_by(_term.id)


def read_terms(connection: Connection) -> Labels:
    """Return the labels of the release's terms by vocabulary and slug."""
    known: Labels | None = connection.info.get(TERMS)
    return query_terms(connection) if known is None else known  # a connection without a DatasetReader


def query_terms(connection: Connection) -> Labels:
    """Read the labels from the database."""
    return labels_of(fetch(connection, _EVERY, {}))


def require_terms(
    connection: Connection, entity: type[Entity], conditions: Iterable[Condition], texts: Mapping[str, str]
) -> None:
    """Raise InvalidQuery if a filter has a value that is no term of the release. `texts` are those of the query."""
    known = [
        _among_terms(
            filters(entity)[each.operator.parameter(each.column)], [*each.column.labels(read_terms(connection))]
        )
        for each in conditions
        if isinstance(each, Filter) and each.column.declared.terms and each.operator.takes != "truth"
    ]
    if known:
        read_parameters({each.name: each for each in known}, [(each.name, texts[each.name]) for each in known])


def _among_terms(parameter: Parameter, slugs: list[str]) -> Parameter:
    """Return a filter that accepts these terms only."""
    read = partial(term, allowed=slugs, noun="value")
    many = parameter.operator is not None and parameter.operator.takes == "many"
    return replace(parameter, read=partial(read_list, read) if many else read)
