"""A collection as a table that its URL searches, filters, sorts and pages."""

from dataclasses import replace
from typing import Annotated

import msgspec
from fastapi import Depends
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.entity import Cited, Entity
from app.errors import NotFound
from app.formats import FORMATS
from app.http.addresses import QueryItems
from app.http.redirects import redirect
from app.models import COLLECTIONS
from app.nearest import quote_chinese
from app.portal.cells import column_title, default_columns, includes
from app.portal.embedding import embed_table
from app.portal.filters import chips, facet_names, facets
from app.portal.hub import read_tree
from app.portal.page import Context, Page, RequestedPage, page_router, render_page
from app.portal.provenance import Provenance, read_provenance_of_table
from app.portal.table import POSITION, add_nouns, default_sort, headings, is_zero_limit, pagination, rows
from app.portal.themes import read_themes
from app.read.dataset import read_catalog, read_release
from app.read.page import read_page
from app.request.controls import SEARCH, page_parameters
from app.request.feeds import MAX_FOLLOWED, followed_parameters
from app.request.records import PageRequest, read_page_request
from app.request.relations import reachable
from app.sentence import Sentence
from app.standards.citation.line import TABLE, dataset_lines, shown_lines
from app.standards.schema_org import part

MAX_ROWS = 200
MAX_ORPHANS = 10  # rows that a page has beyond its limit, rather than leave them alone on a last page
API_ONLY = ("format", "include", "facet", "bom")  # parameters that decide how the API responds, not what a page shows

COMBINING = frozenset({"sort", "fields", "cursor", "limit"})  # parameters of which search engines need no combinations

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
    sort = default_sort(entity, page.query, read_release(connection)["counts"][entity.collection.slug])
    query = [*page.query, *sort]
    whole = [*query, *includes(entity, names)]
    counted = [("facet", ",".join(facet_names(entity)))] if facet_names(entity) else []
    request = read_page_request(entity, [*whole, *counted])
    given, limit = dict(page.query), min(request.limit, MAX_ROWS)
    room = limit if given.keys() & {"limit", "cursor"} else limit + MAX_ORPHANS
    result = read_page(connection, replace(request, fields=None, limit=room))  # cells need more fields than they show
    records = [*map(msgspec.json.decode, result.records)]
    if (request.offset or 0) + len(records) < result.total:
        records = records[:limit]
    add_nouns(connection, entity, records)
    themes = read_themes(connection, entity)
    filters = list(chips(page, entity, result.facets, themes))
    title = _title(page, entity, [phrase for phrase, _ in filters])
    provenance = read_provenance_of_table(connection, records, result.total)
    shown = [each for each in page.query if each[0] not in POSITION]
    return {
        "provenance": provenance,
        "title": title,
        "embed": embed_table(page, shown, title, _cite(connection, page, title, provenance, shown), len(records)),
        "json_ld": page.json_ld(part(entity, page.read_dataset(connection), page.url(path))) if not given else None,
        "collection": entity.collection,
        "tree": [] if given else read_tree(connection, page, entity),
        "total": result.total,
        **pagination(page, request.offset or 0, limit, len(records), result.total),
        "has_cursor": request.cursor is not None,
        "order": _order(page, entity, request, sort),
        "file_columns": [column_title(page, reachable(entity)[name]) for name in fields or ()],
        "query": given.get(SEARCH, ""),
        "selection": [each for each in page.query if each[0] not in {*POSITION, "limit"}],
        "files_query": [each for each in query if each[0] not in {*POSITION, "limit"}],
        "chips": filters,
        "noindex": bool(given.keys() & COMBINING) or len(filters) > 1,
        "facets": facets(page, entity, result.facets, themes),
        "headings": headings(page, entity, names, request),
        "rows": rows(page, entity, names, records),
        "columns": [(name, column_title(page, column), name in names) for name, column in entity.columns().items()],
        "formats": FORMATS,
        "feed": page.feed_url(path, followed_parameters(entity)) if result.total <= MAX_FOLLOWED else None,
        "call": page.api_url(path, query),
        "api": page.api_url(path, [*whole, *([("limit", str(len(records)))] if len(records) > limit else [])]),
    }


def _title(page: Page, entity: type[Entity], filters: list[str]) -> str:
    """Return a table's title: that of the collection, and the filters in use."""
    title, phrases = page.language.localize(entity.collection.title), page.language.say("；", "; ").join(filters)
    return page.language.say("{}（{}）", "{} ({})").format(title, phrases) if filters else title


def _cite(connection: Connection, page: Page, title: str, provenance: Provenance, query: QueryItems) -> str:
    """Cite a table: the source of its figures if it is one, and the dataset."""
    catalog, release, address = read_catalog(connection), read_release(connection), page.url(page.path, query)
    if provenance.source:
        return shown_lines(title, TABLE, [provenance.source], catalog, release, address, page.language).full
    return dataset_lines({f"name_{page.language}": title}, catalog, release, address, page.language).full


def _order(page: Page, entity: type[Entity], request: PageRequest, default: QueryItems) -> str:
    """Return in words how the records are sorted."""
    if default and issubclass(entity, Cited):
        return page.language.say("按原文先后排列", "in the order of the article")
    if SEARCH in request.parameters and "sort" not in request.parameters:
        return page.language.say("最相符的在前", "best matches first")
    titles = [
        column_title(page, key.column) + (page.language.say("（降序）", " (descending)") if key.descending else "")
        for key in (request.sort if len(request.sort) == 1 or "sort" not in request.parameters else request.sort[:-1])
    ]
    return page.language.say("按{}排列", "sorted by {}").format(page.language.say("、", ", ").join(titles))
