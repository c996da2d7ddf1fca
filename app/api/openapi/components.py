"""What operations refer to: schemas, responses and headers."""

from collections.abc import Iterable
from functools import cache

from fastapi.openapi.constants import REF_TEMPLATE
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.models.problem import Problem
from app.api.models.records import record_models
from app.api.openapi.operations import BINARY, TEXT, Schema, content, ref
from app.entity import Entity
from app.errors import PROBLEMS, InvalidQuery, NotFound, RangeNotSatisfiable, ReleaseChanged
from app.formats import FORMATS, JSON, Format
from app.http.problems import MEDIA_TYPE
from app.models import ENTITIES

HEADERS = {
    "ETag": {"description": "Strong validator for If-None-Match, If-Match and If-Range.", "schema": TEXT},
    "Link": {"description": "Links of the response (RFC 8288).", "schema": TEXT},
}
HEADER_REFS = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}

PROBLEM = {MEDIA_TYPE: {"schema": ref(Problem.__name__)}}

# The responses that are the same for every operation, by status: their names and descriptions. Problems that every
# address may answer are not declared one by one.
SHARED = {
    "206": ("PartialContent", "The requested part."),
    "304": ("NotModified", "The client's copy is current."),
    **{
        str(PROBLEMS[error].status): (error.__name__, f"{PROBLEMS[error].title}.")
        for error in (NotFound, ReleaseChanged, RangeNotSatisfiable, InvalidQuery)
    },
    "default": ("AnyProblem", "Any other problem."),
}


@cache
def schemas() -> dict[str, Schema]:
    """Return the schemas of models that routes refer to by name."""
    models: list[type[BaseModel]] = [Problem, *(model for entity in ENTITIES for model in record_models(entity))]
    _, document = models_json_schema([(model, "serialization") for model in models], ref_template=REF_TEMPLATE)
    return {name: _compact(schema) for name, schema in document["$defs"].items()}


def responses() -> dict[str, Schema]:
    """Return the shared responses by name: of statuses, and of files by format."""
    bodies: dict[str, Schema] = {"206": content("*/*", BINARY), "304": {}}
    return {
        **{
            name: {"description": about, "content": bodies.get(status, PROBLEM)}
            for status, (name, about) in SHARED.items()
        },
        **{each.name: _file(each) for each in FORMATS.values() if each is not JSON},
    }


def shared_responses(statuses: Iterable[str]) -> dict[str, Schema]:
    """Return references to the shared responses of these statuses."""
    return {status: {"$ref": f"#/components/responses/{SHARED[status][0]}"} for status in statuses}


def file_response(entity: type[Entity], form: Format) -> Schema:
    """Return the response that is a file in this format; only JSON has a model of its own for each entity."""
    if form is not JSON:
        return {"$ref": f"#/components/responses/{form.name}"}
    about = f"{entity.collection.title.en} as JSON."
    return {"description": about, "content": content(form.media_type, ref(f"{entity.__name__}File"))}


def _file(form: Format) -> Schema:
    media_type = form.media_type.partition(";")[0]
    body = content(media_type, TEXT if media_type.startswith("text/") else BINARY)
    return {"description": f"A file in the format {form.name}.", "headers": HEADER_REFS, "content": body}


def _compact(schema: Schema) -> Schema:
    """Remove titles, which Pydantic derives from names, and write a type or null as a list of types."""
    schema = {key: value for key, value in schema.items() if key != "title"}
    if properties := schema.get("properties"):
        schema["properties"] = {name: _compact(each) for name, each in properties.items()}
    match schema.get("anyOf"):
        case [{"type": str(kind), **rest}, {"type": "null"}] if "enum" not in rest:
            others = {key: value for key, value in schema.items() if key != "anyOf"}
            return {"type": [kind, "null"]} | {str(key): value for key, value in rest.items()} | others
    return schema
