"""The OpenAPI document: what each route says of itself, derived from the same parameters that are read."""

from collections.abc import Iterable, Mapping
from typing import Any

from app.api.schemas import TEXT, Schema, ref
from app.entity import SLUG, Entity
from app.errors import PROBLEMS
from app.formats import FORMATS, JSON
from app.http.problems import MEDIA_TYPE
from app.query.controls import all_file_parameters, page_parameters, record_parameters
from app.query.filters import example_of
from app.query.parameters import Parameter

ANSWER_HEADERS = {
    "ETag": {"description": "Strong validator; send it back in If-None-Match.", "schema": TEXT},
    "Last-Modified": {"description": "When the release was loaded.", "schema": TEXT},
    "Link": {"description": "The answer's `links` (RFC 8288).", "schema": TEXT},
    "X-Request-Id": {"description": "The request's id, yours or ours.", "schema": TEXT},
}


# A file in any format but JSON, whose schema is the page's.
FILES = {each.media_type: {"schema": {"type": "string"}} for each in FORMATS.values() if each is not JSON}


def page(entity: type[Entity]) -> dict[str, Any]:
    """What the route of a collection says of itself."""
    collection = entity.collection
    parameters = [query(parameter) for parameter in page_parameters(entity).values()]
    return route(
        f"{collection.title.en}: a page",
        f"{collection.about.en}\n\n{collection.about.zh}",
        f"{entity.__name__}Page",
        parameters,
        (404, 406, 422, 503),
        FILES,
    )


def file(entity: type[Entity]) -> dict[str, Any]:
    """What the route of a collection's files says of itself."""
    collection = entity.collection
    extension = path("extension", "The format.", allowed=list(FORMATS))
    return route(
        f"{collection.title.en}: every record, as a file",
        "Every record that matches, in one file; a stream that fails is cut short, so that clients see it fail.",
        f"{entity.__name__}File",
        [extension, *(query(parameter) for parameter in all_file_parameters(entity).values())],
        (404, 406, 422, 503),
        FILES,
    )


def record(entity: type[Entity]) -> dict[str, Any]:
    """What the route of one record says of itself."""
    parameters = [path_id(entity), *(query(parameter) for parameter in record_parameters(entity).values())]
    summary = f"{entity.collection.title.en}: one record"
    return route(summary, entity.collection.about.en, f"{entity.__name__}Answer", parameters, (404, 406, 422, 503))


def path_id(entity: type[Entity]) -> dict[str, Any]:
    """The id in the address of a record."""
    return path("id", f"The id of a record of {entity.collection.slug}.", example=example_of(entity.columns()["id"]))


def path(name: str, about: str, allowed: list[str] | None = None, example: Any = None) -> dict[str, Any]:
    """A part of an address."""
    schema: Schema = {"type": "string", "pattern": f"^{SLUG}$", "examples": [example]}
    if allowed:
        schema = {"type": "string", "enum": allowed}
    return {"name": name, "in": "path", "required": True, "description": about, "schema": schema}


def route(
    summary: str,
    about: str,
    schema: str,
    parameters: Iterable[dict[str, Any]],
    problems: Iterable[int],
    other: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The arguments of `add_api_route` that document a route; `other` are media types besides JSON."""
    titles = {problem.status: problem.about for problem in PROBLEMS.values()}
    told = {status: _problem(titles[status]) for status in problems}
    ok = {
        "description": "The answer.",
        "headers": ANSWER_HEADERS,
        "content": {JSON.media_type: {"schema": ref(schema)}, **(other or {})},
    }
    return {
        "summary": summary,
        "description": about,
        "response_model": None,
        "responses": {
            200: ok,
            304: {"description": "You have this answer already."},
            **told,
            "default": _problem("Any other problem."),
        },
        "openapi_extra": {"parameters": [*parameters]},
    }


def _problem(about: str) -> dict[str, Any]:
    return {"description": about, "content": {MEDIA_TYPE: {"schema": ref("Problem")}}}


def query(parameter: Parameter) -> dict[str, Any]:
    """A query parameter."""
    described: Schema = {
        "name": parameter.name,
        "in": "query",
        "description": parameter.about,
        # Not a parameter's own `example`: readers would fill in all of them.
        "schema": {**parameter.schema, **({"examples": [parameter.example]} if parameter.example != "" else {})},
    }
    if parameter.schema["type"] == "array":
        described |= {"style": "form", "explode": False}
    return described
