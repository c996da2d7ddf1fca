"""A request for an aggregate, read and checked: which groups, what of them, over which records."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial

from app.entity import Column, Entity, ValueFault, term
from app.errors import Fault, InvalidQuery
from app.formats import FORMATS, Format, Options
from app.http.addresses import Given, encoded
from app.request.conditions import Condition
from app.request.controls import (
    MAX_SORT_KEYS,
    by_name,
    format_options,
    format_parameter,
    in_any_format,
    page_parameters,
    search_parameter,
    taken_by_formats,
)
from app.request.filters import filters
from app.request.measures import Group, Measure, columns_of, groups, measures
from app.request.parameters import (
    Parameter,
    Parameters,
    list_of,
    read_between,
    read_distinct,
    read_list,
    read_one_of,
    read_parameters,
    read_sort_key,
)
from app.request.records import SortKey, conditions_of

MAX_FIELDS = 3  # to group by
MAX_GROUPS = 100_000
DEFAULT = ("measure", "count")


@dataclass(frozen=True)
class AggregateRequest:
    """What is asked of an aggregate. `parameters` holds the texts of the parameters, defaults left out."""

    entity: type[Entity]
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    filters: tuple[Condition, ...]
    sort: tuple[SortKey, ...]
    limit: int | None
    options: Options
    parameters: Mapping[str, str]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of its table: what is grouped by, then what is measured."""
        return columns_of(self.groups, self.measures)

    def query_string(self) -> str:
        """The canonical query string."""
        return encoded(self.parameters.items())

    def file_name(self, release: str) -> str:
        """What a download of it is called."""
        return f"shanhai_{self.entity.collection.slug}_aggregate_{release}"

    def localized_file_name(self, release: str) -> str | None:
        """What people call it, where they asked for Chinese."""
        return f"山海_{self.entity.collection.title.zh}汇总_{release}" if self.options.lang == "zh" else None


@cache
def aggregate_parameters(entity: type[Entity], form: Format) -> Parameters:
    """Everything that the address of a collection's aggregate takes where it is answered in that format."""
    limit = Parameter(
        "limit",
        "At most so many groups; without it, all.",
        {"type": "integer", "minimum": 1, "maximum": MAX_GROUPS},
        2,
        partial(read_between, 1, MAX_GROUPS),
    )
    formats = format_parameter(FORMATS)
    search = search_parameter("Only the records that a search finds")
    own = by_name(search, _group_by(entity), _measure(entity), _sort(entity), limit, formats, *format_options(form))
    return Parameters({**own, **filters(entity)})


@cache
def all_aggregate_parameters(entity: type[Entity]) -> Parameters:
    """What an aggregate takes in some format."""
    return in_any_format(partial(aggregate_parameters, entity))


def read_aggregate_request(entity: type[Entity], given: Given, form: Format) -> AggregateRequest:
    """Read the query of an aggregate's address. Raises InvalidQuery."""
    known = aggregate_parameters(entity, form)
    values = read_parameters(known, given, _taken_elsewhere(entity, form))
    chosen = tuple(groups(entity)[name] for name in values.get("group_by", ()))
    measured = tuple(measures(entity)[name] for name in values.get("measure", (DEFAULT[1],)))
    return AggregateRequest(
        entity,
        chosen,
        measured,
        tuple(conditions_of(entity, known, values)),
        _sort_keys(chosen, measured, values.get("sort", ())),
        values.get("limit"),
        Options(values.get("bom", False), values.get("lang")),
        {name: text for name, text in given if name != "format" and (name, text) != DEFAULT},
    )


def _sort_keys(
    chosen: tuple[Group, ...], measured: tuple[Measure, ...], keys: tuple[tuple[str, bool], ...]
) -> tuple[SortKey, ...]:
    """The sort keys, with the fields to group by as the last: no two groups have all of them in common."""
    columns = {column.name: column for column in columns_of(chosen, measured)}
    sort: dict[str, SortKey] = {}
    faults = []
    for name, descending in (*keys, *((group.column.name, False) for group in chosen)):
        try:
            sort.setdefault(name, SortKey(columns[term(name, list(columns), "key of this answer")], descending))
        except ValueFault as fault:
            faults.append(Fault("sort", fault.detail, fault.allowed))
    if faults:
        raise InvalidQuery(faults)
    return tuple(sort.values())


@cache
def _taken_elsewhere(entity: type[Entity], form: Format) -> Mapping[str, str]:
    """Where a parameter belongs that aggregates in this format do not take."""
    told = dict.fromkeys(page_parameters(entity), "is for records, not for groups of them")
    return told | taken_by_formats(partial(aggregate_parameters, entity), form.name)


def _group_by(entity: type[Entity]) -> Parameter:
    names = list(groups(entity))
    return Parameter(
        "group_by",
        f"Up to {MAX_FIELDS} fields to group by; a comma-separated list. Without it, one group of all that matches.",
        list_of(names, most=MAX_FIELDS),
        names[:2],
        partial(read_distinct, partial(read_one_of, names, "field to group by"), most=MAX_FIELDS),
    )


def _measure(entity: type[Entity]) -> Parameter:
    names = list(measures(entity))
    return Parameter(
        "measure",
        "What to work out for each group; a comma-separated list. What would add or compare unlike things, count a "
        "part twice or pass over unknown values is refused, with the filters that make it right.",
        list_of(names) | {"default": [DEFAULT[1]]},
        [DEFAULT[1]],
        partial(read_distinct, partial(read_one_of, names, "measure")),
    )


def _sort(entity: type[Entity]) -> Parameter:
    names = [column.name for column in columns_of(groups(entity).values(), measures(entity).values())]
    keys = [key for name in names for key in (name, f"-{name}")]
    return Parameter(
        "sort",
        "Keys of the answer to sort by, a minus for descending; a comma-separated list. Nulls last; "
        "the fields to group by are the last keys.",
        list_of(keys, unique=False, most=MAX_SORT_KEYS),
        ["-count"],
        partial(read_list, partial(read_sort_key, names), most=MAX_SORT_KEYS),
    )
