"""Mentions: where a source names a record that is located elsewhere, perhaps by another name."""

from typing import ClassVar

from app.entity import (
    Bilingual,
    Collection,
    HasSubject,
    collection_of_subject,
    column,
    id_of_subject,
    kind_of_subject,
)


class Mention(HasSubject, table=True):
    """Another place where a source names a record. One record has any number of mentions, and keeps its id."""

    collection: ClassVar = Collection(
        "mentions",
        "mention",
        Bilingual("提及", "Mentions"),
        Bilingual(
            "来源在别处提到同一条记录时所用的名称及其位置，未逐处录入。",
            "Other places where a source names a record, with the words that it uses there. Not every one is recorded.",
        ),
        rank=8,
    )
    words_column: ClassVar[str] = "as_named"
    may_be_missing: ClassVar[bool] = True
    briefly_documented: ClassVar[bool] = True
    table_columns: ClassVar[tuple[str, ...]] = ("as_named", "subject_id", "source_id", "paragraph")

    subject_kind: str = kind_of_subject()
    subject_id: str = id_of_subject()
    subject_collection: str = collection_of_subject()
    as_named: str = column(
        ("原文名称", "As named"),
        ("来源中的原词，一字不改。", "The very words by which the source names it."),
        rank=1, example="东莞", names=True,
    )  # fmt: skip
