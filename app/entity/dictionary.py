"""The data dictionary: what is to be said of each column, for people who have the data and not the documentation."""

from collections.abc import Callable, Iterable, Iterator

from app.entity.column import Column
from app.entity.table import Table

# Each entry's name, and how it is told.
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
    "terms": lambda _, column: "; ".join(
        f"{term} {term.label.zh} {term.label.en}" for term in column.vocabulary or ()
    ),
}  # fmt: skip


def dictionary(tables: Iterable[Table]) -> Iterator[list[str]]:
    """A row for each column of each table; an entry that does not apply is empty."""
    for table in tables:
        for column in table.columns:
            yield [tell(table, column) for tell in ENTRIES.values()]
