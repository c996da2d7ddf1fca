"""Numerals of a source that state no quantity, so that every numeral is accounted for."""

from typing import ClassVar

from app.entity import Bilingual, Collection, NamedInSource, Terms, column


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

    reason: str = column(
        ("理由", "Reason"), ("不作数据的理由。", "Why it is no figure."),
        facet=True, terms=Terms("reason", Bilingual("不计入的理由", "Reason of exclusion")), example="date",
    )  # fmt: skip
