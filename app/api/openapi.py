"""The OpenAPI document: what each route says of itself, derived from the same parameters that are read."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response

from app.api import schemas
from app.api.shapes import TEXT, Schema, ref
from app.entity import SLUG, Entity
from app.errors import PROBLEMS
from app.formats import FORMATS, JSON
from app.http.problems import MEDIA_TYPE
from app.models import ENTITIES
from app.request.aggregate import all_aggregate_parameters
from app.request.controls import all_file_parameters, page_parameters, record_parameters
from app.request.filters import filters
from app.request.parameters import Parameter

ANSWER_HEADERS = {
    "ETag": {"description": "Strong validator; send it back in If-None-Match.", "schema": TEXT},
    "Last-Modified": {"description": "When the release was loaded.", "schema": TEXT},
    "Link": {"description": "The answer's links (RFC 8288).", "schema": TEXT},
    "X-Request-Id": {"description": "The request's id, yours or ours.", "schema": TEXT},
}


# A file in any format but JSON, whose schema is the page's.
FILES: dict[str, Schema] = {each.media_type: {"type": "string"} for each in FORMATS.values() if each is not JSON}


TROUBLES = (404, 406, 422, 503)


def page(entity: type[Entity]) -> dict[str, Any]:
    """What the route of a collection says of itself."""
    collection = entity.collection
    parameters = _queries(entity, page_parameters(entity))
    return route(
        f"{collection.title.en}: a page",
        f"{collection.about.en}\n\n{collection.about.zh}",
        {JSON.media_type: ref(f"{entity.__name__}Page"), **FILES},
        parameters,
        TROUBLES,
    )


def file(entity: type[Entity]) -> dict[str, Any]:
    """What the route of a collection's files says of itself."""
    collection = entity.collection
    return route(
        f"{collection.title.en}: every record, as a file",
        "Every record that matches, in one file; a stream that fails is cut short, so that clients see it fail.",
        {JSON.media_type: ref(f"{entity.__name__}File"), **FILES},
        _queries(entity, all_file_parameters(entity)),
        TROUBLES,
    )


def aggregate(entity: type[Entity], *, as_file: bool = False) -> dict[str, Any]:
    """What the route of a collection's aggregate says of itself; with an extension it is a file."""
    title, answer = entity.collection.title.en, {JSON.media_type: ref(f"{entity.__name__}Aggregate"), **FILES}
    about = (
        "Counts, sums, least and greatest values and averages of the records that match, in groups. What would add or "
        "compare unlike things is refused: different units, different things measured, a part beside its whole, values "
        "that are not known. The problem names the group, what is wrong in it and, in `allowed`, what would be right."
    )
    parameters = _queries(entity, all_aggregate_parameters(entity))
    if as_file:
        return route(f"{title}: in groups, as a file", about, answer, parameters, TROUBLES)
    return route(f"{title}: in groups", about, answer, parameters, TROUBLES)


def record(entity: type[Entity]) -> dict[str, Any]:
    """What the route of one record says of itself."""
    parameters = [query(parameter) for parameter in record_parameters(entity).values()]
    summary = f"{entity.collection.title.en}: one record"
    return route(summary, entity.collection.about.en, f"{entity.__name__}Answer", parameters, TROUBLES)


def shared_parameters() -> dict[str, Schema]:
    """Every filter of every collection by its name in the document: pages, files and aggregates take the same."""
    return {
        _shared_name(entity, parameter): query(parameter)
        for entity in ENTITIES
        for parameter in filters(entity).values()
    }


def _queries(entity: type[Entity], parameters: Mapping[str, Parameter]) -> list[Schema]:
    """The query parameters of a route, those that others take too by reference."""
    return [
        {"$ref": f"#/components/parameters/{_shared_name(entity, each)}"} if each.operator else query(each)
        for each in parameters.values()
    ]


def _shared_name(entity: type[Entity], parameter: Parameter) -> str:
    return f"{entity.collection.slug}.{parameter.name}"


def slug_schema(example: Any) -> Schema:
    """Return the schema of a slug in a path; other texts are not refused, but get 404."""
    return {"pattern": f"^{SLUG}$", "examples": [example]}


def route(
    summary: str,
    about: str,
    answer: str | Mapping[str, Mapping[str, Any]],
    parameters: Iterable[dict[str, Any]],
    problems: Iterable[int],
) -> dict[str, Any]:
    """The arguments of `add_api_route` that document a route.

    `answer` is the name of its JSON answer's schema, or for other media types the schema of each.
    """
    schemas = {JSON.media_type: ref(answer)} if isinstance(answer, str) else answer
    titles = {problem.status: problem.about for problem in PROBLEMS.values()}
    told = {status: _problem(titles[status]) for status in problems}
    ok = {
        "description": "The answer.",
        "headers": ANSWER_HEADERS,
        "content": {media_type: {"schema": schema} for media_type, schema in schemas.items()},
    }
    return {
        "summary": summary,
        "description": about,
        "response_model": None,
        "response_class": Response,  # of no media type but those told here
        "responses": {
            200: ok,
            304: {"description": "You have this answer already."},
            **told,
            "default": _problem("Any other problem."),
        },
        "openapi_extra": {"parameters": [*parameters]},
    }


def download(summary: str, about: str, parameters: Iterable[dict[str, Any]], problems: Iterable[int]) -> dict[str, Any]:
    """The arguments of `add_api_route` that document a file of any media type."""
    told = route(summary, about, {"*/*": TEXT}, parameters, problems)
    told["responses"][206] = {"description": "The part that was asked for.", "content": {"*/*": {"schema": TEXT}}}
    return told


def _problem(about: str) -> dict[str, Any]:
    return {"description": about, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}


def query(parameter: Parameter) -> dict[str, Any]:
    """A query parameter."""
    described: Schema = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        **({"required": True} if parameter.required else {}),
        # Not a parameter's own `example`: readers would fill in all of them.
        "schema": {**parameter.schema, **({"examples": [parameter.example]} if parameter.example != "" else {})},
    }
    if parameter.schema["type"] == "array":
        described |= {"style": "form", "explode": False}
    return described


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """Return FastAPI's document with the shared parameters and the schemas; it is made once."""
    document = app.openapi_schema
    if not document:
        document = FastAPI.openapi(app)
        components = document.setdefault("components", {})
        components["parameters"] = shared_parameters()
        components.setdefault("schemas", {}).update(schemas.components())
    return document
