"""The data dictionary that is written into workbooks, databases and packages: a row for each column."""

from collections.abc import Callable, Iterable, Iterator

from app.entity.column import Column
from app.entity.table import Table

# The dictionary's columns, and how each is computed.
ENTRIES: dict[str, Callable[[Table, Column], str]] = {
    "collection": lambda table, _: table.name,
    "field": lambda _, column: column.name,
    "title_zh": lambda _, column: column.declared.title.zh,
    "title_en": lambda _, column: column.declared.title.en,
    "about_zh": lambda _, column: column.declared.about.zh,
    "about_en": lambda _, column: column.declared.about.en,
    "type": lambda _, column: column.kind,
    "unit": lambda _, column: column.declared.unit or column.declared.unit_in or "",
    "null": lambda _, column: "allowed" if column.nullable else "never",
    "terms": lambda table, column: "; ".join(
        f"{slug} {label.zh} {label.en}" for slug, label in column.labels(table.terms).items()
    ),
}  # fmt: skip


def dictionary(tables: Iterable[Table]) -> Iterator[list[str]]:
    """Yield a row for each column of each table; entries that do not apply are empty."""
    for table in tables:
        for column in table.columns:
            yield [entry(table, column) for entry in ENTRIES.values()]
