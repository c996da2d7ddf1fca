"""A proxy before the real service that cuts, refuses and changes answers as a test wants."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

Answer = tuple[int, dict[str, str], bytes]
BY_HOP = {"connection", "transfer-encoding", "content-length", "date", "server"}


@dataclass
class Faults:
    """What goes wrong, and what was requested."""

    cuts: list[int] = field(default_factory=list)  # after how many bytes the next bodies break off
    refusals: list[tuple[int, str]] = field(default_factory=list)  # statuses of the next answers, with Retry-After
    change: Callable[[Answer], Answer] = lambda answer: answer
    identity: bool = False  # whether bodies come without compression, as a change needs them
    base: str = ""
    requests: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    on_cut: Callable[[], Any] = lambda: None

    @property
    def ranges(self) -> list[str | None]:
        """The ranges that were requested of bodies, in order."""
        return [headers.get("range") for method, _, headers in self.requests if method == "GET"]


@contextmanager
def proxy(service: str) -> Iterator[Faults]:
    faults = Faults()
    upstream = httpx.URL(service)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            faults.requests.append((self.command, self.path, headers))
            if faults.refusals and self.command == "GET":
                status, wait = faults.refusals.pop(0)
                self.answer((status, {"retry-after": wait, "content-type": "text/plain"}, b"busy"))
                return
            if faults.identity:
                headers["accept-encoding"] = "identity"
            connection = HTTPConnection(upstream.host, upstream.port)
            path = self.path.removeprefix("http://data.example.org")
            connection.request(self.command, path, headers=headers)
            response = connection.getresponse()
            kept = {name.lower(): value for name, value in response.getheaders()}
            body = response.read()
            length = {"content-length": kept["content-length"]} if self.command == "HEAD" else {}
            connection.close()
            kept = {name: value for name, value in kept.items() if name not in BY_HOP} | length
            self.answer(faults.change((response.status, kept, body)))

        do_HEAD = do_GET  # noqa: N815

        def answer(self, answer: Answer) -> None:
            status, headers, body = answer
            self.send_response(status)
            for name, value in ({"content-length": str(len(body))} | headers).items():
                self.send_header(name, value)
            self.end_headers()
            if faults.cuts and self.command == "GET" and "/v1/" in self.path:
                self.wfile.write(body[: faults.cuts.pop(0)])
                self.wfile.flush()
                faults.on_cut()
                self.close_connection = True
            elif self.command == "GET":
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        faults.base = f"http://127.0.0.1:{server.server_port}"
        try:
            yield faults
        finally:
            server.shutdown()
            thread.join()
