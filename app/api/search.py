"""`/v1/search`: hits in all collections, best first, each with the field and the span that matches."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.dependencies import Snapshot
from app.api.envelope import JsonRoute, envelope, url_of
from app.api.models.search import HitValue, SearchAnswer
from app.api.paging import facet, page_links
from app.entity import Bilingual
from app.formats.json import encode
from app.http.addresses import encoded
from app.http.context import context_of
from app.models import COLLECTIONS
from app.read.page import FacetValue
from app.read.search import Hits, RelatedHit, SearchHit, read_hits
from app.read.suggestions import Suggestion, suggest
from app.request.controls import FORMAT, SEARCH
from app.request.search import SearchRequest, read_search_request, search_parameters

PATH = "/v1/search"
VALUE = HitValue.model_fields
INDEX_ENTRIES = {
    "search": (f"{PATH}?q=%E7%AF%AE%E7%90%83", "搜索，例如“篮球”", "Search, for example for 篮球 (basketball)")
}

router = APIRouter(tags=["Search"], route_class=JsonRoute)


async def read_query(request: Request) -> SearchRequest:
    """Parse the query of a search. Raises InvalidQuery."""
    return read_search_request(context_of(request.scope).parameters)


@router.get(
    PATH,
    name="search",
    **openapi.route(
        Bilingual("在全部表中检索", "Search in all collections"),
        Bilingual(
            "最相符的结果在前，同样相符的按表排列：先是名称与检索词相同的，再是名称以之开头的、名称含有全部词的，最后是其他"
            "记录。中文词匹配任何部分，英文词匹配开头或其他词形，中文名称也可用拼音检索，数值按大小匹配，写法不限；不区分"
            "大小写、全角半角和简繁体。`text[start:end]`（以码位计）即匹配之处。",
            "Hits best first, and among equals collection by collection: names that equal the query, names that begin "
            "with it, records whose names hold all words, then all others. Chinese words match by any part, English "
            "words by their beginning or another form, Chinese names by their pinyin too, amounts by their value in "
            "any notation; case, width and traditional characters do not matter. `text[start:end]`, in code points, "
            "is the match.",
        ),
        SearchAnswer,
        (409, 422),
        [openapi.query(each) for each in search_parameters().values() if each.name != FORMAT],
    ),
)
async def search(
    request: Request, query: Annotated[SearchRequest, Depends(read_query)], snapshot: Snapshot
) -> Response:
    """Return hits in all collections, or similar queries if there are none."""
    hits, suggestions = await snapshot.read(_search, query)
    return envelope(
        request,
        encode([_hit(request, hit) for hit in hits.hits]),
        page_links(request, PATH, query, hits),
        facets={"collection": _counts(request, query, hits)},
        suggestions=[_suggestion(request, query, each) for each in suggestions],
        meta={"total": hits.total, "limit": None if query.per_collection else query.limit},
    )


def _search(connection: Connection, query: SearchRequest) -> tuple[Hits, list[Suggestion]]:
    hits = read_hits(connection, query)
    return hits, [] if hits.total else suggest(connection, query.search)


def _hit(request: Request, hit: SearchHit) -> dict[str, object]:
    slug, highlights = hit.entity.collection.slug, hit.highlights
    return {
        "collection": slug,
        "id": hit.id,
        "name_zh": hit.record["name_zh"],
        "name_en": hit.record["name_en"],
        **hit.hit._asdict(),
        "value": {name: hit.record[name] for name in VALUE} if hit.record.keys() >= VALUE.keys() else None,
        **({} if highlights is None else {"highlights": [each._asdict() for each in highlights]}),
        "links": {"self": _url(request, hit)} | ({"related": _url(request, hit.found_by)} if hit.found_by else {}),
    }


def _url(request: Request, hit: SearchHit | RelatedHit) -> str:
    return url_of(request, f"/v1/{hit.entity.collection.slug}/{hit.id}")


def _counts(request: Request, query: SearchRequest, hits: Hits) -> list[dict[str, object]]:
    """Return the number of hits in each collection, with links to them as hits and as records."""
    titles = {slug: entity.collection.title for slug, entity in COLLECTIONS.items()}
    counts = facet(FacetValue(slug, titles[slug], count) for slug, count in hits.counts.items())
    words = query.parameters[SEARCH]
    for count, slug in zip(counts, hits.counts, strict=True):
        count["links"] = {
            "self": url_of(request, PATH, encoded([(SEARCH, words), ("collection", slug)])),
            "records": url_of(request, f"/v1/{slug}", encoded([(SEARCH, words)])),
        }
    return counts


def _suggestion(request: Request, query: SearchRequest, suggestion: Suggestion) -> dict[str, object]:
    parameters = encoded({**query.parameters, SEARCH: suggestion.q}.items())
    return {**suggestion._asdict(), "links": {"self": url_of(request, PATH, parameters)}}
