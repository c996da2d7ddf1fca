"""A collection as a table that its URL searches, filters, sorts and pages."""

from dataclasses import replace
from typing import Annotated

import msgspec
from fastapi import Depends
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.errors import NotFound
from app.formats import FORMATS
from app.http.addresses import QueryItems
from app.http.redirects import redirect
from app.models import COLLECTIONS
from app.nearest import quote_chinese
from app.portal.cells import column_title, default_columns, includes
from app.portal.filters import chips, facet_names, facets
from app.portal.page import Context, Page, RequestedPage, as_script, page_router, render_page
from app.portal.table import POSITION, headings, is_zero_limit, pagination, rows
from app.read.page import read_page
from app.request.controls import SEARCH, page_parameters
from app.request.records import read_page_request
from app.request.relations import reachable
from app.sentence import Sentence
from app.standards.schema_org import part

MAX_ROWS = 200
API_ONLY = ("format", "include", "facet", "bom")  # parameters that decide how the API responds, not what a page shows

router = page_router()


async def entity_of(collection: str) -> type[Entity]:
    """Return the entity of the collection in the path. Raises NotFound."""
    if collection in COLLECTIONS:
        return COLLECTIONS[collection]
    raise NotFound(
        Sentence(
            f"没有叫做{quote_chinese(collection[:100])}的页面或数据表。",
            f"No page or collection is called {collection[:100]!r}.",
        )
    )


RequestedEntity = Annotated[type[Entity], Depends(entity_of)]


@router.get("/{collection}")
async def collection(page: RequestedPage, entity: RequestedEntity) -> Response:
    """Show a collection as a table. Redirects to the normalized query."""
    query = normalize(page.query, entity)
    if query != page.query:
        return redirect(page.url(page.path, query), 303)
    return await render_page(page, "collection", lambda connection: read_collection(connection, page, entity))


def normalize(query: QueryItems, entity: type[Entity]) -> QueryItems:
    """Return a form's fields as the API takes them: without empty ones, and repeated ones joined with commas."""
    texts: dict[str, list[str]] = {}
    for name, text in query:
        if text.strip() and name not in API_ONLY and not is_zero_limit(name, text):
            texts.setdefault(name, []).append(text.strip())
    known, normalized = page_parameters(entity), []
    for name, values in texts.items():
        listed = f"{name}__in"
        if name == "fields":
            normalized.append((name, ",".join(dict.fromkeys(",".join(values).split(",")))))
        elif len(values) > 1 and listed in known:
            normalized.append((listed, ",".join(dict.fromkeys(values))))
        else:
            normalized += [(name, value) for value in values]
    return normalized


def read_collection(connection: Connection, page: Page, entity: type[Entity]) -> Context:
    """Read the table, its facets and its files. Raises InvalidQuery."""
    path, fields = f"/{entity.collection.slug}", read_page_request(entity, page.query).fields
    names = [name for name in fields or default_columns(entity) if name != f"name_{page.language}"]
    whole = [*page.query, *includes(entity, names)]
    counted = [("facet", ",".join(facet_names(entity)))] if facet_names(entity) else []
    request = read_page_request(entity, [*whole, *counted])
    limit = min(request.limit, MAX_ROWS)
    result = read_page(connection, replace(request, fields=None, limit=limit))  # cells need more fields than they show
    selection = [each for each in page.query if each[0] not in {*POSITION, "limit"}]
    is_whole = not page.query
    return {
        "json_ld": as_script(part(entity, page.read_dataset(connection), page.url(path))) if is_whole else None,
        "collection": entity.collection,
        "total": result.total,
        **pagination(page, request.offset or 0, limit, len(result.records), result.total),
        "has_cursor": request.cursor is not None,
        "file_columns": [column_title(page, reachable(entity)[name]) for name in fields or ()],
        "query": dict(page.query).get(SEARCH, ""),
        "selection": selection,
        "chips": list(chips(page, entity, result.facets)),
        "facets": list(facets(page, entity, result.facets)),
        "headings": headings(page, entity, names, request),
        "rows": rows(page, entity, names, map(msgspec.json.decode, result.records)),
        "columns": [(name, column_title(page, column), name in names) for name, column in entity.columns().items()],
        "formats": FORMATS,
        "call": page.api_url(path, page.query),
        "api": page.api_url(path, whole),
    }
