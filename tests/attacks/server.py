"""A server that is attacked: what it costs, and whether it answers others meanwhile."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from string import printable
from time import perf_counter
from types import MappingProxyType
from urllib.parse import quote, urlsplit

import httpx

from tests.running import HANGS_S, start, stop, wait_until


def report(figures: str) -> None:
    """Print measured figures, which `pytest -rP` shows."""
    print(figures)  # noqa: T201


@dataclass
class Attacked:
    """A server with one worker."""

    base: str
    pid: int

    def client(self) -> httpx.Client:
        """A client that waits as long as a loaded machine may take."""
        headers = {"Accept-Encoding": "identity"}
        return httpx.Client(base_url=self.base, headers=headers, trust_env=False, timeout=HANGS_S)

    def get(self, path: str, headers: Mapping[str, str]) -> int:
        """Send a request as it is written, which clients would tidy; return the status of its response."""
        with closing(HTTPConnection(self.base.removeprefix("http://"), timeout=HANGS_S)) as connection:
            connection.request("GET", quote(path, safe=printable), headers={"Accept-Encoding": "identity", **headers})
            response = connection.getresponse()
            response.read()
            return response.status

    def unread(self, path: str, headers: Mapping[str, str] = MappingProxyType({})) -> socket.socket:
        """Send a request whose response is never read; return the connection."""
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        client.settimeout(HANGS_S)
        client.connect(("127.0.0.1", urlsplit(self.base).port))
        fields = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n".encode())
        return client

    def open_files(self) -> int:
        """The number of files and connections that the process has open."""
        return sum(1 for _ in Path(f"/proc/{self.pid}/fd").iterdir())

    def loop_cpu_s(self) -> float:
        """The processor time of the event loop's thread, which other processes of the machine do not change."""
        return self._cpu_s(Path(f"/proc/{self.pid}/task/{self.pid}"))

    def cpu_s(self) -> float:
        """The processor time of all threads."""
        return sum(map(self._cpu_s, Path(f"/proc/{self.pid}/task").iterdir()))

    def resident_mb(self) -> float:
        """The memory that the process alone takes: without the pages of files that it maps."""
        status = Path(f"/proc/{self.pid}/status").read_text("utf-8").splitlines()
        return sum(int(line.split()[1]) for line in status if line.startswith(("RssAnon", "RssShmem"))) / 1_000

    @staticmethod
    def _cpu_s(task: Path) -> float:
        return int((task / "schedstat").read_text("utf-8").split()[0]) / 1e9

    @contextmanager
    def probed(self) -> Iterator["Probe"]:
        """Ask for /healthz again and again during the block."""
        probe, ended = Probe(), threading.Event()

        def ask() -> None:
            with self.client() as client:
                while not ended.is_set():
                    start = perf_counter()
                    assert client.get("/healthz").status_code == 200
                    probe.waits_s.append(perf_counter() - start)

        thread = threading.Thread(target=ask)
        thread.start()
        try:
            wait_until(lambda: bool(probe.waits_s))
            yield probe
        finally:
            ended.set()
            thread.join(HANGS_S)


@dataclass
class Probe:
    """How long another client waited for its answers."""

    waits_s: list[float] = field(default_factory=list)

    @property
    def longest_s(self) -> float:
        return max(self.waits_s)


@contextmanager
def attacked_server(data: Path, folder: Path, cache_mb: int, **settings: str) -> Iterator[Attacked]:
    """Run a server on a folder of data as it is, warm, so that imports count for no request."""
    with (folder / "log").open("w") as log:
        settings |= {"SHANHAI_DATA_DIR": str(data), "SHANHAI_CACHE_MB": str(cache_mb), "SHANHAI_ACCESS_LOG": "all"}
        base, process = start(["--no-prepare"], settings, log)
        try:
            server = Attacked(base, process.pid)
            for path in ("/en", "/zh", "/v1/figures?facet=unit", "/v1/search?q=油", "/zh/nothing", "/v1/citation.bib"):
                server.get(path, {"Accept": "text/html"})
            yield server
        finally:
            stop(process)
