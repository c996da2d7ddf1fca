"""The home page: headline figures, charts, themes, places, collections, and how to use and cite them."""

from fastapi.responses import HTMLResponse
from sqlalchemy.engine import Connection

from app.models import Figure
from app.models.place import Place
from app.models.program import Program
from app.portal.cells import Cell, Record, format_amount, format_value
from app.portal.charts import gallery
from app.portal.hub import read_tree
from app.portal.page import Context, Page, RequestedPage, page_router, render_page
from app.portal.table import read_records
from app.read.page import read_page
from app.request.records import read_page_request
from app.standards.citation import cite_dataset, tags
from app.standards.citation.line import dataset_lines
from app.standards.schema_org import schema_org
from app.standards.signposting import landing, whole

MAX_CHARTS = 6
MAX_PLACES = 60  # with more, the page shows none
THEMES = [("facet", "theme"), ("limit", "0")]

router = page_router()


@router.get("")
async def home(page: RequestedPage) -> HTMLResponse:
    """Show the home page."""
    return await render_page(page, "home", lambda connection: read_home(connection, page))


def read_home(connection: Connection, page: Page) -> Context:
    """Read each section of the page, with the query of the API that returns the same."""
    dataset = page.read_dataset(connection)
    catalog, release = dataset.catalog, dataset.release
    release_url = f"{page.url('/releases')}#{release['id']}"
    headlines = catalog.get("headlines") or []
    cards_query = [("id__in", ",".join(headlines)), ("limit", str(len(headlines))), ("include", "source")]
    figures = read_records(connection, Figure, cards_query)[0] if headlines else []
    return {
        "json_ld": page.json_ld(schema_org(dataset)),
        "signposts": landing(dataset, whole(dataset), page=True),
        "cards": [_card(page, each) for each in sorted(figures, key=lambda each: headlines.index(each["id"]))],
        "cards_query": cards_query,
        "charts": gallery(connection, page, MAX_CHARTS),
        "themes": read_page(connection, read_page_request(Program, THEMES)).facets["theme"],
        "themes_query": THEMES,
        "places": read_tree(connection, page, Place, MAX_PLACES),
        "places_query": [("limit", str(MAX_PLACES))],
        "citation": dataset_lines(None, catalog, release, release_url, page.language),
        "tags": tags(cite_dataset(catalog, release, page.base_url)),
        "call": page.api_url(
            "/figures", [("unit", "CNY"), ("per__isnull", "true"), ("sort", "-value"), ("limit", "5")]
        ),
        "api": page.api_url(""),
    }


def _card(page: Page, figure: Record) -> tuple[Record, Cell, Cell, Cell]:
    status, period = (format_value(page, Figure, Figure.columns()[name], figure) for name in ("status", "period"))
    return figure, format_amount(page, Figure, figure), status, period
