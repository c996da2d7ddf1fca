"""The tools and resources as a server of the Model Context Protocol, by its official SDK."""

import logging
from collections.abc import Awaitable, Callable
from functools import lru_cache
from typing import Any

import msgspec
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp.types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    CompleteRequestParams,
    CompleteResult,
    Completion,
    ListResourcesResult,
    ListResourceTemplatesResult,
    ListToolsResult,
    ReadResourceRequestParams,
    ReadResourceResult,
    Resource,
    ResourceLink,
    ResourceTemplate,
    TextContent,
    TextResourceContents,
    ToolAnnotations,
)
from mcp.types import Tool as ListedTool

from app import __version__
from app.mcp import resources, words
from app.mcp.api import Api
from app.mcp.refusals import Refused, read_text
from app.mcp.schemas import Described
from app.mcp.tools import TOOLS
from app.models import COLLECTIONS

Handler = Callable[[Any, Any], Awaitable[Any]]

READ_ONLY = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
JSON = "application/json"

log = logging.getLogger("shanhai")


def mcp_server(api: Api) -> Server[Any]:
    """Return a server whose tools read this API."""
    handlers = _Handlers(api)

    def guarded(handler: Handler) -> Handler:
        """Let no text of an unexpected error reach the client, as the SDK would for some versions of the protocol."""

        async def answer(context: Any, params: Any) -> Any:
            try:
                return await handler(context, params)
            except MCPError:
                raise
            except Exception:
                log.exception("A message of an assistant failed.")
                raise MCPError(INTERNAL_ERROR, "The server failed.") from None

        return answer

    return Server(
        "shanhai",
        title="Shanhai 山海",
        version=__version__,
        instructions=words.INSTRUCTIONS,
        website_url=api.base_url,
        get_tool_input_schema=lambda _name: None,  # no argument has a header of its own
        on_list_tools=guarded(handlers.list_tools),
        on_call_tool=guarded(handlers.call_tool),
        on_list_resources=handlers.list_resources,
        on_list_resource_templates=handlers.list_templates,
        on_read_resource=guarded(handlers.read_resource),
        on_completion=guarded(handlers.complete),
    )


class _Handlers:
    """What answers the messages of the protocol."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def list_tools(self, _context: object, _params: object) -> ListToolsResult:
        try:
            document = await read_text(self._api, "/v1/openapi.json", {})
        except Refused as refusal:
            raise MCPError(INVALID_PARAMS, str(refusal)) from None
        return ListToolsResult(tools=listed_tools(document))

    async def call_tool(self, _context: object, params: CallToolRequestParams) -> CallToolResult:
        if (tool := TOOLS.get(params.name)) is None:
            raise MCPError(INVALID_PARAMS, f"There is no tool {params.name[:100]!r}. There are {', '.join(TOOLS)}.")
        try:
            result = await tool.call(self._api, dict(params.arguments or {}))
        except Refused as refusal:
            return CallToolResult(content=[TextContent(text=str(refusal))], is_error=True)
        text = result.text or msgspec.json.encode(result.data).decode()
        links = [ResourceLink(uri=link.uri, name=link.name, mime_type=link.media_type) for link in result.links]
        return CallToolResult(content=[TextContent(text=text), *links], structured_content=result.data)

    async def list_resources(self, _context: object, _params: object) -> ListResourcesResult:
        return ListResourcesResult(
            resources=[
                Resource(
                    uri=resources.DICTIONARY.format(collection=slug),
                    name=f"dictionary-{slug}",
                    title=f"{entity.collection.title.en} · {entity.collection.title.zh}",
                    description=f"{entity.collection.about.en} {words.DICTIONARY}",
                    mime_type=JSON,
                )
                for slug, entity in COLLECTIONS.items()
            ]
        )

    async def list_templates(self, _context: object, _params: object) -> ListResourceTemplatesResult:
        templates = {"dictionary": (resources.DICTIONARY, words.DICTIONARY), "record": (resources.RECORD, words.RECORD)}
        return ListResourceTemplatesResult(
            resource_templates=[
                ResourceTemplate(uri_template=template, name=name, description=about, mime_type=JSON)
                for name, (template, about) in templates.items()
            ]
        )

    async def read_resource(self, _context: object, params: ReadResourceRequestParams) -> ReadResourceResult:
        try:
            text = await resources.read_resource(self._api, params.uri)
        except Refused as refusal:
            raise MCPError(INVALID_PARAMS, str(refusal)) from None
        return ReadResourceResult(contents=[TextResourceContents(uri=params.uri, mime_type=JSON, text=text)])

    async def complete(self, _context: object, params: CompleteRequestParams) -> CompleteResult:
        known = (params.context and params.context.arguments) or {}
        argument = params.argument
        try:
            ids, total = await resources.complete(self._api, argument.name, argument.value, known.get("collection", ""))
        except Refused:  # what is typed so far begins no id
            ids, total = [], 0
        return CompleteResult(completion=Completion(values=ids, total=total, has_more=total > len(ids)))


@lru_cache(4)
def listed_tools(document: str) -> list[ListedTool]:
    """Return the tools as clients list them, with their schemas from an OpenAPI document.

    It stays the same until the next release, and every client lists them at its start.
    """
    api = Described(document)
    return [
        ListedTool(
            name=name,
            title=tool.title,
            description=tool.about,
            input_schema={
                "type": "object",
                "properties": tool.inputs(api),
                "required": [*tool.required],
                "additionalProperties": False,
            },
            output_schema=tool.output(api),
            annotations=READ_ONLY,
        )
        for name, tool in TOOLS.items()
    ]
