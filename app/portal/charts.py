"""Charts: all of them, and each with its picture, its numbers, and the files to take away."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.errors import NotFound
from app.http.addresses import query_of
from app.models import Figure
from app.portal.page import Page, Told, asked, shown
from app.portal.table import summary
from app.query.served import read_catalog


async def charts(request: Request) -> Response:
    """All charts."""
    page = asked(request)
    return await shown(page, "charts", lambda connection: {"charts": _charts(connection), "api": page.api("/charts")})


async def chart(request: Request) -> Response:
    """One chart."""
    page = asked(request)
    return await shown(page, "chart", lambda connection: read_chart(connection, page, request.path_params["id"]))


def read_chart(connection: Connection, page: Page, chart_id: str) -> Told:
    """What the page of a chart shows. Raises NotFound."""
    known = {each["id"]: each for each in _charts(connection)}
    if chart_id not in known:
        raise NotFound(f"there is no chart {chart_id[:100]!r}; there are {', '.join(known)}")
    found = known[chart_id]
    given = query_of({"query_string": found["query"].encode()})
    return {
        "chart": found,
        "table": summary(connection, page, Figure, [each for each in given if each[0] != "limit"]),
        "files": [
            ("SVG", page.api(f"/charts/{chart_id}.svg", [("lang", page.language)])),
            ("PNG", page.api(f"/charts/{chart_id}.png", [("lang", page.language), ("scale", "2")])),
            ("Vega-Lite", page.api(f"/charts/{chart_id}.vl.json", [("lang", page.language)])),
            ("CSV", page.api("/figures.csv", given)),
            ("JSON", page.api("/figures", given)),
        ],
        "call": page.api("/figures", given),
        "api": page.api("/figures", given),
        "charts": list(known.values()),
    }


def _charts(connection: Connection) -> list[dict[str, Any]]:
    return read_catalog(connection).get("charts") or []
