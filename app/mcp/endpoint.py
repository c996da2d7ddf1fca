"""`/mcp`: one message of the protocol in a request, and its response as JSON. Nothing is held between requests.

The protocol's package is an extra, which is imported when the first message comes.
"""

import asyncio
from collections import Counter
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from anyio import to_thread
from fastapi import FastAPI
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from app.errors import BadRequest, NotFound, Overloaded
from app.http.addresses import header
from app.http.bodies import read_body
from app.sentence import Sentence

PATH = "/mcp"
MAX_CALLS = 64  # at one time, in a process
CLIENT_CALLS = 16  # of one client
CALL_TIMEOUT_S = 30.0
CLIENT_CLOSED_REQUEST = 499

NOT_INSTALLED = Sentence(
    "本服务器没有安装智能助手接口（MCP）。运营者可用 pip install 'shanhai[mcp]' 安装。",
    "This server has no interface for assistants (MCP). Its operator installs it with pip install 'shanhai[mcp]'.",
)
TOO_MANY = Sentence(
    "智能助手的请求过多，请稍后再试。",
    "Too many calls of assistants are running. Try again after Retry-After seconds.",
)

_running: Counter[str] = Counter()  # calls by client
_loaded: list[ModuleType] = []  # the transport, once it is imported


def add_mcp(app: FastAPI) -> None:
    """Add the address to which assistants send their messages."""
    app.add_api_route(PATH, post_message, methods=["POST"], name="postMessage", include_in_schema=False)


async def post_message(request: Request) -> Response:
    """Answer one message. Raises what a request is refused for before the protocol reads it."""
    if find_spec("mcp") is None:
        raise NotFound(NOT_INSTALLED)
    media_type = (header(request.scope, b"content-type") or "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise BadRequest(Sentence("请求内容必须是 JSON。", "Send the body as application/json."))
    try:
        body = await read_body(request.receive)
    except ClientDisconnect:
        return Response(status_code=CLIENT_CLOSED_REQUEST)
    client = request.app.state.client_of(request.scope)
    if _running.total() >= MAX_CALLS or _running[client] >= CLIENT_CALLS:
        most = f"{MAX_CALLS} calls of assistants, {CLIENT_CALLS} of one client"
        raise Overloaded(TOO_MANY, limit=most)
    _running[client] += 1
    try:
        return await _answer(request, body)
    finally:
        _running[client] -= 1
        if not _running[client]:
            del _running[client]


async def _answer(request: Request, body: bytes) -> Response:
    """Let the protocol answer. Raises Overloaded."""
    if not _loaded:
        _loaded.append(await to_thread.run_sync(import_module, "app.mcp.transports"))
    try:
        async with asyncio.timeout(CALL_TIMEOUT_S):
            response: Response = await _loaded[0].respond(request, body)
    except TimeoutError:
        late = Sentence(
            f"{CALL_TIMEOUT_S:g} 秒内没有完成。请减少记录或加上筛选。",
            f"The call took longer than {CALL_TIMEOUT_S:g} seconds. Ask for fewer records.",
        )
        raise Overloaded(late, limit="CALL_TIMEOUT_S") from None
    return response
