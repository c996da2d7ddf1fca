"""Derived figures: shares and averages, each computed from two figures."""

import datetime as dt
from typing import ClassVar

from app.entity import Absence, Bilingual, Collection, Described, column, reference
from app.models.qualifiers import Comparator, Period, Status, TimeKind
from app.models.units import UnitCode


class DerivedFigure(Described, table=True):
    """One figure divided by another. No source states it; its two figures cite the words it is computed from."""

    collection: ClassVar = Collection(
        "derived-figures",
        "derived-figure",
        Bilingual("派生数字", "Derived figures"),
        Bilingual(
            "由两条数字相除算出的占比与平均数，附算式、所用数字与推算步骤。",
            "Shares and averages computed from two figures, with the formula, those figures and the steps.",
        ),
        rank=1,
    )

    table_columns: ClassVar[tuple[str, ...]] = ("value", "status", "numerator_id", "denominator_id", "as_of")

    briefly_filtered: ClassVar = frozenset(("time", "time_kind"))

    numerator_id: str = reference(
        "figures",
        ("分子", "Numerator"),
        ("作分子的数字。", "Figure that is divided."),
        include="numerator",
        reverse="numerator_of",
        inverse=("以此为分子的派生数字", "Shares and averages of it"),
    )
    denominator_id: str = reference(
        "figures",
        ("分母", "Denominator"),
        ("作分母的数字。", "Figure that it is divided by."),
        include="denominator",
        reverse="denominator_of",
        inverse=("以此为分母的派生数字", "Shares and averages measured against it"),
    )
    formula: str = column(
        ("算式", "Formula"),
        ("算式，以数字的标识写成。", "How it is computed, in the ids of its figures."),
        computed=True, example="youth-players / youth-teams",
    )  # fmt: skip
    figure_ids: list[str] = column(
        ("所用数字", "Figures"), ("所用数字的标识。", "Ids of the figures that it comes from."), computed=True
    )
    value: float | None = column(
        ("值", "Value"),
        ("以所列单位计的数值，有效数字不多于所用数字，至多九位；区间则为空。",
         "Value in the unit, to as many significant digits as its figures allow, at most nine; null for a range."),
        computed=True, unit_in="unit", ratio=True, example=12.25,
    )  # fmt: skip
    lower: float | None = column(
        ("下限", "Lower bound"),
        ("所用数字允许的下限，向下取至与值相同的位数；空为不设限。",
         "Lower bound that its figures allow, rounded down to as many digits as the value; null is open."),
        computed=True, unit_in="unit", ratio=True, example=12.25,
    )  # fmt: skip
    upper: float | None = column(
        ("上限", "Upper bound"),
        ("所用数字允许的上限，向上取至与值相同的位数；空为不设限。",
         "Upper bound that its figures allow, rounded up to as many digits as the value; null is open."),
        computed=True, unit_in="unit", ratio=True, example=12.25,
    )  # fmt: skip
    comparator: Comparator = column(
        ("比较", "Comparator"),
        ("由所用数字的限定推得。", "How the value is qualified, as it follows from its figures."),
        facet=True, computed=True,
    )  # fmt: skip
    unit: str = column(
        ("单位", "Unit"),
        ("占比为百分数，否则为分子的单位。", "Percent for a share, otherwise the unit of the numerator."),
        facet=True, computed=True, vocabulary=UnitCode, example="person",
    )  # fmt: skip
    per_unit: str | None = column(
        ("每", "Per"),
        ("分母的单位，即“每”一个什么；占比则为空。",
         "Unit of the denominator: so much for each of it; null for a share."),
        facet=True, computed=True, vocabulary=UnitCode, example="team",
    )  # fmt: skip
    status: Status = column(
        ("状态", "Status"), ("所用数字共同的状态。", "Status that both figures share."), facet=True, computed=True
    )
    period: Period = column(
        ("时段", "Period"),
        ("所用数字共同的时段。", "Stretch of time that both figures speak of."),
        facet=True, computed=True,
    )  # fmt: skip
    as_of: dt.date = column(
        ("截至日期", "As of"),
        ("所用数字共同的日期。", "Date that both figures share."),
        facet=True, computed=True, example="2022-08-06",
    )  # fmt: skip
    time: str | None = column(
        ("ISO 8601 时间", "Time in ISO 8601"),
        ("所用数字共同的时间，ISO 8601；来源未写明的为空。",
         "Time of both figures in ISO 8601; null where not stated."),
        computed=True, example="2023-06",
    )  # fmt: skip
    time_kind: TimeKind = column(
        ("时间类别", "Kind of time"),
        ("所用数字共同的时间类别。", "Kind of time of both figures."),
        facet=True, computed=True,
    )  # fmt: skip
    steps: list[str] = column(
        ("步骤", "Steps"), ("数值如何算出。", "How the value follows from its figures."), computed=True
    )
    note_zh: str | None = column(
        ("中文注", "Chinese note"),
        ("解读时须留意之处。", "What to mind in reading it, told in Chinese."),
        absence=Absence.NOT_APPLICABLE,
    )
    note_en: str | None = column(
        ("英文注", "English note"),
        ("解读时须留意之处（英文）。", "What to mind in reading it, told in English."),
        absence=Absence.NOT_APPLICABLE,
    )
