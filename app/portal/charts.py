"""Charts: all of them, and each with its picture, its numbers, and the files to take away."""

from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.models import Figure
from app.portal.page import Page, Told, asked, shown
from app.portal.table import summary
from app.read.charts import MAX_BARS, declared_chart
from app.read.dataset import read_catalog


async def charts(request: Request) -> Response:
    """All charts."""
    page = asked(request)
    return await shown(page, "charts", lambda _: {"api": page.api("/charts")})


async def chart(request: Request) -> Response:
    """One chart."""
    page = asked(request)
    return await shown(page, "chart", lambda connection: read_chart(connection, page, request.path_params["id"]))


def read_chart(connection: Connection, page: Page, chart_id: str) -> Told:
    """What the page of a chart shows. Raises NotFound."""
    catalog = read_catalog(connection)
    found = declared_chart(catalog, chart_id)
    given = parse_qsl(found["query"])
    return {
        "chart": found,
        "table": summary(connection, page, Figure, given, MAX_BARS),
        "files": [
            ("SVG", page.api(f"/charts/{chart_id}.svg", [("lang", page.language)])),
            ("PNG", page.api(f"/charts/{chart_id}.png", [("lang", page.language), ("scale", "2")])),
            ("Vega-Lite", page.api(f"/charts/{chart_id}.vl.json", [("lang", page.language)])),
            ("CSV", page.api("/figures.csv", given)),
            ("JSON", page.api("/figures", given)),
        ],
        "call": page.api("/figures", given),
        "api": page.api("/figures", given),
    }
