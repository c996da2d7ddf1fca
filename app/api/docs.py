"""`/v1/openapi.json`."""

from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.engine import Connection

from app.api.dependencies import NO_QUERY, Context, Snapshot, parsed_query
from app.api.envelope import link_header, url_of
from app.api.openapi.document import Served, openapi_document
from app.entity import Bilingual
from app.formats import JSON
from app.formats.json import encode
from app.gateway.route import ReleaseRoute
from app.http.languages import CHINESE, ENGLISH, LANGUAGES
from app.read.dataset import read_catalog, read_release
from app.read.examples import read_examples
from app.read.terms import read_terms
from app.request.parameters import by_name, choice

PATH = "/v1/openapi.json"
LANGUAGE = choice(
    "lang",
    Bilingual("各种说明的语言。", "The language of the descriptions."),
    LANGUAGES,
    "language",
    CHINESE,
    default=ENGLISH,
)
TAGS = {CHINESE: "zh-Hans", ENGLISH: "en"}  # BCP 47
LanguageQuery = Annotated[dict[str, Any], Depends(parsed_query(by_name(LANGUAGE)))]

router = APIRouter(include_in_schema=False, route_class=ReleaseRoute)


@router.get(PATH)
async def openapi(request: Request, query: LanguageQuery, context: Context, snapshot: Snapshot) -> Response:
    """Return the OpenAPI document of the release, in the language that `lang` names."""
    state = request.app.state
    language = query.get(LANGUAGE.name, ENGLISH)
    release = await state.reader.release()
    key = (release and release.fingerprint, context.base_url, "openapi", language)
    body = state.documents.get(key)
    if body is None:
        served = await snapshot.read(_served, context.base_url, state.reader.contact) if release else None
        body = await to_thread.run_sync(
            lambda: encode(openapi_document(request.app, served, language))
        )  # takes a second
        state.documents[key] = body
    canonical = url_of(request, PATH, "" if language == ENGLISH else f"{LANGUAGE.name}={language}")
    headers = {"Content-Language": TAGS[language], "Link": link_header({"canonical": canonical})}
    return Response(body, headers=headers, media_type=JSON.media_type)


@router.get("/openapi.json", dependencies=[NO_QUERY])
async def redirect_to_openapi(request: Request) -> Response:
    """Redirect from the path that FastAPI's users try first."""
    return RedirectResponse(url_of(request, PATH), 308)


def _served(connection: Connection, base_url: str, contact: str) -> Served:
    return Served(
        base_url,
        read_catalog(connection),
        contact,
        read_release(connection),
        read_examples(connection),
        read_terms(connection),
    )
