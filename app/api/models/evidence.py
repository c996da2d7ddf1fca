"""The evidence of a figure and of a derived figure, as JSON and as JSON-LD."""

import datetime as dt
from typing import Annotated

from pydantic import Field, NonNegativeInt

from app.api.models.envelope import Address, Closed, Links, Meta, Sha256
from app.api.texts import chinese, described
from app.entity import Bilingual


class TimeEvidence(Closed, json_schema_extra=chinese(description="原文中陈述数字何时成立的位置。")):
    """The span of the source that says when a figure holds."""

    time_stated: str
    time: str
    paragraph: NonNegativeInt
    start: NonNegativeInt
    end: NonNegativeInt
    paragraph_sha256: Sha256
    verified: bool


class Evidence(Closed, json_schema_extra=chinese(description="原文中陈述这个数字的位置，以及数值怎样由原词得出。")):
    """The span of the source that states a figure, and how its value follows from the words."""

    figure_id: str
    as_stated: str
    source_id: str
    paragraph: NonNegativeInt
    start: NonNegativeInt
    end: NonNegativeInt
    paragraph_sha256: Sha256
    source_url: Address
    time: TimeEvidence | None = Field(
        **described(
            Bilingual("数字何时成立的证据；空为来源未写明时间。", "Evidence of its time; null where none is stated.")
        )
    )
    steps: list[str]
    located_on: dt.date | None = Field(
        **described(
            Bilingual(
                "`locate` 在这一天于该校验值的段落中、所注位置上找到了原词。",
                "The date on which `locate` found the words at this span, in a paragraph with this hash.",
            )
        )
    )
    check_zh: str
    check_en: str = Field(**described(Bilingual("怎样对照文章核对。", "How to check this against the article.")))
    verified: bool = Field(
        **described(
            Bilingual(
                "原词已经找到（`located_on`），位置没有超出段落，解析所得正是所提供的数值、上下限、比较关系与单位。",
                "The words were located (`located_on`), fit into their paragraph, and parse to the served value, "
                "bounds, comparator and unit.",
            )
        )
    )


class EvidenceAnswer(Closed, json_schema_extra=chinese(description="一个数字的证据。")):
    """The evidence of one figure."""

    data: Evidence
    meta: Meta
    links: Links


class DerivedEvidence(Closed, json_schema_extra=chinese(description="派生数字怎样由分子与分母得出，附两者的证据。")):
    """How a derived figure follows from its numerator and denominator, with the evidence of both."""

    derived_figure_id: str
    formula: str
    steps: list[str]
    figures: Annotated[list[Evidence], Field(min_length=2, max_length=2)]


class DerivedEvidenceAnswer(Closed, json_schema_extra=chinese(description="一个派生数字的证据。")):
    """The evidence of one derived figure."""

    data: DerivedEvidence
    meta: Meta
    links: Links
