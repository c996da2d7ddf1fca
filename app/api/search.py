"""`/v1/search`: hits in all collections, best first, each with the field and the place in it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api import openapi
from app.api.answers import address, answer, given, snapshot, wanted
from app.api.paging import facet, page_links
from app.formats.json import encode
from app.http.addresses import encoded
from app.models import COLLECTIONS
from app.read.page import FacetValue
from app.read.search import Hits, SearchHit, read_hits
from app.read.suggestions import Suggestion, suggest
from app.request.controls import SEARCH
from app.request.search import SearchRequest, read_search_request, search_parameters

PATH = "/v1/search"
DOCUMENTS = {
    "search": (f"{PATH}?q=%E7%AF%AE%E7%90%83", "搜索，例如“篮球”", "Search, for example for 篮球 (basketball)")
}

router = APIRouter(tags=["Search"])


@router.get(
    PATH,
    name="search",
    **openapi.route(
        "Search in all collections",
        "Hits best first, and among equals collection by collection: names that are what is looked for, names that "
        "begin with it, records in whose names all words stand, then all others. Words in Chinese are found by any "
        "part of them, words in English by their beginning or in another form, Chinese names by their pinyin too, "
        "amounts by their value in whatever writing; case, width and traditional characters do not matter. `field`, "
        "`start` and `end` (in code points) tell where in the record, and `text` is the text that they speak of.",
        "SearchAnswer",
        [openapi.query(parameter) for parameter in search_parameters().values()],
        (406, 422, 503),
    ),
)
async def search(request: Request) -> Response:
    """Hits in all collections."""
    form = wanted(request.scope)
    asked = read_search_request(given(request))

    def read(connection: Connection) -> tuple[Hits, list[Suggestion]]:
        hits = read_hits(connection, asked)
        return hits, [] if hits.total else suggest(connection, asked.search)

    hits, suggestions = await snapshot(request, read)
    return answer(
        request,
        encode([_hit(request, found) for found in hits.hits]),
        page_links(request, PATH, asked, hits),
        form.media_type,
        facets={"collection": _counts(request, asked, hits)},
        suggestions=[_suggestion(request, asked, each) for each in suggestions],
        meta={"total": hits.total, "limit": None if asked.per_collection else asked.limit},
    )


def _hit(request: Request, found: SearchHit) -> dict[str, object]:
    slug, every = found.entity.collection.slug, found.highlights
    return {
        "collection": slug,
        "id": found.id,
        "name_zh": found.name_zh,
        "name_en": found.name_en,
        **found.hit._asdict(),
        **({} if every is None else {"highlights": [each._asdict() for each in every]}),
        "links": {"self": address(request, f"/v1/{slug}/{found.id}")},
    }


def _counts(request: Request, asked: SearchRequest, hits: Hits) -> list[dict[str, object]]:
    """How many each collection holds, with the way to all of these: as hits, and as records."""
    titles = {slug: entity.collection.title for slug, entity in COLLECTIONS.items()}
    counted = facet(FacetValue(slug, titles[slug], count) for slug, count in hits.counts.items())
    words = asked.parameters[SEARCH]
    for told, slug in zip(counted, hits.counts, strict=True):
        told["links"] = {
            "self": address(request, PATH, encoded([(SEARCH, words), ("collection", slug)])),
            "records": address(request, f"/v1/{slug}", encoded([(SEARCH, words)])),
        }
    return counted


def _suggestion(request: Request, asked: SearchRequest, suggestion: Suggestion) -> dict[str, object]:
    near = encoded({**asked.parameters, SEARCH: suggestion.q}.items())
    return {**suggestion._asdict(), "links": {"self": address(request, PATH, near)}}
