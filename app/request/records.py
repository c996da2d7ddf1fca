"""A request for records, read and checked: the value that moves through the stages of a query."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from app.entity import Column, Entity, ValueFault, parse
from app.errors import Fault, InvalidQuery
from app.formats import Format, Options
from app.http.addresses import Given, encoded
from app.request import cursor as cursors
from app.request.conditions import RANK, Condition, Filter, Search
from app.request.controls import (
    DEFAULT_LIMIT,
    SEARCH,
    file_parameters,
    page_parameters,
    record_parameters,
    taken_elsewhere,
)
from app.request.cursor import Cursor
from app.request.parameters import Parameter, read_parameters
from app.request.relations import Relation, relations
from app.search import RANKS


@dataclass(frozen=True)
class SortKey:
    """A column to sort by; nulls last either way."""

    column: Column
    descending: bool = False


@dataclass(frozen=True)
class Asked:
    """What is asked. `parameters` holds the texts of the parameters, defaults left out."""

    parameters: Mapping[str, str]

    def query_string(self, **position: str | int | None) -> str:
        """The canonical query string: sorted by name, without what goes without saying."""
        placed = {name: str(value) for name, value in position.items() if value is not None}
        return encoded({**self.parameters, **placed}.items())


@dataclass(frozen=True)
class RecordRequest(Asked):
    """What is asked of one record."""

    entity: type[Entity]
    fields: tuple[str, ...] | None
    include: tuple[Relation, ...]


@dataclass(frozen=True)
class FileRequest(RecordRequest):
    """What is asked of a collection's file. A limit of None is every record that matches."""

    filters: tuple[Condition, ...]
    sort: tuple[SortKey, ...]
    limit: int | None
    offset: int | None
    options: Options

    def file_name(self, release: str) -> str:
        """What a download of it is called: the release is part of it, and whether it is only a selection."""
        selection = "_selection" if self._selects else ""
        return f"shanhai_{self.entity.collection.slug}{selection}_{release}"

    def localized_file_name(self, release: str) -> str | None:
        """What people call it, where they asked for Chinese."""
        selection = "_选录" if self._selects else ""
        return f"山海_{self.entity.collection.title.zh}{selection}_{release}" if self.options.lang == "zh" else None

    @property
    def _selects(self) -> bool:
        return bool(self.parameters.keys() - {"sort", "lang", "bom"})

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its table: those asked for, else all."""
        columns = self.entity.columns()
        return tuple(columns[name] for name in self.fields or columns)


@dataclass(frozen=True)
class PageRequest(RecordRequest):
    """What is asked of a collection. `parameters` leaves out `cursor` and `offset`, which move along the pages."""

    filters: tuple[Condition, ...]
    sort: tuple[SortKey, ...]
    facets: tuple[Column, ...]
    limit: int
    offset: int | None
    cursor: Cursor | None
    order: str  # what cursors are bound to: the filters and the sort, as text


def read_record_request(entity: type[Entity], given: Given) -> RecordRequest:
    """Read the query of one record's address. Raises InvalidQuery."""
    values = read_parameters(record_parameters(entity), given)
    return RecordRequest(dict(given), entity, values.get("fields"), _include(entity, values))


def whole_collection(entity: type[Entity]) -> FileRequest:
    """The request for a whole collection, in the order of ids."""
    return FileRequest({}, entity, None, (), (), _sort(entity, {}), None, None, Options())


def read_file_request(entity: type[Entity], given: Given, form: Format) -> FileRequest:
    """Read the query of a file of a collection. Raises InvalidQuery."""
    known = file_parameters(entity, form)
    values = read_parameters(known, given, taken_elsewhere(entity, form))
    return FileRequest(
        {name: text for name, text in given if name != "format"},
        entity,
        values.get("fields"),
        _include(entity, values),
        tuple(conditions_of(entity, known, values)),
        _sort(entity, values),
        values.get("limit"),
        values.get("offset"),
        Options(values.get("bom", False), values.get("lang")),
    )


def read_page_request(entity: type[Entity], given: Given) -> PageRequest:
    """Read the query of a collection's address. Raises InvalidQuery."""
    known = page_parameters(entity)
    values = read_parameters(known, given, taken_elsewhere(entity, None))
    sort = _sort(entity, values)
    facets = tuple(entity.columns()[name] for name in values.get("facet", ()))
    limit = values.get("limit", DEFAULT_LIMIT)
    order = _order(entity, known, given)
    cursor, faults = read_position(values, order, [_kind(key.column) for key in sort])
    if limit == 0 and not facets:
        faults.append(Fault("limit", "0 is allowed only together with facet; otherwise from 1"))
    if cursor:
        try:
            for key, value in zip(sort, cursor.keys, strict=True):
                if value is not None:
                    parse(key.column, str(value))  # a forged one may hold what no column can
        except ValueFault as fault:
            faults.append(Fault("cursor", fault.detail))
    if faults:
        raise InvalidQuery(faults)
    return PageRequest(
        {name: text for name, text in given if name not in {"cursor", "offset"} and (name, text) != USUAL_LIMIT},
        entity,
        values.get("fields"),
        _include(entity, values),
        tuple(conditions_of(entity, known, values)),
        sort,
        facets,
        limit,
        values.get("offset"),
        cursor,
        order,
    )


PLACE = Annotated[int, msgspec.Meta(ge=0, lt=RANKS)]  # a rank, as a cursor holds it
USUAL_LIMIT = ("limit", str(DEFAULT_LIMIT))


def read_position(values: Mapping[str, Any], query: str, kinds: list[Any]) -> tuple[Cursor | None, list[Fault]]:
    """The cursor of a query whose keys are of these kinds, if it is given and right; else what is wrong."""
    if "cursor" not in values:
        return None, []
    if "offset" in values:
        return None, [Fault("offset", "not together with cursor; leave one of them out")]
    try:
        return cursors.decode(values["cursor"], query, kinds), []
    except ValueFault as fault:
        return None, [Fault("cursor", fault.detail)]


def conditions_of(
    entity: type[Entity], known: Mapping[str, Parameter], values: Mapping[str, Any]
) -> Iterator[Condition]:
    """The filters, and the search, among the parameters of a request."""
    for name in sorted(values):
        column, operator = known[name].column, known[name].operator
        if column and operator:
            yield Filter(column, operator, values[name])
    if SEARCH in values:
        yield Search(values[SEARCH], (entity,))


def _include(entity: type[Entity], values: Mapping[str, Any]) -> tuple[Relation, ...]:
    return tuple(relations(entity)[name] for name in values.get("include", ()))


def _sort(entity: type[Entity], values: Mapping[str, Any]) -> tuple[SortKey, ...]:
    """The sort keys with `id` as the last: behind it nothing can decide, nor can a field named again.

    Where nothing is asked for, what a search finds stands best first.
    """
    chosen: dict[str, SortKey] = {}
    if SEARCH in values and "sort" not in values:
        chosen[RANK.name] = SortKey(RANK)
    for name, descending in (*values.get("sort", ()), ("id", False)):
        chosen.setdefault(name, SortKey(entity.columns()[name], descending))
        if name == "id":
            break
    return tuple(chosen.values())


def _order(entity: type[Entity], known: Mapping[str, Parameter], given: Given) -> str:
    """What a cursor is bound to: the collection, its filters and its sort."""
    decisive = sorted((name, text) for name, text in given if known[name].operator or name in {"sort", SEARCH})
    return f"{entity.collection.slug}?{encoded(decisive)}"


def _kind(column: Column) -> Any:
    if column is RANK:
        return PLACE
    return column.scalar | None if column.nullable else column.scalar
