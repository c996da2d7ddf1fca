"""Figures: every number of a source, with the words that state it."""

import datetime as dt
from typing import ClassVar

from app.entity import (
    Absence,
    Bilingual,
    Collection,
    HasSubject,
    Qualified,
    collection_of_subject,
    column,
    id_of_subject,
    kind_of_subject,
    reference,
)
from app.models.qualifiers import Change, Comparator, Period, Standing, Status, TimeKind
from app.models.units import UnitCode


class Figure(HasSubject, table=True):
    """A number of a source. Value, bounds, comparator and unit are computed from the words in `as_stated`."""

    collection: ClassVar = Collection(
        "figures",
        "figure",
        Bilingual("数字", "Figures"),
        Bilingual(
            "来源陈述的每一个数量，附原词与位置。",
            "Every quantity that the source states, with its words and their place.",
        ),
        rank=0,
    )
    words_column: ClassVar[str] = "as_stated"
    filtered_together: ClassVar[tuple[tuple[str, ...], ...]] = (("indicator_id", "subject_id"),)
    table_columns: ClassVar[tuple[str, ...]] = ("value", "status", "subject_id", "indicator.theme", "time_end")
    follows: ClassVar = {"time_end": "time"}
    additive_within: ClassVar[tuple[str, ...]] = (
        "indicator_id",
        "status",
        "period",
        "per",
        "change",
        "time",
        "time_end",
        "part_of_id",
    )
    added_once: ClassVar[tuple[str, ...]] = ("indicator_id", "subject_kind", "subject_id", "place_id")
    briefly_filtered: ClassVar = frozenset(
        (
            "time",
            "time_kind",
            "time_start",
            "time_end",
            "per",
            "change",
            "conflicts_with_id",
            "replaced_by_id",
            "standing",
        )
    )
    replaced_column: ClassVar[str] = "replaced_by_id"
    series: ClassVar[tuple[str, ...]] = (
        "indicator_id",
        "subject_kind",
        "subject_id",
        "place_id",
        "unit",
        "status",
        "period",
        "per",
        "change",
    )
    searched_through: ClassVar = {"indicator_id": ("definition_zh", "definition_en"), "subject_id": ()}
    qualified: ClassVar = Qualified(("value", "si_value"), "comparator", Comparator.EQ, "lower", "upper")

    indicator_id: str = reference(
        "indicators",
        ("指标", "Indicator"),
        ("所度量的指标。", "What it measures."),
        include="indicator",
        reverse="figures",
    )
    subject_kind: str = kind_of_subject()
    subject_id: str = id_of_subject()
    subject_collection: str = collection_of_subject()
    place_id: str | None = reference(
        "places",
        ("地点", "Place"),
        (
            "来源为该数字写明的地点：所计的人与物属于何地，款项用于何地；未写明的为空。",
            "Place that the source names: whose people or things are counted, or where money goes; null where none.",
        ),
        include="place",
        reverse="located_figures",
        inverse=("此地的数字", "Figures of this place"),
    )
    field: str | None = column(
        ("填入的列", "Field"),
        ("由本数据填入的对象列，若有。", "The subject's column that this figure fills, if any."),
        facet=True, example="team_count",
        absence=Absence.NOT_APPLICABLE,
    )  # fmt: skip
    value: float | None = column(
        ("值", "Value"),
        ("以所列单位计的数值；区间则为空。", "Stated value in the unit; null for a range."),
        computed=True, unit_in="unit", example=843,
    )  # fmt: skip
    lower: float | None = column(
        ("下限", "Lower bound"),
        ("原词允许的下限；空为不设限。", "Lower bound that the words allow; null is open."),
        computed=True, unit_in="unit", example=500,
    )  # fmt: skip
    upper: float | None = column(
        ("上限", "Upper bound"),
        ("原词允许的上限；空为不设限。", "Upper bound that the words allow; null is open."),
        computed=True, unit_in="unit", example=6000,
    )  # fmt: skip
    comparator: Comparator = column(
        ("比较", "Comparator"), ("原词如何限定数值。", "How the words qualify the value."), facet=True, computed=True
    )
    status: Status = column(
        ("状态", "Status"),
        (
            "已实现、规划中、预计，或来源未说明是否实现。",
            "Achieved, planned or projected, or not stated by the source.",
        ),
        facet=True,
    )
    unit: str = column(
        ("单位", "Unit"),
        ("计量单位。", "Unit of measurement."),
        facet=True,
        computed=True,
        vocabulary=UnitCode,
        example="CNY",
    )
    si_value: float | None = column(
        ("国际单位值", "SI value"),
        ("换算为国际单位的值，取九位有效数字。", "Value in the SI unit, to nine significant digits."),
        computed=True, unit_in="si_unit", example=33333333.3,
    )  # fmt: skip
    si_unit: str | None = column(
        ("国际单位", "SI unit"), ("国际单位。", "The SI unit."), facet=True, computed=True, vocabulary=UnitCode
    )
    period: Period = column(
        ("时段", "Period"), ("数值所指的时段。", "Stretch of time that the value speaks of."), facet=True
    )
    per: str | None = column(
        ("每单位", "Per"),
        ("比率所按的单位：单位代码，以“.”相连；不是比率的为空。",
         "What the value is a rate of: codes of units, joined by dots; null for no rate."),
        facet=True, example="mu.year",
        absence=Absence.NOT_APPLICABLE,
    )  # fmt: skip
    change: Change = column(
        ("变化", "Change"),
        ("数值是数量本身，是增加或减少的量，还是变化前后的数量。下降 11% 的值是 11。",
         "Whether the value is an amount, an increase or decrease, or an amount before or after a change."),
        facet=True, default=Change.LEVEL,
    )  # fmt: skip
    as_of: dt.date = column(
        ("截至日期", "As of"),
        ("来源刊发日；刊发日不详的，为转载日，即最迟至此日已经发表。",
         "The latest date by which the text had been published: of publication, or where unknown, of the repost."),
        facet=True, computed=True, example="2022-08-06",
    )  # fmt: skip
    time_stated: str | None = column(
        ("时间原词", "Time as stated"),
        ("来源写明数字何时成立的原词，一字不改；未写明的为空。",
         "The very words of the source that say when the figure holds; null where it states no time."),
        rank=1, example="截至2023年6月",
    )  # fmt: skip
    time: str | None = column(
        ("ISO 8601 时间", "Time in ISO 8601"),
        ("数字成立的时间，ISO 8601：时点或时期，精度与原词相同；“..”表示直到来源日期。空为来源未写明。",
         "When it holds, in ISO 8601: a point or an interval, .. for one until the source's date; null where not "
         "stated."),
        facet=True, example="2023-06",
    )  # fmt: skip
    time_kind: TimeKind = column(
        ("时间类别", "Kind of time"),
        ("时点还是时期；来源未写明的，只知至迟到来源日期已成立。",
         "A moment or a span; where not stated, it held by the source's date at the latest."),
        facet=True, computed=True,
    )  # fmt: skip
    time_start: dt.date | None = column(
        ("起始日", "First day"),
        ("时间的第一天；来源未写明时间的为空。", "First day of the time; null where not stated."),
        computed=True, example="2023-06-01",
    )  # fmt: skip
    time_end: dt.date = column(
        ("时间", "Time"),
        ("时间的最后一天，已实现者不晚于来源日期；来源未写明时间的，即来源日期。",
         "Last day of the time, of what is achieved not after the source's date; that date where not stated."),
        facet=True, computed=True, example="2023-06-30",
    )  # fmt: skip
    time_paragraph: int | None = column(
        ("时间所在段落", "Paragraph of the time"),
        ("时间原词所在的段落。", "Body paragraph of the words of the time."),
        computed=True, rank=2, example=5,
    )  # fmt: skip
    time_offset: int | None = column(
        ("时间起点", "Start of the time"),
        ("时间原词在其段落中的起点，按码位从 0 计。", "Where the words of the time begin, in code points from 0."),
        computed=True, rank=2, example=460,
    )  # fmt: skip
    text_zh: str = column(
        ("中文数值", "Value in Chinese"),
        ("数值的中文写法：连同比较、所计之物与时段，不作舍入。",
         "The value as Chinese readers write it, with comparator, what is counted and period; never rounded."),
        computed=True, example="多于1.1万个岗位",
    )  # fmt: skip
    text_en: str = column(
        ("英文数值", "Value in English"),
        ("数值的英文写法：连同比较、所计之物与时段，不作舍入。",
         "The value as English readers write it, with comparator, what is counted and period; never rounded."),
        computed=True, example="more than 11,000 job postings",
    )  # fmt: skip
    part_of_id: str | None = reference(
        "figures",
        ("所属整体", "Part of"),
        (
            "本数据是其一部分的那个数据；若只是一种读法，注中说明。",
            "Figure that this one is a part of; where that is a reading, the note says so.",
        ),
        include="part_of",
        reverse="parts",
        inverse=("其中的部分", "Parts of it"),
    )
    conflicts_with_id: str | None = reference(
        "figures",
        ("与之不一致", "Conflicts with"),
        (
            "同一指标、对象、时间而数值不一致的另一数字；孰是未定，注中说明，绝不相加。",
            "Figure of the same indicator, subject and time that says otherwise; the note tells more. Never added up.",
        ),
        include="conflicts_with",
        reverse="conflicts",
        inverse=("与此不一致的数字", "Figures that conflict with it"),
        to_whole=False,
        absence=Absence.NOT_APPLICABLE,
    )
    replaced_by_id: str | None = reference(
        "figures",
        ("更正为", "Replaced by"),
        ("更正本数据的数字；注中说明原因。", "Figure that corrects this one; the note gives the reason."),
        include="replaced_by",
        reverse="replaces",
        inverse=("由此更正的数字", "Figures that it corrects"),
        to_whole=False,
        absence=Absence.NOT_APPLICABLE,
    )
    standing: Standing = column(
        ("状况", "Standing"),
        ("在同一列数字中：最新、较早、有不同说法，或已更正。",
         "In its series: latest, earlier, disputed or replaced."),
        facet=True, computed=True,
    )  # fmt: skip
    note_zh: str | None = column(
        ("中文注", "Chinese note"),
        ("来源的含糊之处。", "An ambiguity of the source, told in Chinese."),
        absence=Absence.NOT_APPLICABLE,
    )
    note_en: str | None = column(
        ("英文注", "English note"),
        ("来源的含糊之处（英文）。", "An ambiguity of the source, told in English."),
        absence=Absence.NOT_APPLICABLE,
    )
    as_stated: str = column(
        ("原文数词", "As stated"),
        ("来源中的数词，一字不改。", "The very words of the source that state the number."),
        rank=1, example="843人", names=True,
    )  # fmt: skip
    source_url: str = column(
        ("原文链接", "Source address"),
        ("打开来源并定位到原词的链接。", "Link that opens the source at these words."),
        computed=True, rank=3,
    )  # fmt: skip
