"""The charts of the catalogue."""

from pydantic import Field

from app.api.models.envelope import Closed, Links, Meta
from app.api.texts import chinese, described
from app.entity import Bilingual


class Chart(Closed, json_schema_extra=chinese(description="目录中声明的一张图表，附各种形式的网址。")):
    """A declared chart, with the addresses of its forms."""

    id: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    query: str = Field(
        **described(
            Bilingual("选出所画数字的 /v1/figures 查询。", "The query of /v1/figures that selects the figures to draw.")
        )
    )
    links: Links


class ChartsAnswer(Closed, json_schema_extra=chinese(description="全部图表。")):
    """Every chart."""

    data: list[Chart]
    meta: Meta
    links: Links
