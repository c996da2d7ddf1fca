"""Requests for records: one record, a page, or a file."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import chain
from typing import Annotated, Any

import msgspec

from app.entity import Bilingual, Column, Entity, Labels, ValueFault, label_column, parse, reading_order
from app.errors import Fault, InvalidQuery
from app.formats import Format, Options
from app.formats.json import Key
from app.http.addresses import QueryItems, encoded
from app.request.conditions import RANK, Condition, Filter, Search
from app.request.controls import (
    DEFAULT_LIMIT,
    FORMAT_OPTIONS,
    SEARCH,
    file_parameters,
    page_parameters,
    record_parameters,
)
from app.request.cursor import Cursor, decode
from app.request.parameters import Parameters, by_name, read_parameters
from app.request.relations import Link, Relation, labelled, reachable, references, relations
from app.search import RANKS
from app.sentence import Sentence

RankKey = Annotated[int, msgspec.Meta(ge=0, lt=RANKS)]  # a rank, in a cursor

MAX_COMPUTED_ON_PAGE = 500  # pieces of evidence
HASH_BYTES = 4  # of a query, in the name of its file
PRESENTING = frozenset({"bom", "lang"})  # parameters that change how the data are presented, not which; labels add some


@dataclass(frozen=True)
class SortKey:
    """A column to sort by; nulls come last in both directions."""

    column: Column
    descending: bool = False


@dataclass(frozen=True)
class ParsedQuery:
    """A validated query. `parameters` are its texts, without those that links of the response do not repeat."""

    parameters: Mapping[str, str]

    def query_string(self, **position: str | int | None) -> str:
        """Return the canonical query string at a position, sorted by name."""
        texts = {name: str(value) for name, value in position.items() if value is not None}
        return encoded({**self.parameters, **texts}.items())

    @property
    def content_hash(self) -> str:
        """A short hash of the parameters that select the data, for file names: two selections have two names."""
        selecting = [(name, text) for name, text in self.parameters.items() if name not in PRESENTING]
        return hashlib.blake2b(encoded(selecting).encode(), digest_size=HASH_BYTES).hexdigest()


@dataclass(frozen=True)
class RecordRequest(ParsedQuery):
    """A request for one record. Without `fields`, it has all of its own; `relation.field` is a related record's.

    `labels` is the language of the labels.
    """

    entity: type[Entity]
    fields: tuple[str, ...] | None = None
    include: tuple[Relation, ...] = ()
    labels: str | None = None

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the answer, each of slugs that has labels with the column of its labels."""
        reached, slugs = reachable(self.entity), labelled(self.entity) if self.labels else ()
        chosen = (reached[name] for name in self.fields or self.entity.columns())
        return tuple(chain.from_iterable((each, label_column(each)) if each in slugs else (each,) for each in chosen))

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        """Where the JSON of a record has its keys from; none if it is the stored one."""
        return tuple(map(self._key, self.columns)) if self.fields or self.labels else ()

    def labelled_keys(self, terms: Labels) -> tuple[Key, ...]:
        """Return the keys, with the labels of terms where they are the values."""
        return tuple(
            key._replace(labels=_labels(column.label_of.labels(terms), str(self.labels)))
            if column.label_of and not key.relation
            else key
            for key, column in zip(self.keys, self.columns, strict=True)
        )

    def _key(self, column: Column) -> Key:
        if slug := column.label_of:
            relation = references(self.entity).get(slug)
            return Key(column.name, *((relation.name, f"name_{self.labels}") if relation else ("", slug.name)))
        return Key(column.name, *column.name.rpartition(".")[::2])

    @cached_property
    def joined(self) -> tuple[Relation, ...]:
        """The relations to read: those to include, then those to records from which keys are."""
        copied = (relations(self.entity)[key.relation] for key in self.keys if key.relation)
        return tuple(dict.fromkeys((*self.include, *copied)))

    @property
    def links(self) -> tuple[Link, ...]:
        """The links of these relations, in their order."""
        return tuple(link for relation in self.joined for link in relation.links)


