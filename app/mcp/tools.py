"""The six tools. Each sends one or two requests to the API, and returns what that answers or refuses."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.entity import SLUG, Entity
from app.errors import Fault, InvalidQuery
from app.mcp import words
from app.mcp.api import Api
from app.mcp.refusals import Document, Refused, read, read_text, words_of_error
from app.mcp.schemas import Described, Schema
from app.models import COLLECTIONS, Figure
from app.nearest import suggest_nearest
from app.standards.citation import STYLES

SEARCH_LIMIT, LIST_LIMIT = 10, 20  # unless the call has its own
LATEST = "latest"

Arguments = dict[str, Any]


class Link(NamedTuple):
    """An address that belongs to a result."""

    uri: str
    name: str
    media_type: str


@dataclass
class Result:
    """What a tool returns: JSON, its text if that is not the JSON, and addresses for those who quote it."""

    data: Document
    text: str = ""
    links: list[Link] = field(default_factory=list)


@dataclass(frozen=True)
class Tool:
    """A tool. `inputs` and `output` are its schemas, from the API's own."""

    title: str
    about: str
    inputs: Callable[[Described], dict[str, Schema]]
    output: Callable[[Described], Schema]
    call: Callable[[Api, Arguments], Awaitable[Result]]
    required: tuple[str, ...] = ()


async def search(api: Api, arguments: Arguments) -> Result:
    """Search in all collections."""
    return Result(await read(api, "/v1/search", {"limit": SEARCH_LIMIT} | arguments))


async def list_records(api: Api, arguments: Arguments) -> Result:
    """Return a page of a collection."""
    entity, filters = _entity(arguments), _filters(arguments)
    narrow = {} if {"fields", "include"} & arguments.keys() else {"fields": [*brief_fields(entity)]}
    query = {"limit": LIST_LIMIT} | narrow | arguments | filters
    return Result(await read(api, f"/v1/{entity.collection.slug}", query))


async def get_record(api: Api, arguments: Arguments) -> Result:
    """Return a record and, of a figure, its evidence."""
    slug, record_id = _entity(arguments).collection.slug, str(arguments.pop("id", ""))
    with_evidence = arguments.pop("evidence", True)
    path = f"/v1/{slug}/{record_id}"
    document = await read(api, path, arguments)
    if with_evidence and "evidence" in document["links"]:
        document["evidence"] = (await read(api, f"{path}/evidence", {}))["data"]
    return Result(document, links=_citations(api, record_id) if slug == Figure.collection.slug else [])


async def aggregate(api: Api, arguments: Arguments) -> Result:
    """Return groups with their measures."""
    entity, filters = _entity(arguments), _filters(arguments)
    return Result(await read(api, f"/v1/{entity.collection.slug}/aggregate", arguments | filters))


async def cite(api: Api, arguments: Arguments) -> Result:
    """Return a citation."""
    style = str(arguments.pop("style", next(iter(STYLES))))
    text = await read_text(api, f"/v1/citation.{style}", arguments)
    links = _citations(api, str(arguments.get("figure", "")))
    return Result({"style": style, "citation": text}, text, links)


async def compare_releases(api: Api, arguments: Arguments) -> Result:
    """Return what changed between two releases, or all releases."""
    old, new = (str(arguments.pop(name, "")) for name in ("old", "new"))
    if not old and not new:
        releases = await read(api, "/v1/releases", arguments)
        for each in releases["data"]:
            each.pop("files", None)  # which no assistant reads, and are most of it
        return Result(releases)
    if not old or not new:
        raise Refused(words.BOTH)
    if LATEST in (old, new):
        latest = (await read(api, "/v1", {}))["meta"]["release"]
        old, new = (latest if each == LATEST else each for each in (old, new))
    return Result(await read(api, f"/v1/releases/{old}/diff/{new}", arguments))


def brief_fields(entity: type[Entity]) -> tuple[str, ...]:
    """Return the fields of a record that a quotation needs: names, amounts and all that qualifies them, the words."""
    columns, qualified = entity.columns(), entity.qualified
    amounts = (qualified.amounts[0], qualified.lower, qualified.upper, qualified.by, "unit") if qualified else ()
    shown = [each for each in entity.table_columns if "." not in each]
    named = [name for name, column in columns.items() if column.declared.names or column.is_term]
    source = (getattr(entity, "words_column", ""), "paragraph", "source_url")
    wanted = (
        "id",
        "name_zh",
        "name_en",
        "text_zh",
        "text_en",
        *amounts,
        *entity.additive_within,
        *shown,
        *named,
        *source,
    )
    fields = dict.fromkeys(name for name in wanted if name in columns)
    return (*fields, "source.url") if "source_id" in columns and "source_url" not in columns else (*fields,)


