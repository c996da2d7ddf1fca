"""The charts: all of them, and each with its drawing, its data and its files."""

from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from app.charts.declared import Charts
from app.charts.style import DEFAULT_WIDTH_PX, EMBED_WIDTH_PX
from app.models import Figure
from app.portal.page import Context, Page, RequestedId, RequestedPage, page_router, render_page
from app.portal.table import read_summary
from app.read.charts import MAX_BARS, declared_chart

# The widths of a picture, in pixels, by the media query of the windows that get it; the last one is for all others.
Widths = Sequence[tuple[str, int]]
PHONE = ("(max-width: 36rem)", 360)
CARDS: Widths = (PHONE, ("", EMBED_WIDTH_PX))
WHOLE: Widths = (PHONE, ("(max-width: 60rem)", DEFAULT_WIDTH_PX), ("", 1100))

router = page_router()


class Image(NamedTuple):
    """One image of a picture: the windows that show it, its address and its size in pixels."""

    media: str
    address: str
    width: int
    height: int


def images(charts: Charts, page: Page, chart_id: str, shape: str, widths: Widths) -> list[Image]:
    """Return the images of a chart's picture, before the one that all other windows show."""
    made: list[Image] = []
    for media, width in widths:
        query = [("lang", page.language), ("shape", shape), ("width", str(width))]
        height = charts.draw(chart_id, page.language, "light", width, shape).height
        made.append(Image(media, page.api_url(f"/charts/{chart_id}.svg", query), width, height))
    return made


def gallery(connection: Connection, page: Page, limit: int | None = None) -> list[Context]:
    """Return the first charts with their pictures, for a gallery."""
    charts = Charts(connection, page.base_url)
    shown = (charts.catalog.get("charts") or [])[:limit]
    return [{"chart": each, "images": images(charts, page, each["id"], "card", CARDS)} for each in shown]


@router.get("/charts")
async def charts(page: RequestedPage) -> HTMLResponse:
    """Show all charts."""
    return await render_page(
        page, "charts", lambda connection: {"gallery": gallery(connection, page), "api": page.api_url("/charts")}
    )


@router.get("/charts/{id}")
async def chart(page: RequestedPage, chart_id: RequestedId) -> HTMLResponse:
    """Show a chart, the figures that it draws, its files, and how to cite and embed it."""

    def read(connection: Connection) -> Context:
        charts = Charts(connection, page.base_url)
        declared = declared_chart(charts.catalog, chart_id)
        query = parse_qsl(declared["query"])
        return {
            "chart": declared,
            "images": images(charts, page, chart_id, "page", WHOLE),
            "size": charts.draw(chart_id, page.language, "light", DEFAULT_WIDTH_PX, "page"),
            "query": query,
            "table": read_summary(connection, page, Figure, query, MAX_BARS),
            "citation": charts.cite(chart_id, page.language),
            "embed": charts.embed(chart_id, page.language),
            "api": page.api_url("/figures", query),
        }

    return await render_page(page, "chart", read)
