"""Endpoints that are found by one look at the address: the routes' own, called ahead of routing.

Routing tries one pattern after the other and solves what an endpoint depends on; ours depend on the request alone.
"""

import logging
from collections.abc import Awaitable, Callable, Iterable
from inspect import signature

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import ShanhaiError

log = logging.getLogger("shanhai")

Endpoint = Callable[[Request], Awaitable[Response]]
Tell = Callable[[Request, Exception], Awaitable[Response]]

LAST = "{id}"  # what an address may end with, besides plain words


class Shortcut:
    """Stands before an application that routes. What goes wrong in an endpoint is told by `tell`, as it does, too."""

    def __init__(self, app: ASGIApp, routes: Iterable[APIRoute], tell: Tell) -> None:
        self.app = app
        self.tell = tell
        self.plain: dict[str, Endpoint] = {}
        self.last: dict[str, Endpoint] = {}  # by what stands before the id
        for route in routes:
            above = route.path.removesuffix(LAST)
            if list(signature(route.endpoint).parameters) == ["request"] and "{" not in above:
                (self.plain if above == route.path else self.last).setdefault(above, route.endpoint)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a GET."""
        endpoint, scope["path_params"] = self.plain.get(scope["path"]), {}
        if endpoint is None:
            above, _, last = scope["path"].rpartition("/")
            if last and "." not in last:  # with a dot it may be a file
                endpoint, scope["path_params"] = self.last.get(f"{above}/"), {"id": last}
        if endpoint is None:
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            response = await endpoint(request)
        except ShanhaiError as error:
            response = await self.tell(request, error)
        except Exception as error:
            log.exception("request to %s", scope["path"])
            response = await self.tell(request, error)
        await response(scope, receive, send)