def _entity(arguments: Arguments) -> type[Entity]:
    """Take the collection from the arguments. Raises Refused."""
    slug = str(arguments.pop("collection", ""))
    if entity := COLLECTIONS.get(slug):
        return entity
    detail = f"There is no collection {slug[:100]!r}." + str(suggest_nearest(slug[:100], [*COLLECTIONS]))
    raise Refused(words_of_error(InvalidQuery([Fault("collection", detail, [*COLLECTIONS])])))


def _filters(arguments: Arguments) -> Arguments:
    """Take the filters from the arguments. Raises Refused."""
    filters = arguments.pop("filters", None) or {}
    if not isinstance(filters, dict):
        detail = 'It must be an object, such as {"unit": "CNY"}.'
        raise Refused(words_of_error(InvalidQuery([Fault("filters", detail)])))
    return filters


def _citations(api: Api, figure_id: str) -> list[Link]:
    """Return the addresses of the citations of a figure's article, or of the dataset."""
    query = f"?figure={figure_id}" if re.fullmatch(SLUG, figure_id) else ""
    return [
        Link(f"{api.base_url}/v1/citation.{name}{query}", f"citation.{name}", style.media_type)
        for name, style in STYLES.items()
    ]


_COLLECTION: dict[str, Schema] = {
    "collection": {"type": "string", "enum": [*COLLECTIONS], "description": words.COLLECTION}
}
_PAGE, _RECORD, _AGGREGATE, _DIFF = (
    "/v1/figures",
    "/v1/figures/{id}",
    "/v1/figures/aggregate",
    "/v1/releases/{old}/diff/{new}",
)


def _search_inputs(api: Described) -> dict[str, Schema]:
    return api.inputs("/v1/search", ("q", "collection", "limit", "cursor"), limit=SEARCH_LIMIT)


def _page_inputs(api: Described) -> dict[str, Schema]:
    filters = {"type": "object", "description": words.FILTERS, "properties": api.filters()}
    controls = api.inputs(_PAGE, ("q", "sort", "fields", "include", "limit", "cursor"), limit=LIST_LIMIT)
    return _COLLECTION | {"filters": filters} | _of_any_collection(controls)


def _record_inputs(api: Described) -> dict[str, Schema]:
    evidence = {"type": "boolean", "default": True, "description": words.EVIDENCE}
    record_id = {"type": "string", "description": words.ID}
    controls = api.inputs(_RECORD, ("fields", "include"))
    return _COLLECTION | {"id": record_id, "evidence": evidence} | _of_any_collection(controls)


def _record_output(api: Described) -> Schema:
    output, evidence = api.output_of_any("/{id}", depth=2), api.output_of_any("/{id}/evidence", depth=3)
    return {**output, "properties": {**output["properties"], "evidence": evidence["properties"]["data"]}}


def _aggregate_inputs(api: Described) -> dict[str, Schema]:
    filters = {"type": "object", "description": words.SAME_FILTERS}
    controls = api.inputs(_AGGREGATE, ("group_by", "measure", "q", "sort", "limit"))
    return _COLLECTION | _of_any_collection(controls) | {"filters": filters}


def _cite_inputs(api: Described) -> dict[str, Schema]:
    styles = ", ".join(f"{name} is {style.title}" for name, style in STYLES.items())
    style = {
        "type": "string",
        "enum": [*STYLES],
        "default": next(iter(STYLES)),
        "description": f"The format: {styles}.",
    }
    return api.inputs(f"/v1/citation.{next(iter(STYLES))}", ("figure",)) | {"style": style}


def _cite_output(_: Described) -> Schema:
    text = {"type": "string"}
    return {"type": "object", "properties": {"style": text, "citation": text}, "required": ["style", "citation"]}


def _of_any_collection(inputs: dict[str, Schema]) -> dict[str, Schema]:
    """Return schemas of lists without the words that one collection allows; a refusal has those of another."""
    text = {"type": "string"}
    return {name: {**schema, "items": text} if "items" in schema else schema for name, schema in inputs.items()}


TOOLS = {
    "search": Tool("Search", words.SEARCH, _search_inputs, lambda api: api.output("/v1/search"), search, ("q",)),
    "list_records": Tool(
        "List records", words.LIST, _page_inputs, lambda api: api.output_of_any(depth=3), list_records, ("collection",)
    ),
    "get_record": Tool("Get a record", words.GET, _record_inputs, _record_output, get_record, ("collection", "id")),
    "aggregate": Tool(
        "Add up and count",
        words.AGGREGATE,
        _aggregate_inputs,
        lambda api: api.output_of_any("/aggregate", depth=2),
        aggregate,
        ("collection",),
    ),
    "cite": Tool("Cite", words.CITE, _cite_inputs, _cite_output, cite),
    "compare_releases": Tool(
        "Compare releases",
        words.COMPARE,
        lambda api: api.inputs(_DIFF, ("old", "new")),
        lambda api: api.output_of(("/v1/releases", _DIFF), depth=2),
        compare_releases,
    ),
}
