"""The first page: what this is, its figures at a glance, its charts, its themes, and how to take it away."""

from typing import Any

import msgspec
from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup
from sqlalchemy.engine import Connection

from app.formats.json import encode
from app.http.languages import negotiate_language
from app.models import COLLECTIONS, Figure
from app.models.place import Place
from app.models.program import Program
from app.portal.cells import amount_of, cell
from app.portal.language import Language
from app.portal.page import Page, Told, asked, shown
from app.read.dataset import read_catalog, read_release
from app.read.page import read_page
from app.releases.dataset import read_dataset
from app.request.records import read_page_request
from app.standards.citation import STYLES
from app.standards.citation.line import citation_line
from app.standards.schema_org import schema_org
from app.standards.signposting import landing, whole

FEW_CHARTS = 6
MOST_PLACES = 60
THEME = "theme"


async def root(request: Request) -> Response:
    """The first page, in the language that the browser asks for."""
    return await _home(Page(request, Language(negotiate_language(request.scope))))


async def home(request: Request) -> Response:
    """The first page, in the language of the address."""
    return await _home(asked(request))


async def _home(page: Page) -> Response:
    return await shown(page, "home", lambda connection: read_home(connection, page))


def read_home(connection: Connection, page: Page) -> Told:
    """What the page shows, each part with the address of the answer that it shows."""
    catalog, release = read_catalog(connection), read_release(connection)
    dataset = read_dataset(connection, page.shelf, page.base)
    schema = encode(schema_org(dataset)).decode().replace("<", "\\u003c")  # so that no end tag is in it
    return {
        "schema": Markup(schema),  # noqa: S704
        "signposts": landing(dataset, whole(dataset), page=True),
        "cards": cards(connection, page, catalog.get("headlines") or []),
        "charts": (catalog.get("charts") or [])[:FEW_CHARTS],
        "themes": themes(connection, page),
        "places": places(connection, page),
        "counts": [(entity.collection, release["counts"][slug]) for slug, entity in COLLECTIONS.items()],
        "cited": citation_line(None, catalog, release, page.api(f"/releases/{release['id']}"), page.language),
        "styles": [(style.title, page.api(f"/citation.{name}")) for name, style in STYLES.items()],
        "call": page.api("/figures", [("unit", "CNY"), ("sort", "-value"), ("limit", "5")]),
        "api": page.api(""),
    }


def cards(connection: Connection, page: Page, ids: list[str]) -> Told:
    """Some figures at a glance, in the order in which they are named."""
    given = [("id__in", ",".join(ids)), ("limit", str(len(ids)))]
    found = read_page(connection, read_page_request(Figure, given)).records if ids else []
    records = sorted(map(msgspec.json.decode, found), key=lambda record: ids.index(record["id"]))
    return {"api": page.api("/figures", given), "all": [_card(page, record) for record in records]}


def _card(page: Page, record: dict[str, Any]) -> Told:
    columns = Figure.columns()
    return {
        "name": page.language.of(record, "name"),
        "amount": amount_of(page, Figure, record),
        "status": cell(page, Figure, columns["status"], record),
        "period": cell(page, Figure, columns["period"], record),
        "words": record["as_stated"],
        "paragraph": record["paragraph"],
        "note": page.language.of(record, "note"),
        "address": page.at(f"/figures/{record['id']}"),
        "opens": record["source_url"],
    }


def themes(connection: Connection, page: Page) -> Told:
    """The fields of work, each with how many programs belong to it."""
    given = [("facet", THEME), ("limit", "0")]
    path = f"/{Program.collection.slug}"
    counted = read_page(connection, read_page_request(Program, given)).facets[THEME]
    every = [
        (page.language.words(each.label), each.count, page.at(path, [(THEME, each.value)]))
        for each in counted
        if each.label
    ]
    return {"api": page.api(path, given), "all": every}


def places(connection: Connection, page: Page) -> Told:
    """The places as they lie in one another; none where they are too many to be taken in."""
    given = [("limit", str(MOST_PLACES))]
    path = f"/{Place.collection.slug}"
    found = read_page(connection, read_page_request(Place, given))
    inside: dict[str | None, list[dict[str, Any]]] = {}
    for record in map(msgspec.json.decode, found.records):
        inside.setdefault(record["parent_id"], []).append(record)
    whole = found.total <= MOST_PLACES
    return {"api": page.api(path, given), "all": _nested(page, inside, None) if whole else []}


def _nested(page: Page, inside: dict[str | None, list[dict[str, Any]]], parent: str | None) -> list[Told]:
    nested = [
        {
            "name": page.language.of(record, "name"),
            "address": page.at(f"/{Place.collection.slug}/{record['id']}"),
            "level": cell(page, Place, Place.columns()["level"], record).text,
            "inside": _nested(page, inside, record["id"]),
        }
        for record in inside.get(parent, [])
    ]
    # Those in which others lie stand first: they are what the cooperation is between.
    return sorted(nested, key=lambda each: -_depth(each))


def _depth(place: Told) -> int:
    return 1 + max(map(_depth, place["inside"]), default=0)
