"""What operations refer to: schemas, responses and headers."""

from collections.abc import Iterable
from functools import cache

from fastapi.openapi.constants import REF_TEMPLATE
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.models.problem import Problem
from app.api.models.records import record_models
from app.api.openapi.operations import BINARY, TEXT, Schema, content, ref
from app.api.texts import chinese, texts
from app.entity import Bilingual, Cited, Described, Entity, NamedInSource
from app.errors import (
    PROBLEMS,
    InvalidQuery,
    NotAcceptable,
    NotFound,
    RangeNotSatisfiable,
    ReleaseChanged,
    Unavailable,
)
from app.formats import FORMATS, JSON, Format
from app.http.problems import MEDIA_TYPE
from app.models import ENTITIES

HEADERS = {
    "ETag": {
        **texts(
            description=Bilingual(
                "强校验值，用于 If-None-Match、If-Match 与 If-Range。",
                "Strong validator for If-None-Match, If-Match and If-Range.",
            )
        ),
        "schema": TEXT,
    },
    "Link": {
        **texts(description=Bilingual("响应的链接（RFC 8288）。", "Links of the response (RFC 8288).")),
        "schema": TEXT,
    },
}
HEADER_REFS = {name: {"$ref": f"#/components/headers/{name}"} for name in HEADERS}

PROBLEM = {MEDIA_TYPE: {"schema": ref(Problem.__name__)}}

# The responses that are the same for every operation, by status: their names and descriptions. Problems that every
# address may answer are not declared one by one.
SHARED = {
    "206": ("PartialContent", Bilingual("所请求的部分。", "The requested part.")),
    "304": ("NotModified", Bilingual("客户端的副本仍是最新的。", "The client's copy is current.")),
    **{
        str(PROBLEMS[error].status): (error.__name__, Bilingual(about, f"{PROBLEMS[error].title}."))
        for error, about in (
            (NotFound, "这个网址下没有内容。"),
            (ReleaseChanged, "现在提供的是另一个版本。"),
            (RangeNotSatisfiable, "没有这样的范围。"),
            (InvalidQuery, "查询有误。"),
            (NotAcceptable, "没有可接受的格式。"),
            (Unavailable, "服务暂时不可用。"),
        )
    },
    "default": ("AnyProblem", Bilingual("其他错误。", "Any other problem.")),
}


@cache
def schemas() -> dict[str, Schema]:
    """Return the schemas of models that routes refer to by name."""
    models: list[type[BaseModel]] = [Problem, *(model for entity in ENTITIES for model in _models(entity))]
    _, document = models_json_schema([(model, "serialization") for model in models], ref_template=REF_TEMPLATE)
    schemas = {name: compact(schema) for name, schema in document["$defs"].items()}
    # Docstrings of the types of columns are in English; their Chinese follows from the declarations.
    for column in (column for entity in ENTITIES for column in entity.columns().values()):
        if vocabulary := column.vocabulary:
            labels = "；".join(f"`{term}` {term.label.zh}" for term in vocabulary)
            schemas[vocabulary.__name__] |= chinese(description=f"{labels}。")
        elif column.is_list and (name := getattr(column.items, "__name__", "")) in schemas:
            schemas[name] |= chinese(description=column.declared.about.zh)
    _share_columns(schemas)
    return schemas


def _models(entity: type[Entity]) -> tuple[type[BaseModel], ...]:
    models = record_models(entity)
    return (models.record, models.page, models.answer) if entity.briefly_documented else models


def _share_columns(schemas: dict[str, Schema]) -> None:
    """Make a component of each column that several entities inherit, with its description."""
    for base in (Entity, Described, Cited, NamedInSource):
        for name in vars(base).get("__annotations__", {}).keys() & base.model_fields.keys():
            shared = f"{name.title().replace('_', '')}Column"
            for entity in (each for each in ENTITIES if issubclass(each, base)):
                properties = schemas[entity.__name__]["properties"]
                schemas[shared], properties[name] = properties[name], ref(shared)


def responses() -> dict[str, Schema]:
    """Return the shared responses by name: of statuses, and of files by format."""
    bodies: dict[str, Schema] = {"206": content("*/*", BINARY), "304": {}}
    return {
        **{
            name: {**texts(description=about), "content": bodies.get(status, PROBLEM)}
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
    title = entity.collection.title
    about = Bilingual(f"{title.zh}，JSON 格式。", f"{title.en} as JSON.")
    return {**texts(description=about), "content": content(form.media_type, ref(f"{entity.__name__}File"))}


def _file(form: Format) -> Schema:
    media_type = form.media_type.partition(";")[0]
    body = content(media_type, TEXT if media_type.startswith("text/") else BINARY)
    about = Bilingual(f"{form.name} 格式的文件。", f"A file in the format {form.name}.")
    return {**texts(description=about), "headers": HEADER_REFS, "content": body}


def compact(schema: Schema) -> Schema:
    """Remove titles, which Pydantic derives from names, and write a type or null as a list of types."""
    schema = {key: value for key, value in schema.items() if key != "title"}
    if properties := schema.get("properties"):
        schema["properties"] = {name: compact(each) for name, each in properties.items()}
    match schema.get("anyOf"):
        case [{"type": str(kind), **rest}, {"type": "null"}] if "enum" not in rest:
            others = {key: value for key, value in schema.items() if key != "anyOf"}
            return {"type": [kind, "null"]} | {str(key): value for key, value in rest.items()} | others
    return schema
