"""The home page: headline figures, charts, themes, places, collections, and how to use and cite them."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import HTMLResponse
from markupsafe import Markup
from sqlalchemy.engine import Connection

from app.formats.json import encode
from app.models import COLLECTIONS, Figure
from app.models.place import Place
from app.models.program import Program
from app.portal.cells import Record, format_amount, format_value
from app.portal.page import Context, Page, RequestedPage, render_page
from app.portal.table import read_records
from app.read.page import read_page
from app.releases.dataset import read_dataset
from app.request.records import read_page_request
from app.standards.citation import STYLES
from app.standards.citation.line import citation_line
from app.standards.schema_org import schema_org
from app.standards.signposting import landing, whole

MAX_CHARTS = 6
MAX_PLACES = 60  # with more, the page shows none

router = APIRouter()


@router.get("")
async def home(page: RequestedPage) -> HTMLResponse:
    """Show the home page."""
    return await render_page(page, "home", lambda connection: read_home(connection, page))


def read_home(connection: Connection, page: Page) -> Context:
    """Read each section of the page, with the URL of the response that it shows."""
    dataset = read_dataset(connection, page.release_store, page.base_url)
    catalog, release = dataset.catalog, dataset.release
    schema = encode(schema_org(dataset)).decode().replace("<", "\\u003c")  # it cannot end the script element
    release_url = page.api_url(f"/releases/{release['id']}")
    return {
        "schema": Markup(schema),  # noqa: S704
        "signposts": landing(dataset, whole(dataset), page=True),
        "cards": read_cards(connection, page, catalog.get("headlines") or []),
        "charts": (catalog.get("charts") or [])[:MAX_CHARTS],
        "themes": read_themes(connection, page),
        "places": read_places(connection, page),
        "counts": [(entity.collection, release["counts"][slug]) for slug, entity in COLLECTIONS.items()],
        "citation": citation_line(None, catalog, release, release_url, page.language),
        "styles": [(style.title, page.api_url(f"/citation.{name}")) for name, style in STYLES.items()],
        "call": page.api_url("/figures", [("unit", "CNY"), ("sort", "-value"), ("limit", "5")]),
        "api": page.api_url(""),
    }


def read_cards(connection: Connection, page: Page, ids: list[str]) -> Context:
    """Read the headline figures, in the catalogue's order."""
    query = [("id__in", ",".join(ids)), ("limit", str(len(ids)))]
    records = read_records(connection, Figure, query)[0] if ids else []
    records.sort(key=lambda record: ids.index(record["id"]))
    return {"api": page.api_url("/figures", query), "figures": [_card(page, record) for record in records]}


def _card(page: Page, record: Record) -> Context:
    columns = Figure.columns()
    return {
        "record": record,
        "amount": format_amount(page, Figure, record),
        "status": format_value(page, Figure, columns["status"], record),
        "period": format_value(page, Figure, columns["period"], record),
        "url": page.url(f"/figures/{record['id']}"),
    }


def read_themes(connection: Connection, page: Page) -> Context:
    """Read the themes, each with its number of programs."""
    path, query = f"/{Program.collection.slug}", [("facet", "theme"), ("limit", "0")]
    themes = read_page(connection, read_page_request(Program, query)).facets["theme"]
    counts = [
        (page.language.localize(theme.label), theme.count, page.url(path, [("theme", theme.value)]))
        for theme in themes
        if theme.label
    ]
    return {"api": page.api_url(path, query), "counts": counts}


def read_places(connection: Connection, page: Page) -> Context:
    """Read the tree of places, or none if there are more than MAX_PLACES."""
    query = [("limit", str(MAX_PLACES))]
    records, total = read_records(connection, Place, query)
    children: dict[str | None, list[Record]] = {}
    for record in records:
        children.setdefault(record["parent_id"], []).append(record)
    tree = _tree(page, children, None) if total <= MAX_PLACES else []
    return {"api": page.api_url(f"/{Place.collection.slug}", query), "tree": tree}


def _tree(page: Page, children: dict[str | None, list[Record]], parent: str | None) -> list[Context]:
    """Return the places in a place, those with the deepest trees first."""
    places: list[dict[str, Any]] = [
        {
            "name": page.language.localized(record, "name"),
            "url": page.url(f"/{Place.collection.slug}/{record['id']}"),
            "level": format_value(page, Place, Place.columns()["level"], record).text,
            "children": _tree(page, children, record["id"]),
        }
        for record in children.get(parent, [])
    ]
    return sorted(places, key=_depth, reverse=True)


def _depth(place: Context) -> int:
    return 1 + max(map(_depth, place["children"]), default=0)
