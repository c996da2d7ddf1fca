"""The contestants of a run, each on the server's core, with the same figures."""

import base64
import http.client
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import httpx
import msgspec
import psutil

from bench import settings
from bench.console import progress
from bench.contestant import Contestant, Request
from bench.contestants.bare import Bare
from bench.contestants.datasette import Datasette
from bench.contestants.naive import Naive
from bench.contestants.ours import Ours
from bench.contestants.postgrest import Postgrest, binary
from bench.contestants.roapi import Roapi
from bench.copies import COLUMNS, parquet_copy, postgresql_copy, sqlite_copy
from bench.databases import Databases
from bench.names import OURS, OURS_POSTGRESQL, POSTGREST
from bench.postgres import pin
from bench.questions import Answer, Question, Record
from bench.serving import TIMEOUT_S, Server, serving
from bench.synthetic import figure_id

# One connection per request: a server may close an idle one.
CLIENT = httpx.Client(
    trust_env=False,
    timeout=TIMEOUT_S,
    headers={"Accept-Encoding": "identity"},
    limits=httpx.Limits(max_keepalive_connections=0),
)


class Runner(NamedTuple):
    """A running contestant."""

    contestant: Contestant
    server: Server

    def get(self, request: Request, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """Send a request and return the response."""
        method, body = ("POST", request.body) if request.body else ("GET", None)
        return CLIENT.request(method, self.server.address(request.path), content=body, headers=headers)

    def answer(self, question: Question) -> Answer | None:
        """Return the answer to a question, or None if the contestant cannot be asked it."""
        request = self.contestant.request(question)
        if request is None:
            return None
        body = self.get(request).raise_for_status().content
        return self.contestant.answer(question, msgspec.json.decode(body))


Field = dict[str, Runner]


def contestants(databases: Databases, postgresql: str) -> list[Contestant]:
    """Return all contestants that are installed."""
    copy, schema, data = sqlite_copy(databases.sqlite), postgresql_copy(postgresql), str(databases.folder)
    installed: list[Contestant] = [
        Ours(OURS, f"sqlite:///{databases.sqlite}", data),
        Ours(OURS_POSTGRESQL, postgresql, data),
        Datasette(copy),
        Naive(copy),
        Roapi(parquet_copy(copy), COLUMNS),
    ]
    if binary():
        installed.append(Postgrest(postgresql, schema))
    else:
        progress("PostgREST is not installed (it comes with npm) and does not take part")
    return installed


@contextmanager
def running(databases: Databases, *, cores: Sequence[int] = (settings.SERVER_CORE,)) -> Iterator[Field]:
    """Run all contestants, except the bare server, which needs our responses first."""
    with ExitStack() as stack, databases.postgresql() as postgresql:
        every = contestants(databases, postgresql)
        database = psutil.Process(pin(databases.postgres_folder, list(cores)))

        def helpers() -> list[psutil.Process]:
            return [database, *database.children()]

        field: Field = {}
        for contestant in every:
            progress(f"starting {contestant.name}")
            ready = contestant.request(Record(figure_id(0)))
            assert ready  # noqa: S101 # every contestant has records
            own = helpers if contestant.name in {OURS_POSTGRESQL, POSTGREST} else list
            server = stack.enter_context(serving(contestant.command, ready.path, cores, own))
            field[contestant.name] = Runner(contestant, server)
        yield field


@contextmanager
def bare(answers: Mapping[str, Any], *, cores: Sequence[int] = (settings.SERVER_CORE,)) -> Iterator[Runner]:
    """Run the bare server with these responses."""
    file = settings.DATA / "answers.json"
    file.write_bytes(msgspec.json.encode(answers))
    contestant = Bare("bare_app", BENCH_ANSWERS=str(file))
    ready = next(path for path, each in answers.items() if each["status"] == 200)
    with serving(contestant.command, ready, cores) as server:
        yield Runner(contestant, server)


def capture(server: Server, path: str, headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the status, headers and body that a server sends, without the headers that uvicorn adds."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", path, headers=dict(headers))
    answer = connection.getresponse()
    headers_sent = [(name, value) for name, value in answer.getheaders() if name.lower() != "date"]
    body = base64.b64encode(answer.read()).decode()
    connection.close()
    return {"status": answer.status, "headers": headers_sent, "body": body}
