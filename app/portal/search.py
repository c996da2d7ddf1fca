"""Search in all collections, with the value of each figure and what each hit matches besides its name."""

from typing import NamedTuple

from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.entity import Bilingual
from app.http.redirects import redirect
from app.models import Figure
from app.models.derived_figure import DerivedFigure
from app.portal.cells import Cell, column_title, format_amount, format_value, is_qualified
from app.portal.page import Context, Page, RequestedPage, page_router, render_page
from app.portal.table import add_nouns, is_zero_limit, pagination, read_records
from app.read.dataset import read_catalog
from app.read.search import RelatedHit, SearchHit, read_hits
from app.read.suggestions import suggest
from app.request.controls import SEARCH
from app.request.feeds import searched_parameters
from app.request.search import read_search_request

PATH = "/search"
MAX_EXAMPLES = 5
NAMES = {"zh": "name_zh", "en": "name_en"}
API_ONLY = ("format", "highlights")  # parameters that change no page

router = page_router()


@router.get(PATH)
async def search(page: RequestedPage) -> Response:
    """Show the hits of a search, or examples without a query. Redirects to the normalized query."""
    query = [
        (name, text.strip())
        for name, text in page.query
        if text.strip() and name not in API_ONLY and not is_zero_limit(name, text)
    ]
    if query != page.query:
        return redirect(page.url(PATH, query), 303)
    if SEARCH not in dict(query):
        return await render_page(
            page, "search", lambda connection: read_help(connection, page) | {"query": "", "api": None}
        )
    return await render_page(page, "search", lambda connection: read_search(connection, page))


def read_search(connection: Connection, page: Page) -> Context:
    """Read the hits, their number in each collection, and suggestions if there is none. Raises InvalidQuery."""
    request = read_search_request(page.query)
    hits = read_hits(connection, request)
    add_nouns(connection, DerivedFigure, [hit.record for hit in hits.hits if hit.entity is DerivedFigure])
    return {
        "query": request.parameters[SEARCH],
        "chosen": request.parameters.get("collection"),
        "total": hits.total,
        **pagination(page, request.offset or 0, request.limit, len(hits.hits), hits.total),
        "hits": [_result(page, hit) for hit in hits.hits],
        "counts": hits.counts,
        "suggestions": [] if hits.total else suggest(connection, request.search),
        "others": [each for each in request.parameters.items() if each[0] != SEARCH],
        "api": page.api_url(PATH, page.query),
        "feed": page.feed_url(PATH, searched_parameters()),
        **({} if hits.total else read_help(connection, page)),
    }


def read_help(connection: Connection, page: Page) -> Context:
    """Read what there is to find: the headlines."""
    ids = (read_catalog(connection).get("headlines") or [])[:MAX_EXAMPLES]
    query = [("id__in", ",".join(ids)), ("limit", str(MAX_EXAMPLES))]
    records = read_records(connection, Figure, query)[0] if ids else []
    records.sort(key=lambda record: ids.index(record["id"]))
    return {"examples": [(record, format_amount(page, Figure, record)) for record in records]}


class Match(NamedTuple):
    """What a hit matches besides its name: a column, or a record that it refers to, and its words."""

    title: str
    text: str
    start: int
    end: int
    record: Cell | None = None


class Result(NamedTuple):
    """A hit as it is shown. The span in a name is that of the match."""

    hit: SearchHit
    amount: Cell | None
    facts: list[str]
    matches: list[Match]


def _result(page: Page, hit: SearchHit) -> Result:
    """Prepare a hit: a figure's value with its status and date, and what else matches than the name."""
    columns, qualified = hit.entity.columns(), is_qualified(hit.entity)
    names = ("status", "time_end" if hit.record.get("time") else "as_of") if qualified else ()
    facts = [format_value(page, hit.entity, columns[name], hit.record).text or "" for name in names]
    matches = [_related(page, each) for each in hit.related]
    if not hit.found_by and hit.hit.field not in NAMES.values():
        column = columns.get(hit.hit.field)
        matches.insert(0, Match(column_title(page, column) if column else hit.hit.field, *hit.hit[1:]))
    amount = format_amount(page, hit.entity, hit.record) if qualified else None
    return Result(hit, amount, [*facts, page.language.localize(hit.entity.collection.title)], matches)


def _related(page: Page, related: RelatedHit) -> Match:
    collection, name = related.entity.collection, page.language.localized(related.record, "name")
    kind = Bilingual(collection.title.zh, collection.singular.replace("-", " "))
    title = page.language.say(f"相关的{kind.zh}", f"Matches its {kind.en}")
    return Match(title, *related.hit[1:], Cell(name, url=page.url(f"/{collection.slug}/{related.id}")))
