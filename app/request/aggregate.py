"""Requests for aggregates: groups and measures over the matching records."""

from dataclasses import dataclass
from functools import cache

from app.entity import Bilingual, Column, Entity, ValueFault, term
from app.errors import Fault, InvalidQuery
from app.formats import FORMATS, Format, Options
from app.http.addresses import QueryItems
from app.request.conditions import Condition
from app.request.controls import (
    FORMAT_OPTIONS,
    MAX_SORT_KEYS,
    SEARCH_INSIDE,
    format_parameter,
    page_parameters,
    search_parameter,
)
from app.request.filters import filters
from app.request.measures import Group, Measure, columns_of, groups, measures
from app.request.parameters import Parameters, by_name, choices, integer, read_parameters, sort_keys
from app.request.records import ParsedQuery, SortKey, conditions_of, stated

MAX_GROUP_FIELDS = 5
MAX_GROUPS = 100_000
DEFAULT_MEASURE = "count"


@dataclass(frozen=True, kw_only=True)
class AggregateRequest(ParsedQuery):
    """A request for an aggregate. A limit of None is all groups."""

    entity: type[Entity]
    groups: tuple[Group, ...]
    measures: tuple[Measure, ...]
    filters: tuple[Condition, ...]
    sort: tuple[SortKey, ...]
    limit: int | None
    options: Options

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of the table: those of the groups, then those of the measures."""
        return columns_of(self.groups, self.measures)

    def file_name(self, release: str) -> str:
        """Return the name of the download without extension."""
        return f"shanhai_{self.entity.collection.slug}_aggregate-{self.content_hash}_{release}"

    def localized_file_name(self, release: str) -> str | None:
        """Return the Chinese name of a Chinese download, else None."""
        name = f"山海_{self.entity.collection.title.zh}汇总-{self.content_hash}_{release}"
        return name if self.options.lang == "zh" else None


@cache
def aggregate_parameters(entity: type[Entity]) -> Parameters:
    """Return the parameters of a collection's aggregate, with those that apply to some formats only."""
    columns = [column.name for column in columns_of(groups(entity).values(), measures(entity).values())]
    own = by_name(
        search_parameter(SEARCH_INSIDE),
        choices(
            "group_by",
            Bilingual(
                f"用来分组的字段，至多 {MAX_GROUP_FIELDS} 个；不写则合为一组。",
                f"Up to {MAX_GROUP_FIELDS} fields to group by. Without it, all records are one group.",
            ),
            groups(entity),
            "field to group by",
            max_values=MAX_GROUP_FIELDS,
        ),
        choices(
            "measure",
            Bilingual(
                "每组要计算的指标。",
                "What to compute for each group.",
            ),
            measures(entity),
            "measure",
            example=[DEFAULT_MEASURE],
            default=[DEFAULT_MEASURE],
        ),
        sort_keys(
            Bilingual(
                "按响应中的哪些键排序，前加减号为降序。空值排在最后。",
                "Keys of the answer to sort by, a minus for descending. Nulls come last.",
            ),
            columns,
            example=[f"-{DEFAULT_MEASURE}"],
            max_values=MAX_SORT_KEYS,
        ),
        integer(
            "limit",
            Bilingual("最多返回的组数；默认返回全部。", "Maximum number of groups; all by default."),
            1,
            MAX_GROUPS,
            2,
        ),
        format_parameter(FORMATS),
        *FORMAT_OPTIONS,
    )
    return {**own, **filters(entity)}


def read_aggregate_request(entity: type[Entity], query: QueryItems, file_format: Format) -> AggregateRequest:
    """Validate the query of an aggregate's address. Raises InvalidQuery."""
    known = aggregate_parameters(entity)
    elsewhere = dict.fromkeys(page_parameters(entity), "This parameter is for records, not for groups of them.")
    values = read_parameters(known, query, elsewhere, file_format.name)
    group_by = tuple(groups(entity)[name] for name in values.get("group_by", ()))
    measured = tuple(measures(entity)[name] for name in values.get("measure", (DEFAULT_MEASURE,)))
    return AggregateRequest(
        parameters=stated(known, query, "format"),
        entity=entity,
        groups=group_by,
        measures=measured,
        filters=conditions_of(entity, known, values),
        sort=_sort(group_by, measured, values.get("sort", ())),
        limit=values.get("limit"),
        options=Options(values.get("bom", False), values.get("lang")),
    )


def _sort(
    group_by: tuple[Group, ...], measured: tuple[Measure, ...], keys: tuple[tuple[str, bool], ...]
) -> tuple[SortKey, ...]:
    """Return the sort keys; the groups' fields are last, since together they are unique. Raises InvalidQuery."""
    columns = {column.name: column for column in columns_of(group_by, measured)}
    sort: dict[str, SortKey] = {}
    faults = []
    for name, descending in (*keys, *((group.column.name, False) for group in group_by)):
        try:
            sort.setdefault(name, SortKey(columns[term(name, list(columns), "key of this answer")], descending))
        except ValueFault as fault:
            faults.append(Fault("sort", fault.detail, fault.allowed))
    if faults:
        raise InvalidQuery(faults)
    return tuple(sort.values())
