"""The charts: all of them, and each with its drawing, its data and its files."""

from urllib.parse import parse_qsl

from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from app.models import Figure
from app.portal.page import Context, RequestedId, RequestedPage, page_router, render_page
from app.portal.table import read_summary
from app.read.charts import MAX_BARS, declared_chart
from app.read.dataset import read_catalog

router = page_router()


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
        table = read_summary(connection, page, Figure, query, MAX_BARS)
        return {"chart": declared, "query": query, "table": table, "api": page.api_url("/figures", query)}

    return await render_page(page, "chart", read)
