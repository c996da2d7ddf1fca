"""The API as the tools reach it: in this process for a request from outside, or on another server."""

from collections.abc import Sequence
from typing import Protocol

import httpx
from starlette.types import ASGIApp, Scope

from app.errors import Unavailable
from app.gateway import inner
from app.gateway.inner import Answer

MAX_ANSWER_BYTES = 400_000  # of one response, which goes into an assistant's context
REMOTE_TIMEOUT_S = 30.0

Query = Sequence[tuple[str, str]]


class Api(Protocol):
    """Answers GET requests."""

    @property
    def base_url(self) -> str:
        """The address of the API for readers, without `/v1`."""

    async def get(self, path: str, query: Query = ()) -> Answer:
        """Return the response to a GET. Raises ShanhaiError."""


class InnerApi:
    """The API of this process, for a request from outside."""

    def __init__(self, app: ASGIApp, outer: Scope, base_url: str, max_parameters: int) -> None:
        self.base_url = base_url
        self._app = app
        self._outer = outer
        self._max_parameters = max_parameters

    async def get(self, path: str, query: Query = ()) -> Answer:
        """Return the response to a GET. Raises InvalidQuery, TargetTooLong."""
        return await inner.get(self._app, self._outer, path, query, self._max_parameters, MAX_ANSWER_BYTES)


class RemoteApi:
    """The API of another server."""

    def __init__(self, client: httpx.AsyncClient, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")
        self.client = client

    async def get(self, path: str, query: Query = ()) -> Answer:
        """Return the response to a GET. Raises Unavailable."""
        try:
            async with self.client.stream("GET", f"{self.base_url}{path}", params=[*query]) as response:
                body = b""
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > MAX_ANSWER_BYTES:
                        return Answer(response.status_code, None, [])
                return Answer(response.status_code, body, [])
        except httpx.HTTPError as error:
            raise Unavailable(f"{self.base_url} does not answer.", error) from error
