"""Numerals of a source that state no quantity, so that every numeral is accounted for."""

from typing import ClassVar

from app.entity import Bilingual, Collection, NamedInSource, Vocabulary, column


class Reason(Vocabulary):
    """The reason why a numeral is not a figure."""

    PART_OF_A_NAME = "part-of-a-name", "名称的一部分", "Part of a name"
    PART_OF_A_WORD = "part-of-a-word", "词语的一部分", "Part of a word"
    THE_TWO_PARTNERS = "the-two-partners", "指结对双方", "Means the two partners"


class ExcludedNumeral(NamedInSource, table=True):
    """A numeral that a reader would not count, and why."""

    collection: ClassVar = Collection(
        "excluded-numerals",
        "excluded-numeral",
        Bilingual("未计入的数字", "Excluded numerals"),
        Bilingual(
            "来源中不表示数量的数字及其理由。", "Numerals of the source that state no quantity, each with the reason."
        ),
        rank=8,
    )

    can_be_subject: ClassVar[bool] = False

    reason: Reason = column(("理由", "Reason"), ("不作数据的理由。", "Why it is no figure."), facet=True)
