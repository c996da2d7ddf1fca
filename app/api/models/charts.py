"""The charts of the catalogue."""

from pydantic import Field

from app.api.models.envelope import Closed, Links, Meta


class Chart(Closed):
    """A declared chart, with the addresses of its forms."""

    id: str
    title_zh: str
    title_en: str
    about_zh: str
    about_en: str
    query: str = Field(description="The query of /v1/figures that selects the figures to draw.")
    links: Links


class ChartsAnswer(Closed):
    """Every chart."""

    data: list[Chart]
    meta: Meta
    links: Links
