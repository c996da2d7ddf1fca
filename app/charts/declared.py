"""The declared charts, read and drawn."""

from typing import Any

from sqlalchemy.engine import Connection

from app.charts.drawing import Drawing, Setting, drawing
from app.charts.style import DEFAULT_WIDTH_PX, EMBED_WIDTH_PX, SLIDE_RATIO
from app.read.charts import declared_chart, read_chart
from app.read.dataset import read_catalog, read_release
from app.read.provenance import read_sources
from app.standards.citation.line import CHART, Lines, shown_lines
from app.standards.oembed import Embedded, Thumbnail

FOOT_PX = 48  # height of a frame below its picture
THUMBNAIL_PX = DEFAULT_WIDTH_PX, round(DEFAULT_WIDTH_PX / SLIDE_RATIO)


class Charts:
    """The charts of one snapshot. What several drawings share is read once."""

    def __init__(self, connection: Connection, base_url: str) -> None:
        self.catalog, self.release = read_catalog(connection), read_release(connection)
        self._connection, self._base_url = connection, base_url
        self._sources = read_sources(connection)
        self._figures: dict[str, list[dict[str, Any]]] = {}

    def draw(self, chart_id: str, language: str | None, theme: str, width: int, shape: str) -> Drawing:
        """Return a chart's drawing. Raises NotFound."""
        license_ = self.catalog["license"]
        setting = Setting(
            language, theme, width, self._base_url, self.release["id"], license_["id"], license_["url"], shape
        )
        chart = declared_chart(self.catalog, chart_id)
        return drawing(chart, self._figures_of(chart_id), self._sources_of(chart_id), setting)

    def cite(self, chart_id: str, language: str) -> Lines:
        """Return how to cite a chart: its sources, and the page. Raises NotFound."""
        title = declared_chart(self.catalog, chart_id)["title"][language]
        page = self._page(chart_id, language)
        sources = self._sources_of(chart_id)
        return shown_lines(title, CHART, sources, self.catalog, self.release, page, language)

    def embed(self, chart_id: str, language: str, width: int = EMBED_WIDTH_PX) -> Embedded:
        """Return what embeds a chart. Raises NotFound."""
        title, page = declared_chart(self.catalog, chart_id)["title"][language], self._page(chart_id, language)
        height = self.draw(chart_id, language, "light", width, "card").height + FOOT_PX
        frame = f"{self._base_url}/{language}/embed/charts/{chart_id}"
        picture = f"{self._base_url}/v1/charts/{chart_id}.png?lang={language}&shape=slide"
        thumbnail = Thumbnail(picture, *THUMBNAIL_PX)
        return Embedded(title, frame, page, self.cite(chart_id, language).full, width, height, thumbnail)

    def _page(self, chart_id: str, language: str) -> str:
        return f"{self._base_url}/{language}/charts/{chart_id}"

    def _sources_of(self, chart_id: str) -> list[dict[str, Any]]:
        cited = {figure["source_id"] for figure in self._figures_of(chart_id)}
        return [each for each in self._sources if each["id"] in cited]

    def _figures_of(self, chart_id: str) -> list[dict[str, Any]]:
        if chart_id not in self._figures:
            self._figures[chart_id], _ = read_chart(self._connection, declared_chart(self.catalog, chart_id))
        return self._figures[chart_id]
