"""Indicators: what figures measure."""

from typing import ClassVar

from app.entity import Bilingual, Collection, Described, column
from app.models.program import Theme
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

    theme: Theme = column(("主题", "Theme"), ("所属主题。", "Field of work."), facet=True)
    unit: str = column(("单位", "Unit"), ("计量单位。", "Unit of measurement."), facet=True, vocabulary=UnitCode)
    definition_zh: str = column(
        ("中文定义", "Chinese definition"), ("计入什么、不计什么。", "What is counted and what is not, in Chinese.")
    )
    definition_en: str = column(
        ("英文定义", "English definition"),
        ("计入什么、不计什么（英文）。", "What is counted and what is not, in English."),
    )
