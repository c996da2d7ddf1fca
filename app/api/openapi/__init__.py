"""The OpenAPI document. Routes describe themselves by `route`; `openapi_document` adds what FastAPI cannot know."""

from app.api.openapi.operations import (
    BINARY,
    OBJECT,
    SLUG_SCHEMA,
    TEXT,
    Answer,
    aggregate,
    page,
    query,
    record,
    record_id,
    route,
)

__all__ = [
    "BINARY",
    "OBJECT",
    "SLUG_SCHEMA",
    "TEXT",
    "Answer",
    "aggregate",
    "page",
    "query",
    "record",
    "record_id",
    "route",
]
