"""What each route says of its operation: one media type, its own query parameters, and the problems to expect.

FastAPI turns `response_model` into schemas. It places no model under a media type that is not the route's own, and the
models of the entities would slow down the start: routes refer to both by name, and `components` holds them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi.openapi.constants import REF_PREFIX
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel

from app.api.texts import chinese, described, texts
from app.entity import SLUG, Bilingual, Entity
from app.formats import JSON
from app.request.parameters import Parameter

Schema = dict[str, Any]
Answer = type[BaseModel] | Mapping[str, Any]  # a model, or the schema of what no model describes

TEXT: Schema = {"type": "string"}
BINARY: Schema = {"type": "string", "format": "binary"}
OBJECT: Schema = {"type": "object"}
SLUG_SCHEMA: Schema = {"pattern": f"^{SLUG}$"}  # of a slug in a path; other texts are not refused, but get 404

SUCCESS = Bilingual("成功", "OK")  # the summary of the operation says what comes

BYTES = "application/octet-stream"
TYPES_OF_GENERATORS = ("text/", "application/json", "+json")  # which every generator of clients reads


def ref(name: str) -> Schema:
    """Return a reference to a schema of the document."""
    return {"$ref": f"{REF_PREFIX}{name}"}


def content(media_type: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content of a response in one media type.

    Generators drop a response whose type they do not know; the second entry makes them return its bytes.
    """
    entry = {"schema": schema}
    is_known = any(each in media_type for each in TYPES_OF_GENERATORS)
    return {media_type: entry} if is_known else {media_type: entry, BYTES: {"schema": BINARY}}


def route(
    summary: Bilingual,
    about: Bilingual,
    answer: Answer,
    problems: Iterable[int],
    parameters: Iterable[Schema] = (),
    media_type: str = JSON.media_type,
) -> dict[str, Any]:
    """Return the arguments of `add_api_route` that document a route.

    `problems` are the statuses of its problems besides what every address may answer.
    """
    model = answer if isinstance(answer, type) else None
    body = content(media_type, ref(answer.__name__) if isinstance(answer, type) else answer)
    return {
        "summary": summary.en,
        "description": about.en,
        "response_model": model,
        "response_class": JSONResponse if model else Response,
        "responses": {
            200: {**texts(description=SUCCESS), "content": body},
            **{status: {} for status in problems},
        },
        "openapi_extra": {"parameters": [*parameters], **chinese(summary=summary.zh, description=about.zh)},
    }


def record_id(entity: type[Entity]) -> dict[str, Any]:
    """Return the arguments of the path parameter that is the id of one of the entity's records."""
    about = Bilingual(
        f"记录的标识，表为“{entity.collection.title.zh}”。", f"The id of a record of {entity.collection.slug}."
    )
    return described(about, SLUG_SCHEMA)


def query(parameter: Parameter) -> Schema:
    """Return a query parameter. Its example belongs to the schema: readers would fill in a parameter's own."""
    described: Schema = {
        "name": parameter.name,
        "in": "query",
        **texts(description=parameter.about),
        **({"required": True} if parameter.required else {}),
        "schema": {**parameter.schema, **({"examples": [parameter.example]} if parameter.example != "" else {})},
    }
    if parameter.schema["type"] == "array":
        described["explode"] = False
    return described


def page(entity: type[Entity]) -> dict[str, Any]:
    """Document the page of a collection."""
    title, about = entity.collection.title, entity.collection.about
    return route(
        Bilingual(f"{title.zh}：一页", f"{title.en}: a page"),
        about,
        ref(f"{entity.__name__}Page"),
        (409, 422),
    )


def aggregate(entity: type[Entity]) -> dict[str, Any]:
    """Document the aggregate of a collection."""
    title = entity.collection.title
    return route(
        Bilingual(f"{title.zh}：分组汇总", f"{title.en}: in groups"),
        Bilingual(
            "符合条件的记录按组计数、求和、取最小值、最大值与平均值。",
            "Counts, sums, minima, maxima and averages of the matching records, by group.",
        ),
        ref(f"{entity.__name__}Aggregate"),
        (422,),
    )


def record(entity: type[Entity]) -> dict[str, Any]:
    """Document a single record."""
    title = entity.collection.title
    summary = Bilingual(f"{title.zh}：一条记录", f"{title.en}: one record")
    about = Bilingual("按标识取一条记录。", "One record by its id.")
    return route(summary, about, ref(f"{entity.__name__}Answer"), (404, 422))
