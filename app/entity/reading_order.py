"""The order of columns for people who read a table from left to right."""

from collections.abc import Sequence

from app.entity.column import Column
from app.entity.words import Bilingual


def reading_order(columns: Sequence[Column], language: str | None = None) -> list[Column]:
    """Sort columns: names, amounts and their words, words as stated, terms and references, texts, positions, ids.

    For readers of one language, texts in the other come after those in theirs, and slugs with labels among the ids.
    """
    units = {column.declared.unit_in for column in columns}
    others = () if language is None else tuple(f"_{each}" for each in Bilingual._fields if each != language)
    labelled = set() if language is None else {column.label_of for column in columns}

    def rank(column: Column) -> int:
        shown = column.label_of or column
        ranks = (
            (7, shown.name == "id" or column in labelled),
            (6, shown.declared.rank > 1),
            (5, shown.name.endswith(others)),
            (0, shown.name.startswith("name_")),
            (1, shown.is_quantity or shown.name in units or shown.name.startswith("text_")),
            (2, shown.declared.names),
            (3, shown.is_categorical),
            (4, True),
        )
        return next(rank for rank, applies in ranks if applies)

    return sorted(columns, key=rank)