@dataclass(frozen=True, kw_only=True)
class FileRequest(RecordRequest):
    """A request for a collection's file. A limit of None is all matching records."""

    filters: tuple[Condition, ...] = ()
    sort: tuple[SortKey, ...]
    limit: int | None = None
    offset: int | None = None
    options: Options
    readable: bool = False

    def file_name(self, release: str) -> str:
        """Return the name of the download without extension: its release, and which selection it is, if it is one."""
        return f"shanhai_{self.entity.collection.slug}{self._selection('selection')}_{release}"

    def localized_file_name(self, release: str) -> str | None:
        """Return the Chinese name of a Chinese download, else None."""
        name = f"山海_{self.entity.collection.title.zh}{self._selection('选录')}_{release}"
        return name if self.options.lang == "zh" else None

    def _selection(self, word: str) -> str:
        """Return what the name of a selection has beside that of the whole collection."""
        default = {"sort"} if self.sort == _sort(self.entity, {}) else set()
        is_whole = self.parameters.keys() <= PRESENTING | default
        return "" if is_whole else f"_{word}-{self.content_hash}"

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the file's table: like its keys, or in reading order."""
        columns = super().columns
        return tuple(reading_order(columns, self.options.lang)) if self.readable and not self.fields else columns


@dataclass(frozen=True, kw_only=True)
class PageRequest(RecordRequest):
    """A request for a page of a collection. `parameters` omit `cursor` and `offset`, which differ between pages."""

    filters: tuple[Condition, ...]
    sort: tuple[SortKey, ...]
    facets: tuple[Column, ...]
    limit: int
    offset: int | None
    cursor: Cursor | None
    order: str  # the filters and the sort, to which cursors are bound


def whole_collection(entity: type[Entity], file_format: Format) -> FileRequest:
    """Return the request for a whole collection in the order of ids."""
    return FileRequest({}, entity, sort=_sort(entity, {}), options=Options(), readable=file_format.readable)


def read_record_request(entity: type[Entity], query: QueryItems) -> RecordRequest:
    """Validate the query of one record's address. Raises InvalidQuery."""
    values = read_parameters(record_parameters(entity), query)
    return RecordRequest(dict(query), entity, values.get("fields"), _include(entity, values), values.get("labels"))


@cache
def _of_groups(entity: type[Entity]) -> Mapping[str, str]:
    """Return the explanation of the parameters that only the aggregate takes."""
    path = f"/v1/{entity.collection.slug}/aggregate"
    return dict.fromkeys(
        ("group_by", "measure"),
        Sentence(f"这个参数用于分组汇总，请用 {path}。", f"This parameter is for groups of records. Use '{path}'."),
    )


def read_file_request(entity: type[Entity], query: QueryItems, file_format: Format) -> FileRequest:
    """Validate the query of a collection's file. Raises InvalidQuery."""
    known = file_parameters(entity)
    of_pages = dict.fromkeys(page_parameters(entity), "This parameter is for pages. A file has all matching records.")
    elsewhere = {**_of_groups(entity), **of_pages}
    values = read_parameters(known, query, elsewhere, file_format.name)
    return FileRequest(
        parameters=stated(known, query, "format"),
        entity=entity,
        fields=values.get("fields"),
        include=_include(entity, values),
        labels=values.get("labels") or (values.get("lang") if file_format.readable else None),
        filters=conditions_of(entity, known, values),
        sort=_sort(entity, values),
        limit=values.get("limit"),
        offset=values.get("offset"),
        options=Options(values.get("bom", False), values.get("lang")),
        readable=file_format.readable,
    )


