"""The OpenAPI document. Routes describe themselves by `route`; `openapi_document` adds what FastAPI cannot know."""

from app.api.openapi.operations import (
    BINARY,
    OBJECT,
    TEXT,
    Answer,
    aggregate,
    page,
    query,
    record,
    record_id,
    route,
    slug_schema,
)

__all__ = [
    "BINARY",
    "OBJECT",
    "TEXT",
    "Answer",
    "aggregate",
    "page",
    "query",
    "record",
    "record_id",
    "route",
    "slug_schema",
]
