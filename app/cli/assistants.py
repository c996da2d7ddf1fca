"""The command mcp."""

import asyncio
from importlib.util import find_spec
from logging.config import dictConfig
from typing import TYPE_CHECKING, Annotated, cast

import typer
from starlette.types import Scope

from app.cli.console import NOT_AVAILABLE, USAGE_ERROR, log, read_settings
from app.http.context import context_of, open_context
from app.http.logs import TEXT_LOGGING
from app.server import display_url
from app.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

    from app.mcp.api import RemoteApi


def mcp(
    server: Annotated[
        str | None,
        typer.Option(
            metavar="URL", envvar="SHANHAI_URL", help="Address of a server to read. Default: the local database."
        ),
    ] = None,
) -> None:
    """Serve assistants over stdin and stdout, by the Model Context Protocol."""
    settings = read_settings()
    if find_spec("mcp") is None:
        log("the packages for assistants are not installed. Run pip install 'shanhai[mcp]'")
        raise typer.Exit(USAGE_ERROR)
    dictConfig(TEXT_LOGGING)
    asyncio.run(_serve_remote(_remote(server)) if server else _serve_local(settings))


async def _serve_local(settings: Settings) -> None:
    """Serve the local database, as the server on this machine would. Its address stands in the links."""
    from app.main import create_app
    from app.mcp.api import InnerApi
    from app.mcp.refusals import Refused, read
    from app.mcp.transports import serve_stdio

    gateway = create_app(settings)
    app = cast("FastAPI", gateway.app)
    outer: Scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "server": None,
        "client": None,
        "headers": [],
    }
    open_context(outer)
    context = context_of(outer)
    context.base_url = settings.base_url or display_url(settings.host, settings.port)
    async with app.router.lifespan_context(app):
        api = InnerApi(app, outer, context.base_url, settings.max_parameters)
        try:
            await read(api, "/v1", {})
        except Refused as refusal:
            log(f"{refusal} Set SHANHAI_DATA_DIR to the folder of a loaded database, or SHANHAI_URL to a server")
            raise typer.Exit(NOT_AVAILABLE) from None
        await serve_stdio(api)


def _remote(address: str) -> "RemoteApi":
    """Return the API of another server. Exits with USAGE_ERROR if its address or a proxy cannot be used."""
    import httpx

    from app.client import USER_AGENT, Misconfigured, explaining_proxies, read_address
    from app.mcp.api import REMOTE_TIMEOUT_S, RemoteApi

    headers = {"accept": "application/json", "user-agent": f"{USER_AGENT} mcp"}
    try:
        root, auth = read_address(address)
        with explaining_proxies():
            client = httpx.AsyncClient(auth=auth, headers=headers, timeout=REMOTE_TIMEOUT_S, follow_redirects=True)
    except Misconfigured as error:
        raise typer.BadParameter(str(error), param_hint="--server") from None
    return RemoteApi(client, str(root))


async def _serve_remote(api: "RemoteApi") -> None:
    """Serve what another server answers."""
    from app.mcp.transports import serve_stdio

    async with api.client:
        await serve_stdio(api)