def read_page_request(entity: type[Entity], query: QueryItems) -> PageRequest:
    """Validate the query of a collection's address. Raises InvalidQuery."""
    known = _parameters_of_pages(entity)
    values = read_parameters(known, query, _of_groups(entity), format_name="pages")
    sort, facets = _sort(entity, values), tuple(entity.columns()[name] for name in values.get("facet", ()))
    ordering = sorted((name, text) for name, text in query if known[name].operator or name in {"sort", SEARCH})
    order = f"{entity.collection.slug}?{encoded(ordering)}"
    cursor, faults = read_cursor(values, order, [_key_type(key.column) for key in sort])
    if cursor:
        faults += _key_faults(cursor, sort)
    include, limit = _include(entity, values), values.get("limit", DEFAULT_LIMIT)
    if limit > MAX_COMPUTED_ON_PAGE and (computed := [relation.name for relation in include if relation.compute]):
        detail = Sentence(
            f"一页最多给 {MAX_COMPUTED_ON_PAGE} 条记录附上 {computed[0]}。请减少条数，或用 "
            f"/v1/{entity.collection.slug}.ndjson。",
            f"A page includes {computed[0]} in at most {MAX_COMPUTED_ON_PAGE} records. Lower the limit, or use "
            f"'/v1/{entity.collection.slug}.ndjson'.",
        )
        faults.append(Fault("limit", detail))
    if faults:
        raise InvalidQuery(faults)
    return PageRequest(
        parameters=stated(known, query, "cursor", "offset"),
        entity=entity,
        fields=values.get("fields"),
        include=include,
        labels=values.get("labels"),
        filters=conditions_of(entity, known, values),
        sort=sort,
        facets=facets,
        limit=limit,
        offset=values.get("offset"),
        cursor=cursor,
        order=order,
    )


@cache
def _parameters_of_pages(entity: type[Entity]) -> Parameters:
    """Return the parameters of pages, and those that a page takes only at their defaults."""
    return {**page_parameters(entity), **by_name(*FORMAT_OPTIONS)}


def stated(known: Parameters, query: QueryItems, *omitted: str) -> dict[str, str]:
    """Return the parameters of a query without the omitted ones and without defaults."""
    return {name: text for name, text in query if name not in omitted and not known[name].is_default(text)}


def read_cursor(values: Mapping[str, Any], order: str, key_types: list[Any]) -> tuple[Cursor | None, list[Fault]]:
    """Return the cursor of a query, if it has a valid one, and its faults."""
    if "cursor" not in values:
        return None, []
    if "offset" in values:
        return None, [Fault("offset", exclusive("offset", "cursor"))]
    try:
        return decode(values["cursor"], order, key_types), []
    except ValueFault as fault:
        return None, [Fault("cursor", fault.detail)]


def exclusive(name: str, other: str) -> Sentence:
    """Return the detail of the fault of a parameter that another one excludes."""
    return Sentence(
        f"{name} 与 {other} 不能同时使用，请去掉一个。",
        f"{name} cannot be combined with {other}. Leave one of them out.",
    )


def conditions_of(entity: type[Entity], known: Parameters, values: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the filters among the values of a query, sorted by name, and its search."""
    conditions: list[Condition] = []
    for name in sorted(values):
        parameter = known[name]
        if parameter.column and parameter.operator:
            conditions.append(Filter(parameter.column, parameter.operator, values[name]))
    if SEARCH in values:
        conditions.append(Search(values[SEARCH], (entity,)))
    return tuple(conditions)


def _labels(terms: Mapping[str, Bilingual], language: str) -> Mapping[str | None, str | None]:
    return {None: None, **{slug: getattr(label, language) for slug, label in terms.items()}}


def _include(entity: type[Entity], values: Mapping[str, Any]) -> tuple[Relation, ...]:
    return tuple(relations(entity)[name] for name in values.get("include", ()))


def _sort(entity: type[Entity], values: Mapping[str, Any]) -> tuple[SortKey, ...]:
    """Return the sort keys: by rank if only a search decides; `id` is last, since it is unique."""
    keys: dict[str, SortKey] = {}
    if SEARCH in values and "sort" not in values:
        keys[RANK.name] = SortKey(RANK)
    for name, descending in (*values.get("sort", ()), ("id", False)):
        keys.setdefault(name, SortKey(entity.columns()[name], descending))
        if name == "id":
            break
    return tuple(keys.values())


def _key_type(column: Column) -> Any:
    if column is RANK:
        return RankKey
    return column.scalar | None if column.nullable else column.scalar


def _key_faults(cursor: Cursor, sort: tuple[SortKey, ...]) -> list[Fault]:
    """Return the faults of a forged cursor, whose keys may be values that no column can hold."""
    try:
        for key, value in zip(sort, cursor.keys, strict=True):
            if value is not None:
                parse(key.column, str(value))
    except ValueFault as fault:
        return [Fault("cursor", fault.detail)]
    return []
