"""`/v1`: everything that is served, with links; and `/v1/problems`: every kind of problem."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response

from app.api import charts, citation, openapi, search
from app.api.dependencies import FORMAT_QUERY, ChosenOffer, Releases, Snapshot, parsed_query
from app.api.documents import dataset_of, document_response, index_entries
from app.api.envelope import JSON_LD_OFFER, JSON_OFFER, TURTLE_OFFER, JsonRoute, envelope, self_links, url_of
from app.api.metadata import DOCUMENTS as METADATA
from app.api.models.index import IndexAnswer
from app.api.models.problem import ProblemAnswer, ProblemsAnswer
from app.api.texts import described
from app.entity import Bilingual
from app.errors import PROBLEMS, NotFound
from app.formats import FORMATS
from app.formats.json import encode
from app.gateway.route import offering
from app.models import COLLECTIONS
from app.request.controls import format_parameter
from app.request.parameters import by_name
from app.standards import llms
from app.standards.signposting import landing, whole

OFFERS = (JSON_OFFER, JSON_LD_OFFER, TURTLE_OFFER)
FORMAT = format_parameter([offer.name for offer in OFFERS])
PROBLEMS_BY_CODE = {problem.code: problem for problem in PROBLEMS.values()}

# In JSON-LD and Turtle `/v1` is the catalogue: harvesters know no other address.
CATALOGUES = {form: document for document in METADATA if document.id in {"dcat", "dcat.ttl"} for form in document.forms}

INDEX_ENTRIES = {
    "openapi": ("/v1/openapi.json", "OpenAPI 3.1 文档", "OpenAPI 3.1 document"),
    "docs": ("/docs", "接口文档", "API reference"),
    **search.INDEX_ENTRIES,
    **charts.INDEX_ENTRIES,
    "releases": ("/v1/releases", "各版本及其文件", "Releases and their files"),
    "feed": ("/v1/releases.atom", "版本订阅", "Feed of releases"),
    "problems": ("/v1/problems", "错误类型", "Kinds of problems"),
    **dict(index_entries(METADATA)),
    "llms": (llms.PATH, "智能助手的说明", "Notes for assistants"),
    **citation.INDEX_ENTRIES,
}

router = APIRouter(tags=["Index"], route_class=JsonRoute)


async def get_index(request: Request, offer: ChosenOffer, snapshot: Snapshot, store: Releases) -> Response:
    """Return the collections, the documents and the current release, each with its link."""
    if catalogue := CATALOGUES.get(offer.name):
        return await document_response(catalogue, catalogue.forms[offer.name], request, snapshot, store)
    dataset = await snapshot.read(dataset_of, request)
    data = {
        "collections": [
            {
                "slug": slug,
                "title_zh": entity.collection.title.zh,
                "title_en": entity.collection.title.en,
                "about_zh": entity.collection.about.zh,
                "about_en": entity.collection.about.en,
                "count": dataset.release["counts"][slug],
                "links": {
                    "self": url_of(request, f"/v1/{slug}"),
                    "aggregate": url_of(request, f"/v1/{slug}/aggregate"),
                    **{name: url_of(request, f"/v1/{slug}.{name}") for name in FORMATS},
                },
            }
            for slug, entity in COLLECTIONS.items()
        ],
        "documents": [
            {"id": name, "title_zh": zh, "title_en": en, "links": {"self": url_of(request, path)}}
            for name, (path, zh, en) in INDEX_ENTRIES.items()
        ],
        "publisher": {
            "name_zh": dataset.catalog["publisher"]["zh"],
            "name_en": dataset.catalog["publisher"]["en"],
            "contact": dataset.contact or None,
        },
        "release": dataset.release,
    }
    return envelope(request, encode(data), self_links(request), landing(dataset, whole(dataset)))


router.add_api_route(
    "/v1",
    get_index,
    name="getIndex",
    dependencies=[Depends(parsed_query(by_name(FORMAT)))],
    route_class_override=offering(*OFFERS),
    **openapi.route(
        Bilingual("这里有什么", "What there is"),
        Bilingual(
            "各张表、各份文档和当前版本；JSON-LD 或 Turtle 形式为 DCAT 目录。",
            "The collections, documents and current release; as JSON-LD or Turtle, the DCAT catalogue.",
        ),
        IndexAnswer,
        (422,),
    ),
)


@router.get(
    "/v1/problems",
    name="listProblems",
    dependencies=[FORMAT_QUERY],
    **openapi.route(
        Bilingual("错误的种类", "Kinds of problems"),
        Bilingual("本服务会报告的全部错误。", "All problems that this service reports."),
        ProblemsAnswer,
        (422,),
    ),
)
async def list_problems(request: Request) -> Response:
    """Return every kind of problem."""
    return envelope(request, encode([each.document() for each in PROBLEMS_BY_CODE.values()]), self_links(request))


CODE = described(Bilingual("错误的代码。", "The problem's code."), {"enum": [*PROBLEMS_BY_CODE]})


@router.get(
    "/v1/problems/{code}",
    name="getProblem",
    dependencies=[FORMAT_QUERY],
    **openapi.route(
        Bilingual("一种错误", "A kind of problem"),
        Bilingual("问题文档中 `type` 的含义。", "What a problem document's `type` means."),
        ProblemAnswer,
        (404, 422),
    ),
)
async def get_problem(
    request: Request,
    code: Annotated[str, Path(**CODE)],
) -> Response:
    """Return one kind of problem."""
    if code not in PROBLEMS_BY_CODE:
        raise NotFound(f"There is no problem {code[:100]!r}. GET /v1/problems lists them.")
    return envelope(request, encode(PROBLEMS_BY_CODE[code].document()), self_links(request))
