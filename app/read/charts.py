"""Which figures a chart draws: those of a query of /v1/figures, read by the code that answers there."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from sqlalchemy.engine import Connection

from app.errors import Fault, InvalidQuery, NotFound
from app.models import Figure
from app.read.page import read_page
from app.request.records import PageRequest, read_page_request

MAX_BARS = 200  # bars of a chart

# What would cut records short or put others beside them: a chart draws whole figures, and all that match.
UNSUPPORTED = frozenset({"fields", "include", "facet", "limit", "offset", "cursor", "format"})

Declared = Mapping[str, Any]  # a chart as the catalogue declares it


def declared_chart(catalog: Mapping[str, Any], chart_id: str) -> Declared:
    """A chart of the catalogue. Raises NotFound, which tells what there is."""
    known = {chart["id"]: chart for chart in catalog.get("charts", ())}
    if chart_id not in known:
        there = f"there are {', '.join(known)}" if known else "this release has none"
        raise NotFound(f"there is no chart {chart_id[:100]!r}; {there}")
    found: Declared = known[chart_id]
    return found


def read_chart_query(query: str) -> PageRequest:
    """The request for the figures of a chart. Raises InvalidQuery."""
    given = parse_qsl(query, keep_blank_values=True)
    if stray := sorted({name for name, _ in given} & UNSUPPORTED):
        raise InvalidQuery([Fault(name, "is not for charts, which draw all figures that match") for name in stray])
    return read_page_request(Figure, [*given, ("limit", str(MAX_BARS))])


def read_chart(connection: Connection, chart: Declared) -> tuple[list[dict[str, Any]], int]:
    """The figures of a chart in its order, and how many match. Raises InvalidQuery."""
    page = read_page(connection, read_chart_query(chart["query"]))
    return [msgspec.json.decode(record) for record in page.records], page.total
