"""The server behind a transport: one HTTP request, or the standard streams of `shanhai mcp`."""

from mcp.server.stdio import stdio_server
from mcp.server.streamable_http_manager import StreamableHTTPSessionManager
from starlette.requests import Request
from starlette.responses import Response

from app.gateway import inner
from app.http.bodies import MAX_BODY_BYTES
from app.http.context import context_of
from app.mcp.api import MAX_ANSWER_BYTES, Api, InnerApi
from app.mcp.server import mcp_server

MAX_RESPONSE_BYTES = 6 * MAX_ANSWER_BYTES  # a result has its JSON twice, once as a text in which quotes are escaped


async def respond(request: Request, body: bytes) -> Response:
    """Return the response to one message.

    The manager serves this request alone, since the protocol without sessions needs no more: nothing outlives the
    request. Its guard against foreign hosts is off, for the gateway has one by the operator's settings.
    """
    max_parameters = request.app.state.gateway.max_parameters
    api = InnerApi(request.app, request.scope, context_of(request.scope).base_url, max_parameters)
    manager = StreamableHTTPSessionManager(
        mcp_server(api), json_response=True, stateless=True, max_request_body_size=MAX_BODY_BYTES
    )
    async with manager.run():
        answer = await inner.collect(manager.handle_request, request.scope, body, MAX_RESPONSE_BYTES)
    response = Response(answer.body or b"", answer.status)
    response.raw_headers = [*answer.headers, (b"cache-control", b"no-store")]
    return response


async def serve_stdio(api: Api) -> None:
    """Answer the messages on stdin until it ends."""
    server = mcp_server(api)
    async with stdio_server() as (received, sent):
        await server.run(received, sent, server.create_initialization_options())
