"""`/suggestions`: names that match what somebody types into the address bar."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from sqlalchemy.engine import Connection

from app.api.dependencies import Snapshot, parsed_query
from app.api.envelope import url_of
from app.entity import Bilingual
from app.gateway.route import ReleaseRoute
from app.http.addresses import encoded
from app.http.context import context_of
from app.http.languages import CHINESE
from app.read.search import SearchHit, read_hits
from app.read.suggestions import suggest
from app.request.conditions import Search
from app.request.controls import SEARCH, search_parameter
from app.request.feeds import LANGUAGE
from app.request.parameters import by_name
from app.request.search import SearchRequest
from app.standards.opensearch import SUGGESTIONS_TYPE, Suggested, suggestions

MAX_SUGGESTED = 8
Query = Annotated[
    dict[str, Any],
    Depends(parsed_query(by_name(search_parameter(Bilingual("检索词", "Query"), required=True), LANGUAGE), SEARCH)),
]

# Browsers know the protocol, and find the address in the OpenSearch description: neither needs OpenAPI.
router = APIRouter(include_in_schema=False, route_class=ReleaseRoute)


@router.get("/suggestions")
async def get_suggestions(request: Request, query: Query, snapshot: Snapshot) -> Response:
    """Return names of the best hits, or similar queries if there are none."""
    typed = dict(context_of(request.scope).parameters)[SEARCH]
    language = query.get("lang", CHINESE)
    page = url_of(request, f"/{language}")

    def read(connection: Connection) -> list[Suggested]:
        search = Search(query[SEARCH])
        hits = read_hits(connection, SearchRequest({}, search, limit=MAX_SUGGESTED)).hits
        if hits:
            named: dict[str, Suggested] = {}  # several records may have one name: as a query, it is one
            for hit in hits:
                named.setdefault(hit.record[f"name_{language}"], _named(hit, page, language))
            return [*named.values()]
        return [_similar(each.q, each.total, page, language) for each in suggest(connection, search)]

    return Response(suggestions(typed, await snapshot.read(read)), media_type=SUGGESTIONS_TYPE)


def _named(hit: SearchHit, page: str, language: str) -> Suggested:
    title, text = getattr(hit.entity.collection.title, language), hit.record.get(f"text_{language}")
    about = f"{title}{'：' if language == CHINESE else ': '}{text}" if text else title
    return Suggested(hit.record[f"name_{language}"], about, f"{page}/{hit.entity.collection.slug}/{hit.id}")


def _similar(query: str, total: int, page: str, language: str) -> Suggested:
    about = f"{total} 条结果" if language == CHINESE else f"{total} {'hit' if total == 1 else 'hits'}"
    return Suggested(query, about, f"{page}/search?{encoded([(SEARCH, query)])}")
