"""The charts: all of them, and each with its drawing, its data and its files."""

from urllib.parse import parse_qsl

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from app.models import Figure
from app.portal.page import Context, RequestedId, RequestedPage, render_page
from app.portal.table import read_summary
from app.read.charts import MOST, declared_chart
from app.read.dataset import read_catalog

router = APIRouter()


@router.get("/charts")
async def charts(page: RequestedPage) -> HTMLResponse:
    """Show all charts."""
    return await render_page(page, "charts", lambda _: {"api": page.api_url("/charts")})


@router.get("/charts/{id}")
async def chart(page: RequestedPage, chart_id: RequestedId) -> HTMLResponse:
    """Show a chart, the figures that it draws, and its files."""

    def read(connection: Connection) -> Context:
        declared = declared_chart(read_catalog(connection), chart_id)
        query = parse_qsl(declared["query"])
        language = ("lang", page.language)
        return {
            "chart": declared,
            "table": read_summary(connection, page, Figure, query, MOST),
            "files": [
                ("SVG", page.api_url(f"/charts/{chart_id}.svg", [language])),
                ("PNG", page.api_url(f"/charts/{chart_id}.png", [language, ("scale", "2")])),
                ("Vega-Lite", page.api_url(f"/charts/{chart_id}.vl.json", [language])),
                ("CSV", page.api_url("/figures.csv", query)),
                ("JSON", page.api_url("/figures", query)),
            ],
            "api": page.api_url("/figures", query),
        }

    return await render_page(page, "chart", read)
