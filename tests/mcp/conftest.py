"""An assistant: the protocol's own client, connected to a real server."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp.types import CallToolResult, TextContent


class Assistant:
    """A client whose calls wait for their results."""

    def __init__(self, portal: BlockingPortal, client: Client) -> None:
        self._portal = portal
        self.client = client

    def call(self, tool: str, **arguments: Any) -> CallToolResult:
        """Call a tool. The client compares the result with the tool's output schema."""
        result = self._portal.call(self.client.call_tool, tool, arguments)
        assert isinstance(result, CallToolResult)
        return result

    def data(self, tool: str, **arguments: Any) -> Any:
        """The data of a result."""
        result = self.call(tool, **arguments)
        assert not result.is_error, text_of(result)
        return result.structured_content

    def refusal(self, tool: str, **arguments: Any) -> str:
        """The words of a refusal."""
        result = self.call(tool, **arguments)
        assert result.is_error
        assert result.structured_content is None
        return text_of(result)

    def run(self, method: str, *arguments: Any) -> Any:
        """Another method of the client."""
        return self._portal.call(getattr(self.client, method), *arguments)


def text_of(result: CallToolResult) -> str:
    [text] = [each.text for each in result.content if isinstance(each, TextContent)]
    return text


@contextmanager
def connected(server: str | StdioServerParameters, mode: str = "auto") -> Iterator[Assistant]:
    """Connect an assistant to a server."""
    with (
        start_blocking_portal() as portal,
        portal.wrap_async_context_manager(Client(server, mode=mode)) as client,
    ):
        yield Assistant(portal, client)


@pytest.fixture(scope="session")
def assistant(service: str) -> Iterator[Assistant]:
    """An assistant of a running service."""
    with connected(f"{service}/mcp") as opened:
        yield opened
