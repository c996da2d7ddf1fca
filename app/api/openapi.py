"""What each route says of itself in the OpenAPI document: its parameters as they are read, its answers as models.

FastAPI turns `response_model` into schemas. It places no model under a media type that is not the route's own, and the
models of the entities would slow down the start: routes refer to both by name, and `schemas()` returns them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.constants import REF_PREFIX, REF_TEMPLATE
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.models.evidence import Annotation, Provenance
from app.api.models.problem import Problem
from app.api.models.records import record_models
from app.entity import SLUG, Entity
from app.errors import PROBLEMS
from app.formats import FORMATS, JSON
from app.http.problems import MEDIA_TYPE
from app.models import ENTITIES
from app.request.aggregate import aggregate_parameters
from app.request.controls import file_parameters, page_parameters, record_parameters
from app.request.filters import filters
from app.request.parameters import Parameter

Schema = dict[str, Any]
Answer = type[BaseModel] | Mapping[str, Any]  # a model, or the schema of what no model describes

TEXT: Schema = {"type": "string"}
OBJECT: Schema = {"type": "object"}

FILES: dict[str, Answer] = {each.media_type: TEXT for each in FORMATS.values() if each is not JSON}

HEADERS = {
    "ETag": {"description": "Strong validator for If-None-Match, If-Match and If-Range.", "schema": TEXT},
    "Last-Modified": {"description": "When the release was loaded.", "schema": TEXT},
    "Link": {"description": "The answer's links (RFC 8288).", "schema": TEXT},
    "X-Request-Id": {"description": "The request's id: the client's, or a new one.", "schema": TEXT},
}

PROBLEM_STATUSES = (404, 406, 422, 503)


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"{REF_PREFIX}{name}"}


def schemas() -> dict[str, Schema]:
    """Return the schemas that routes refer to by name."""
    models: list[type[BaseModel]] = [
        Problem,
        Annotation,
        Provenance,
        *(model for entity in ENTITIES for model in record_models(entity)),
    ]
    _, document = models_json_schema([(model, "serialization") for model in models], ref_template=REF_TEMPLATE)
    return dict(document["$defs"])


def shared_parameters() -> dict[str, Schema]:
    """Return the filters of every collection by name; its page, its files and its aggregate refer to them."""
    return {
        _shared_name(entity, parameter): query(parameter)
        for entity in ENTITIES
        for parameter in filters(entity).values()
    }


def page(entity: type[Entity]) -> dict[str, Any]:
    """Document the page of a collection."""
    collection = entity.collection
    return route(
        f"{collection.title.en}: a page",
        f"{collection.about.en}\n\n{collection.about.zh}",
        {JSON.media_type: ref(f"{entity.__name__}Page"), **FILES},
        _queries(entity, page_parameters(entity)),
        (*PROBLEM_STATUSES, 409),
    )


def file(entity: type[Entity]) -> dict[str, Any]:
    """Document the files of a collection."""
    return route(
        f"{entity.collection.title.en}: every record, as a file",
        "Every matching record in one file. If the stream fails, the connection is cut so that the client notices.",
        {JSON.media_type: ref(f"{entity.__name__}File"), **FILES},
        _queries(entity, file_parameters(entity)),
        PROBLEM_STATUSES,
    )


def aggregate(entity: type[Entity], *, as_file: bool = False) -> dict[str, Any]:
    """Document the aggregate of a collection, or its files."""
    parameters = _queries(entity, aggregate_parameters(entity))
    return route(
        f"{entity.collection.title.en}: in groups{', as a file' if as_file else ''}",
        "Counts, sums, minima, maxima and averages of the matching records, by group. Numbers that would combine or "
        "compare unlike things are refused: different units, different quantities, a part and its whole, unknown "
        "values. The problem names the group and the reason; `allowed` lists what is possible instead.",
        {JSON.media_type: ref(f"{entity.__name__}Aggregate"), **FILES},
        parameters,
        PROBLEM_STATUSES,
    )


def record(entity: type[Entity]) -> dict[str, Any]:
    """Document a single record."""
    return route(
        f"{entity.collection.title.en}: one record",
        entity.collection.about.en,
        {JSON.media_type: ref(f"{entity.__name__}Answer")},
        map(query, record_parameters(entity).values()),
        PROBLEM_STATUSES,
    )


def route(
    summary: str,
    about: str,
    answer: type[BaseModel] | Mapping[str, Answer],
    parameters: Iterable[Schema],
    problems: Iterable[int],
) -> dict[str, Any]:
    """Return the arguments of `add_api_route` that document a route.

    `answer` is the model of its JSON, or what it answers by media type; `problems` are the statuses of its problems.
    """
    answers = answer if isinstance(answer, Mapping) else {JSON.media_type: answer}
    model = answers.get(JSON.media_type)
    has_model = isinstance(model, type)
    titles = {problem.status: problem.about for problem in PROBLEMS.values()}
    return {
        "summary": summary,
        "description": about,
        "response_model": model if has_model else None,
        "response_class": JSONResponse if has_model else Response,
        "responses": {
            200: {
                "description": "The answer.",
                "headers": HEADERS,
                "content": {media_type: {"schema": _schema(each)} for media_type, each in answers.items()},
            },
            304: {"description": "The client's copy is current."},
            **{status: _problem(titles[status]) for status in (412, *problems)},
            "default": _problem("Any other problem."),
        },
        "openapi_extra": {"parameters": [*parameters]},
    }


def download(summary: str, about: str, parameters: Iterable[Schema], problems: Iterable[int]) -> dict[str, Any]:
    """Document a file of any media type, whose parts can be requested."""
    arguments = route(summary, about, {"*/*": TEXT}, parameters, problems)
    arguments["responses"][206] = {"description": "The requested part.", "content": {"*/*": {"schema": TEXT}}}
    return arguments


def slug_schema(example: Any) -> Schema:
    """Return what the document says of a slug in a path; other texts are not refused, but get 404."""
    return {"pattern": f"^{SLUG}$", "examples": [example]}


def query(parameter: Parameter) -> Schema:
    """Return a query parameter. Its example belongs to the schema: readers would fill in a parameter's own."""
    described: Schema = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        **({"required": True} if parameter.required else {}),
        "schema": {**parameter.schema, **({"examples": [parameter.example]} if parameter.example != "" else {})},
    }
    if parameter.schema["type"] == "array":
        described |= {"style": "form", "explode": False}
    return described


def _queries(entity: type[Entity], parameters: Mapping[str, Parameter]) -> list[Schema]:
    """The query parameters of a route, with references to the shared ones."""
    return [
        {"$ref": f"#/components/parameters/{_shared_name(entity, each)}"} if each.operator else query(each)
        for each in parameters.values()
    ]


def _shared_name(entity: type[Entity], parameter: Parameter) -> str:
    return f"{entity.collection.slug}.{parameter.name}"


def _schema(answer: Answer) -> Mapping[str, Any]:
    return ref(answer.__name__) if isinstance(answer, type) else answer


def _problem(about: str) -> Schema:
    return {"description": about, "content": {MEDIA_TYPE: {"schema": ref(Problem.__name__)}}}


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """Return FastAPI's document with what its routes refer to by name; it is made once."""
    document = app.openapi_schema
    if not document:
        document = FastAPI.openapi(app)
        document["components"]["parameters"] = shared_parameters()
        document["components"]["schemas"] |= schemas()
    return document
