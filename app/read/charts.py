"""The figures of a chart: those of a query of /v1/figures."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from sqlalchemy.engine import Connection

from app.errors import Fault, InvalidQuery, NotFound
from app.models import Figure
from app.nearest import find_nearest, quote_chinese
from app.read.page import read_page
from app.request.records import PageRequest, read_page_request
from app.sentence import Sentence

MAX_BARS = 200
UNSUPPORTED = frozenset({"fields", "include", "facet", "limit", "offset", "cursor", "format"})

Declared = Mapping[str, Any]  # a chart in the catalogue


def declared_chart(catalog: Mapping[str, Any], chart_id: str) -> Declared:
    """Return a chart of the catalogue. Raises NotFound."""
    charts: dict[str, Declared] = {chart["id"]: chart for chart in catalog.get("charts", ())}
    if chart_id not in charts:
        hint = f"There are {', '.join(charts)}." if charts else "This release has no charts."
        raise NotFound(
            Sentence(
                f"没有标识为{quote_chinese(chart_id[:100])}的图表。", f"No chart has the id {chart_id[:100]!r}. {hint}"
            ),
            find_nearest(chart_id[:100], charts),
        )
    return charts[chart_id]


def read_chart_query(query: str, group_by: str | None = None) -> PageRequest:
    """Return the request for the figures of a chart, with the records that it is grouped by. Raises InvalidQuery."""
    pairs = parse_qsl(query, keep_blank_values=True)
    if unsupported := sorted({name for name, _ in pairs} & UNSUPPORTED):
        detail = "This parameter is not for charts, which draw all matching figures."
        raise InvalidQuery([Fault(name, detail) for name in unsupported])
    related = [("include", group_by)] if group_by else []
    return read_page_request(Figure, [*pairs, *related, ("limit", str(MAX_BARS))])


def read_chart(connection: Connection, chart: Declared) -> tuple[list[dict[str, Any]], int]:
    """Return the figures of a chart in its order, and how many match. Raises InvalidQuery."""
    page = read_page(connection, read_chart_query(chart["query"], chart.get("group_by")))
    return [msgspec.json.decode(record) for record in page.records], page.total
