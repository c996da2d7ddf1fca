"""Terms: the entries of the vocabularies that are data."""

from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

import sqlalchemy as sa

from app.entity import Bilingual, Collection, Entity, column, reference, vocabulary
from app.entity.column import TERMS_TABLE


class Term(Entity, table=True):
    """A term of a vocabulary: the slug that records hold, its labels, and what it means."""

    __table_args__ = (
        sa.UniqueConstraint("vocabulary", "slug"),
        sa.CheckConstraint("id = vocabulary || '-' || slug", name="id"),
    )

    collection: ClassVar = Collection(
        TERMS_TABLE,
        "term",
        Bilingual("词表", "Vocabularies"),
        Bilingual(
            "各词表的词项，即主题、行业、类别等列的取值，附两种语言的名称与定义。",
            "The terms of the vocabularies, from which themes, sectors, kinds and the like take their values, each "
            "with its labels and definitions.",
        ),
        rank=9,
    )
    briefly_documented: ClassVar[bool] = True
    table_columns: ClassVar[tuple[str, ...]] = ("vocabulary", "slug", "broader_id")

    vocabulary: str = column(
        ("词表", "Vocabulary"),
        ("所属的词表，是标识的第一部分。", "Vocabulary that it belongs to, with which its id begins."),
        facet=True,
        example="sector",
    )
    slug: str = column(
        ("词项", "Slug"),
        (
            "记录中的取值，即标识去掉词表与连字符。",
            "Value that records have: the id without its vocabulary and the hyphen.",
        ),
        computed=True,
        example="retail",
    )
    definition_zh: str = column(
        ("中文定义", "Chinese definition"), ("何时用这一词项。", "What the term is used for, in Chinese.")
    )
    definition_en: str = column(
        ("英文定义", "English definition"), ("何时用这一词项（英文）。", "What the term is used for, in English.")
    )
    broader_id: str | None = reference(
        TERMS_TABLE,
        ("上位词项", "Broader term"),
        ("同一词表中含义更广的词项。", "Term of the same vocabulary whose meaning includes this one."),
        include="broader",
        reverse="narrower",
        inverse=("下位词项", "Narrower terms"),
    )

    @staticmethod
    def id_of(vocabulary: str, slug: str) -> str:
        """Return the id of a term."""
        return f"{vocabulary}-{slug}"


def attach_vocabularies(entities: Iterable[type[Entity]]) -> None:
    """Make the names of the vocabularies that columns declare those that a term may belong to."""
    columns = (column for entity in entities for column in entity.table().columns)
    declared = (column.info["declared"].terms for column in columns if "declared" in column.info)
    titles = {terms.id: terms.title for terms in declared if terms}
    named = Term.table().c.vocabulary
    named.info["declared"] = replace(named.info["declared"], vocabulary=vocabulary("VocabularyId", titles))
