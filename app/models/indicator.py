"""Indicators: what figures measure."""

from collections.abc import Mapping
from typing import Any, ClassVar

from app.amounts import Noun
from app.entity import Absence, Bilingual, Collection, Described, column
from app.models.program import THEMES
from app.models.units import UnitCode


class Indicator(Described, table=True):
    """What figures count or measure, and its unit."""

    collection: ClassVar = Collection(
        "indicators",
        "indicator",
        Bilingual("指标", "Indicators"),
        Bilingual("数据所度量的指标及其定义。", "What the figures measure, each defined."),
        rank=6,
    )

    # The columns of the noun, in the order of `Noun`.
    noun_columns: ClassVar[tuple[str, ...]] = ("noun_zh", "noun_en", "noun_en_plural")

    theme: str = column(
        ("主题", "Theme"), ("所属主题。", "Field of work."), facet=True, terms=THEMES, example="industry"
    )
    unit: str = column(("单位", "Unit"), ("计量单位。", "Unit of measurement."), facet=True, vocabulary=UnitCode)
    noun_zh: str | None = column(
        ("中文名词", "Chinese noun"),
        ("所计之物，连同量词，写在数字之后；单位已经说明的为空。",
         "What is counted, in Chinese, with its classifier: it follows the number. Null where the unit says it."),
        example="个项目",
        absence=Absence.NOT_APPLICABLE,
    )  # fmt: skip
    noun_en: str | None = column(
        ("英文名词", "English noun"),
        ("所计之物的英文单数；单位已经说明的为空。", "What is counted, after 1. Null where the unit says it."),
        example="project",
        absence=Absence.NOT_APPLICABLE,
    )  # fmt: skip
    noun_en_plural: str | None = column(
        ("英文名词复数", "English plural"),
        ("所计之物的英文复数；单位已经说明的为空。",
         "What is counted, after other numbers. Null where the unit says it."),
        example="projects",
        absence=Absence.NOT_APPLICABLE,
    )  # fmt: skip
    definition_zh: str = column(
        ("中文定义", "Chinese definition"), ("计入什么、不计什么。", "What is counted and what is not, in Chinese.")
    )
    definition_en: str = column(
        ("英文定义", "English definition"),
        ("计入什么、不计什么（英文）。", "What is counted and what is not, in English."),
    )

    @classmethod
    def noun(cls, record: Mapping[str, Any]) -> Noun | None:
        """Return the noun that an indicator counts, or None where its unit says it."""
        zh, singular, plural = (record[name] for name in cls.noun_columns)
        return Noun(zh, singular, plural) if zh and singular and plural else None
