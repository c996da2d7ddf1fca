"""`/v1`: what there is, each with its link; and `/v1/problems`: every kind of problem, explained."""

from functools import partial

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.api import charts, citation, openapi, search
from app.api.answers import (
    GRAPHS,
    JSON_LD,
    Links,
    address,
    answer,
    chosen,
    given,
    own_address,
    snapshot,
    wanted,
)
from app.api.documents import OBJECT, answer_in, index_of, read_served
from app.api.metadata import DOCUMENTS as METADATA
from app.api.shapes import TEXT, ref
from app.errors import PROBLEMS, NotFound
from app.formats import FORMATS, JSON
from app.formats.json import encode
from app.models import COLLECTIONS
from app.request.controls import DOCUMENT, format_parameter
from app.request.parameters import by_name, read_parameters
from app.standards.signposting import landing, whole

router = APIRouter(tags=["Index"])
PARAMETERS = [openapi.query(DOCUMENT["format"])]
FORMAT = format_parameter([name for name, _ in GRAPHS])

# To whom `/v1` is the catalogue: harvesters know no other address.
CATALOGUES = {form: each for each in METADATA if each.id in {"dcat", "dcat.ttl"} for form in each.forms}

DOCUMENTS = {
    "openapi": ("/v1/openapi.json", "OpenAPI 3.1 文档", "OpenAPI 3.1 document"),
    "docs": ("/docs", "API 阅读器", "API reader"),
    **search.DOCUMENTS,
    **charts.DOCUMENTS,
    "releases": ("/v1/releases", "各版本及其文件", "Releases and their files"),
    "feed": ("/v1/releases.atom", "版本订阅", "Feed of releases"),
    "problems": ("/v1/problems", "错误类型", "Kinds of problems"),
    **dict(index_of(METADATA)),
    **citation.DOCUMENTS,
}


@router.get(
    "/v1",
    name="getIndex",
    **openapi.route(
        "What there is",
        "The collections, documents and current release; as JSON-LD or Turtle, the DCAT catalogue.",
        {JSON.media_type: ref("IndexAnswer"), JSON_LD: OBJECT, "text/turtle": TEXT},
        [openapi.query(FORMAT)],
        (406, 422, 503),
    ),
)
async def index(request: Request) -> Response:
    """The collections, documents and current release, each with its link."""
    read_parameters(by_name(FORMAT), given(request))
    form = chosen(request.scope, GRAPHS)
    if form in CATALOGUES:
        return await answer_in(CATALOGUES[form], CATALOGUES[form].forms[form], request)
    dataset = await snapshot(request, partial(read_served, request))
    release, signposts = dataset.release, landing(dataset, whole(dataset))
    data = {
        "collections": [
            {
                "slug": slug,
                "title_zh": entity.collection.title.zh,
                "title_en": entity.collection.title.en,
                "about_zh": entity.collection.about.zh,
                "about_en": entity.collection.about.en,
                "count": release["counts"][slug],
                "links": {
                    "self": address(request, f"/v1/{slug}"),
                    "aggregate": address(request, f"/v1/{slug}/aggregate"),
                    **{name: address(request, f"/v1/{slug}.{name}") for name in FORMATS},
                },
            }
            for slug, entity in COLLECTIONS.items()
        ],
        "documents": [
            {"id": name, "title_zh": zh, "title_en": en, "links": {"self": address(request, path)}}
            for name, (path, zh, en) in DOCUMENTS.items()
        ],
        "publisher": {
            "name_zh": dataset.catalog["publisher"]["zh"],
            "name_en": dataset.catalog["publisher"]["en"],
            "contact": dataset.contact or None,
        },
        "release": release,
    }
    return answer(request, encode(data), _links(request), signposts=signposts)


@router.get(
    "/v1/problems",
    name="listProblems",
    **openapi.route("Kinds of problems", "All that this service tells.", "ProblemsAnswer", PARAMETERS, (406, 422)),
)
async def problems(request: Request) -> Response:
    """Every kind of problem."""
    read_parameters(DOCUMENT, given(request))
    form = wanted(request.scope)
    return answer(request, encode([_kind(code) for code in _BY_CODE]), _links(request), form.media_type)


@router.get(
    "/v1/problems/{code}",
    name="getProblem",
    **openapi.route(
        "A kind of problem",
        "What a problem document's `type` means.",
        "ProblemAnswer",
        [openapi.path("code", "The problem's code.", [problem.code for problem in PROBLEMS.values()]), *PARAMETERS],
        (404, 406, 422),
    ),
)
async def problem(request: Request) -> Response:
    """One kind of problem."""
    read_parameters(DOCUMENT, given(request))
    form = wanted(request.scope)
    code = request.path_params["code"]
    if code not in _BY_CODE:
        raise NotFound(f"there is no problem {code!r}; /v1/problems lists them")
    return answer(request, encode(_kind(code)), _links(request), form.media_type)


_BY_CODE = {problem.code: problem for problem in PROBLEMS.values()}


def _kind(code: str) -> dict[str, object]:
    return _BY_CODE[code]._asdict()


def _links(request: Request) -> Links:
    here = own_address(request)
    return {"self": here, "canonical": here}
