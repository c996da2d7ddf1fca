"""Clients that call the application in this process."""

from contextlib import suppress
from typing import Any
from urllib.parse import unquote

import anyio
import httpx2
from starlette.testclient import TestClient
from starlette.types import Message


class SingleCallTransport(httpx2.BaseTransport):
    """Fetch a whole response with one call into the application's thread.

    Starlette's own transport makes ten calls per response, which costs the suite a fifth of its CPU time.
    """

    def __init__(self, client: TestClient) -> None:
        self._client = client

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Return the response, or a 500 if the application fails before it starts one."""
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
        chunks: list[bytes] = []

        async def run() -> None:
            complete, received = anyio.Event(), iter([{"type": "http.request", "body": body}])

            async def receive() -> Message:
                if message := next(received, None):
                    return message
                await complete.wait()
                return {"type": "http.disconnect"}

            async def send(message: Message) -> None:
                assert not complete.is_set(), f"{message['type']} after the last chunk"
                if message["type"] == "http.response.start":
                    assert not start, "a second start"
                    start.update(message)
                elif message["type"] == "http.response.body":
                    assert start, "a body without a start"
                    chunks.append(bytes(message.get("body", b"")))
                    if not message.get("more_body", False):
                        complete.set()

            with suppress(Exception):  # as behind a server: the client sees only what was sent
                await self._client.app(scope, receive, send)

        with self._client._portal_factory() as portal:
            portal.call(run)
        content = b"" if request.method == "HEAD" else b"".join(chunks)
        headers = [(key.decode(), value.decode()) for key, value in start.get("headers", [])]
        stream = httpx2.ByteStream(content)  # unlike `content=`, adds no Content-Length
        return httpx2.Response(start.get("status", 500), headers=headers, stream=stream, request=request)


class RepeatingClient(TestClient):
    """A client that sends every request twice, so that each expectation also holds for cached responses."""

    def __init__(self, app: Any) -> None:
        super().__init__(app)
        self._transport = SingleCallTransport(self)

    def request(self, method: str, url: Any, **options: Any) -> Any:
        """Return the second response, which must equal the first."""
        first = super().request(method, url, **options)
        second = super().request(method, url, **options)
        assert second.status_code == first.status_code
        if first.status_code < 400:
            headers, headers_again = dict(first.headers), dict(second.headers)
            assert headers.pop("x-request-id")
            assert headers_again.pop("x-request-id")
            assert headers_again == headers
            assert second.content == first.content
        return second
