"""Clients of the application within this process."""

from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import anyio
import httpx2
from starlette.testclient import TestClient
from starlette.types import Message


class Whole(httpx2.BaseTransport):
    """Has the application answer in full, by one call into the thread in which it runs.

    Starlette's own transport fetches an answer piece by piece, with ten calls: twice the time of most requests.
    """

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer; 500 where the application fails before it began to answer."""
        url, body = request.url, request.read()
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": request.method,
            "path": unquote(url.path),
            "raw_path": url.raw_path.split(b"?", 1)[0],
            "root_path": "",
            "scheme": url.scheme,
            "query_string": url.query,
            "headers": [(key.lower().encode(), value.encode()) for key, value in request.headers.multi_items()],
            "client": ("testclient", 50000),
            "server": [url.raw_host.decode("ascii"), url.port or {"http": 80, "https": 443}[url.scheme]],
            "extensions": {},
            "state": self._client.app_state.copy(),
        }
        start: Message = {}
        pieces: list[bytes] = []

        async def run() -> None:
            given, over = False, anyio.Event()

            async def receive() -> Message:
                nonlocal given
                if given:
                    await over.wait()
                    return {"type": "http.disconnect"}
                given = True
                return {"type": "http.request", "body": body}

            async def send(message: Message) -> None:
                assert not over.is_set(), f"{message['type']} after the end"
                if message["type"] == "http.response.start":
                    assert not start, "begun twice"
                    start.update(message)
                elif message["type"] == "http.response.body":
                    assert start, "a body without a beginning"
                    pieces.append(bytes(message.get("body", b"")))
                    if not message.get("more_body", False):
                        over.set()

            with suppress(Exception):  # as behind a server: whoever asked sees only what was sent
                await self._client.app(scope, receive, send)

        with self._client._portal_factory() as portal:
            portal.call(run)
        content = b"" if request.method == "HEAD" else b"".join(pieces)
        headers = [(key.decode(), value.decode()) for key, value in start.get("headers", [])]
        stream = httpx2.ByteStream(content)
        return httpx2.Response(start.get("status", 500), headers=headers, stream=stream, request=request)


class Insistent(TestClient):
    """A client that asks everything twice: whatever a test expects must hold for answers that are kept, too."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self._transport = Whole(self)

    def request(self, method: str, url: Any, **options: Any) -> Any:
        """The second answer, which has to be the first one again."""
        first = super().request(method, url, **options)
        again = super().request(method, url, **options)
        assert again.status_code == first.status_code
        told, told_again = dict(first.headers), dict(again.headers)
        if first.status_code < 400:
            assert told.pop("x-request-id")
            assert told_again.pop("x-request-id")
            assert told_again == told
            assert again.content == first.content
        return again
