"""A collection as a table: what the address says is what is seen, searched, filtered, sorted and taken away."""

from dataclasses import replace

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.formats import FORMATS
from app.http.addresses import Given
from app.portal.cells import label, references, usual_columns
from app.portal.entities import entity_of
from app.portal.narrowing import chips, facet_names, facets
from app.portal.page import Page, Told, asked, shown
from app.portal.table import POSITION, headings, including, rows, turning
from app.read.page import read_page
from app.request.controls import SEARCH, page_parameters
from app.request.records import read_page_request

MOST = 200  # records that a page shows
ANSWERING = ("format", "include", "facet")


async def collection(request: Request) -> Response:
    """The table of a collection."""
    page = asked(request)
    entity = entity_of(request.path_params["collection"])
    plain = normalized(page.given, entity)
    if plain != page.given:
        return RedirectResponse(page.at(page.path, plain), 303)
    return await shown(page, "collection", lambda connection: read_collection(connection, page, entity))


def normalized(given: Given, entity: type[Entity]) -> Given:
    """The parameters as the API takes them: forms leave fields empty, and repeat those of which several are chosen.

    What says how the API is to answer is left out: a page has one format, and includes what it shows.
    """
    texts: dict[str, list[str]] = {}
    for name, text in given:
        if text.strip() and name not in ANSWERING:
            texts.setdefault(name, []).append(text.strip())
    known, plain = page_parameters(entity), []
    for name, several in texts.items():
        listed = name if name in {"fields", "sort"} else f"{name}__in"
        if len(several) > 1 and listed in known:
            plain.append((listed, ",".join(dict.fromkeys(several))))
        else:
            plain += [(name, text) for text in several]
    return plain


def read_collection(connection: Connection, page: Page, entity: type[Entity]) -> Told:
    """What the page of a collection shows. Raises InvalidQuery."""
    given, path = page.given, f"/{entity.collection.slug}"
    wanted = read_page_request(entity, given)
    names = [name for name in wanted.fields or usual_columns(entity) if name != f"name_{page.language}"]
    # Besides what is asked for: the names of what is referred to, and the values to choose from.
    whole = [*given, *including(references(entity, names))]
    counted = [("facet", ",".join(facet_names(entity)))] if facet_names(entity) else []
    request = read_page_request(entity, [*whole, *counted])
    # The table may need more of a record than it shows of it.
    found = read_page(connection, replace(request, fields=None, limit=min(request.limit, MOST)))
    taken = [(name, text) for name, text in given if name not in {*POSITION, "limit"}]
    return {
        "collection": entity.collection,
        "total": found.total,
        **turning(page, given, request.offset or 0, min(request.limit, MOST), len(found.records), found.total),
        "paged": request.cursor is not None,
        "query": dict(given).get(SEARCH, ""),
        "kept": [each for each in taken if each[0] != SEARCH],
        "beside": [each for each in taken if each[0] != "fields"],
        "chips": list(chips(page, entity, found.facets)),
        "facets": list(facets(page, entity, found.facets)),
        "headings": headings(page, entity, names, request),
        "rows": rows(page, entity, names, found.records),
        "choosable": [(name, label(page, column), name in names) for name, column in entity.columns().items()],
        "files": [(name, page.api(f"{path}.{name}", taken)) for name in FORMATS],
        "excel": page.api(f"{path}.csv", [*taken, ("bom", "true"), ("lang", page.language)]),
        "call": page.api(path, given),
        "table_call": page.api(f"{path}.csv", taken),
        "api": page.api(path, whole),
    }
