"""A server under clients that read without a pause and compare every response with those of the two releases."""

import contextlib
import json
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import httpx
from sqlalchemy.engine import make_url

from tests.faults.backup import Installation
from tests.running import shanhai_apart, start, stop, wait_until

CLIENTS = 4
SWITCH_S = 1.0  # after a load, until no response is of the release before it


def faults(made: Installation, base: str = "") -> dict[str, str]:
    """Return the faults that `doctor --full` finds. Without a server there is one more, which is not counted."""
    port = str(make_url(base).port) if base else "1"
    # In a process of its own: this one remembers manifests of releases.
    report = json.loads(shanhai_apart("doctor", "--full", "--json", PORT=port, **made.environment).stdout)
    found = {each["check"]: each["found"] for each in report["checks"] if each["level"] == "fault"}
    if not base:
        found.pop("address")
    return found


@contextlib.contextmanager
def served(made: Installation, *arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Serve an installation. Raises AssertionError if the server ended, or logged an unexpected error."""
    with tempfile.TemporaryFile("w+") as log:
        base, process = start(arguments, made.environment, log)
        try:
            yield base, process
            assert process.poll() is None, "the server ended"
        finally:
            stop(process)
        log.seek(0)
        assert "Traceback" not in (text := log.read()), text[-3000:]


class Response(NamedTuple):
    """What a client got, and when it asked and had it."""

    asked: float
    had: float
    kind: str  # a status, `wrong`, or the class of an error
    content: str


class Readers:
    """Clients that read without a pause. No response comes from a cache, and none reads what another has read."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._good: dict[str, str] = {}  # the release of each content
        self._numbers = count(10**12)
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(CLIENTS)]
        self.responses: list[Response] = []

    def learn(self, release: str) -> None:
        """Take what is served from now on as the content of a release."""
        time.sleep(2 * SWITCH_S)
        with httpx.Client(base_url=self._base, trust_env=False) as client:
            for path in self._paths():
                response = client.get(path).raise_for_status()
                self._good[_content(response)] = release

    def _paths(self) -> list[str]:
        number = next(self._numbers)
        return [
            f"/v1/figures?sort=-value&limit=100&value__lt={number}",
            f"/v1/products?id__in=yellow-peach,x{number}",
            f"/v1/products.csv?id__in=yellow-peach,x{number}",
        ]

    def _run(self) -> None:
        fresh = httpx.Limits(max_keepalive_connections=0)  # so that every worker answers
        with httpx.Client(base_url=self._base, trust_env=False, timeout=30, limits=fresh) as client:
            while not self._stopping.is_set():
                for path in self._paths():
                    asked, content = time.monotonic(), ""
                    try:
                        response = client.get(path)
                    except httpx.HTTPError as error:
                        kind = type(error).__name__
                    else:
                        kind = str(response.status_code)
                        if kind == "200":
                            content = self._good.get(_content(response), "")
                            kind = "200" if content else "wrong"
                            content = content or f"{path}: {response.text[:300]}"
                    self.responses.append(Response(asked, time.monotonic(), kind, content))

    def since(self, moment: float) -> list[Response]:
        """Return the responses to what was asked after a moment."""
        return [each for each in self.responses if each.asked >= moment]

    def wait_for(self, kind: str, moment: float) -> float:
        """Wait until a response of a kind to a request after a moment, and return the seconds until then."""
        wait_until(lambda: any(each.kind == kind for each in self.since(moment)))
        return next(each.had for each in self.since(moment) if each.kind == kind) - moment

    def __enter__(self) -> "Readers":
        for each in self._threads:
            each.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for each in self._threads:
            each.join()


def _content(response: httpx.Response) -> str:
    """Return what a response says of the data, without its own address."""
    if "json" not in response.headers["content-type"]:
        return response.text
    document = response.json()
    return json.dumps([document["meta"].get("release"), document["data"]])
