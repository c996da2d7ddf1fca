"""Large tables in files by the year of their sources, beside the file of the whole table.

The folders are named as Hive names them, so that Spark, DuckDB, Trino and ClickHouse take `source_year` for a column,
read only the years of a query, and read several files at once.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from app.entity import Bilingual, Cited, Entity
from app.formats import Format
from app.request.conditions import Filter
from app.request.operators import Operator
from app.request.records import FileRequest, SortKey, whole_collection
from app.sql.prepared import Among

MIN_ROWS = 1_000_000  # of a table that is partitioned
MAX_YEARS = 200  # of the sources of one release; each is a file that the manifest and the catalogues list
UNDATED = "__HIVE_DEFAULT_PARTITION__"  # Hive's null

# `__in` without a limit on the length of the list.
AMONG = Operator(
    "among",
    Bilingual("是列出的值之一", "is one of a list"),
    "one",
    lambda column: column.scalar is str,
    lambda _: False,
    lambda column, values: Among(column, values.key),
)


def requests(
    entity: type[Entity], form: Format, sources: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, FileRequest]]:
    """Yield the name of each year's file and the request for its records, in the order of the sources' words."""
    if not issubclass(entity, Cited):
        return
    whole, columns = whole_collection(entity, form), entity.columns()
    order = tuple(SortKey(columns[name]) for name in (*entity.order_in_source, "id"))
    for year, ids in _by_year(sources).items():
        cited = Filter(columns["source_id"], AMONG, ids)
        name = f"{entity.collection.slug}/source_year={year}/part-0.{form.name}"
        yield name, replace(whole, filters=(cited,), sort=order)


def _by_year(sources: Iterable[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the ids of the sources by the year in which they were published, those without a date last."""
    ids = defaultdict(list)
    for source in sources:
        ids[source["published_on"][:4] if source["published_on"] else UNDATED].append(source["id"])
    return dict(sorted(ids.items()))
