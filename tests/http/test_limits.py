"""What one request may cost: refusals that name the limit, and the processor time that the worst of the rest takes."""

import asyncio
from itertools import islice, product
from string import ascii_lowercase
from urllib.parse import urlsplit

import httpx
import psutil
import pytest
from starlette.testclient import TestClient

from app.http.limits import MAX_NEGOTIATION_CHARS, MAX_PARAMETERS
from app.http.memo import cached_by_short_text
from app.models import COLLECTIONS
from app.read.cache import MAX_FACTS_BYTES, Facts
from app.request.conditions import Filter
from app.request.filters import filters
from tests.conftest import client_of

pytestmark = pytest.mark.databases("sqlite")

FIGURES = COLLECTIONS["figures"]
MAX_CPU_S = 0.1  # of one request; the event loop serves nobody else meanwhile


def query(names: object, value: str = "1") -> str:
    return "&".join(f"{name}={value}" for name in names)  # type: ignore[attr-defined]


UNKNOWN = ["".join(letters) for letters in islice(product(ascii_lowercase, repeat=3), MAX_PARAMETERS)]
NEARLY_KNOWN = [f"{name}x" for name in islice(filters(FIGURES), MAX_PARAMETERS)]
IN_LISTS = [name for name in filters(FIGURES) if name.endswith("__in")]

# Each within the limits of a head, and as costly as they allow.
COSTLY: dict[str, tuple[str, dict[str, str]]] = {
    "unknown parameters": (f"/v1/figures?{query(UNKNOWN)}", {}),
    "nearly known parameters": (f"/v1/figures?{query(NEARLY_KNOWN)}", {}),
    "one long unknown parameter": (f"/v1/figures?{'value' * 3_000}", {}),
    "wrong values": (f"/v1/figures?{query(islice(filters(FIGURES), MAX_PARAMETERS), 'achievedx')}", {}),
    "long lists": (f"/v1/figures?{query(IN_LISTS[:6], ','.join(['abcdefgh'] * 99))}", {}),
    "a long list to sort by": (f"/v1/figures?sort={'valuex,' * 2_000}", {}),
    "a long cursor": (f"/v1/figures?cursor={'A' * 15_000}", {}),
    "a long search": (f"/v1/search?q={'油' * 200}", {}),
    "all facets": ("/v1/figures?limit=0&facet=unit,status,period,comparator,subject_kind,subject_id,indicator_id", {}),
    "a long address": (f"/v1/{'figures' * 2_000}", {}),
    "a long address of a page": (f"/zh/{'figures' * 2_000}", {"Accept": "text/html"}),
    "many types": ("/v1/figures", {"Accept": ",".join(["a"] * (MAX_NEGOTIATION_CHARS // 2))}),
    "many codings": ("/v1/figures", {"Accept-Encoding": ",".join(["a"] * (MAX_NEGOTIATION_CHARS // 2))}),
    "many languages": ("/", {"Accept-Language": ",".join(["a"] * (MAX_NEGOTIATION_CHARS // 2))}),
    "many ranges": ("/v1/figures", {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(2_500))}),
    "many tags": ("/v1/figures", {"If-None-Match": ",".join(f'"{n}"' for n in range(3_000))}),
    "a long date": ("/v1/figures", {"If-Modified-Since": "(" * 30_000}),
    "many fields": ("/v1/figures", {f"X-{n}": "a" * 250 for n in range(90)}),
}


@pytest.fixture(scope="module")
def worker(service: str) -> psutil.Process:
    """The process that serves; warm, so that imports count for no request."""
    for path in ("/", "/zh", "/v1/figures?facet=unit", "/v1/search?q=油", "/zh/nothing"):
        httpx.get(f"{service}{path}", headers={"Accept": "text/html"}, follow_redirects=True, trust_env=False)
    port = urlsplit(service).port
    listening = (each for each in psutil.process_iter() if each.name().startswith(("shanhai", "python")))
    return next(p for p in listening for c in p.net_connections("tcp") if c.status == "LISTEN" and c.laddr.port == port)


@pytest.mark.parametrize("case", COSTLY)
def test_no_request_holds_a_worker_for_long(service: str, worker: psutil.Process, case: str) -> None:
    """Processor time, which other processes of the machine do not change; the best of three."""
    path, headers = COSTLY[case]
    with httpx.Client(base_url=service, headers={"Accept-Encoding": "identity"}, trust_env=False) as client:
        assert min(_cpu_seconds(client, worker, path, headers) for _ in "123") <= MAX_CPU_S


def _cpu_seconds(client: httpx.Client, worker: psutil.Process, path: str, headers: dict[str, str]) -> float:
    before = worker.cpu_times()
    assert client.get(path, headers=headers).status_code < 500
    after = worker.cpu_times()
    return float(after.user + after.system - before.user - before.system)


def test_a_query_has_so_many_parameters_at_most(client: TestClient) -> None:
    fits = client.get(f"/v1/figures?{query(UNKNOWN)}").json()
    assert len(fits["errors"]) == MAX_PARAMETERS
    assert [bool(error["allowed"]) for error in fits["errors"]] == [True] * 5 + [False] * (MAX_PARAMETERS - 5)
    refused = client.get(f"/v1/figures?{query(UNKNOWN)}&one=more")
    assert (refused.status_code, refused.json()["errors"][0]["parameter"]) == (422, "query")
    assert "200 parameters" in refused.json()["detail"]


def test_only_the_first_wrong_values_are_compared_with_the_right_ones(client: TestClient) -> None:
    names = [name for name, each in filters(FIGURES).items() if each.column and each.column.vocabulary][:8]
    errors = client.get(f"/v1/figures?{query(names, 'achievedx')}").json()["errors"]
    assert [error["parameter"] for error in errors] == names
    assert [bool(error["allowed"]) for error in errors] == [True] * 5 + [False] * 3
    assert all("achievedx" in error["detail"] for error in errors)


@pytest.mark.parametrize("name", ["Accept", "Accept-Encoding", "Accept-Language"])
def test_a_negotiation_field_is_bounded(client: TestClient, name: str) -> None:
    fits = f"*/*,{'a' * (MAX_NEGOTIATION_CHARS - 4)}"
    assert client.get("/v1/places", headers={name: fits}).status_code == 200
    refused = client.get("/v1/places", headers={name: f"{fits}a"})
    assert (refused.status_code, refused.json()["code"]) == (431, "head-too-large")
    assert f"{name} is longer than 4,000 characters" in refused.json()["detail"]


def test_a_host_name_is_bounded(client: TestClient) -> None:
    assert client.get("/v1", headers={"Host": "a" * 255}).status_code == 200
    assert client.get("/v1", headers={"Host": "a" * 256}).status_code == 400


def test_the_cache_of_facts_is_bounded_by_the_values_that_clients_choose() -> None:
    facts, parameter = Facts(), filters(FIGURES)["name_zh"]
    assert parameter.column
    assert parameter.operator
    for number in range(100):
        value = f"{number}".rjust(1_000_000)
        facts.put((FIGURES, (Filter(parameter.column, parameter.operator, value),)), 0)
    assert 8_000_000 < facts.weight <= MAX_FACTS_BYTES
    assert facts.get((FIGURES, (Filter(parameter.column, parameter.operator, "0".rjust(1_000_000)),))) is None


@pytest.mark.parametrize("text", ["Accept", "format"])
def test_negotiation_is_cached_by_short_texts_alone(text: str) -> None:
    calls = []

    @cached_by_short_text
    def choose(accept: str | None, form: str | None) -> int:
        calls.append((accept, form))
        return len(calls)

    short = {"Accept": ("a" * 1_000, None), "format": (None, "a" * 1_000)}[text]
    long = {"Accept": ("a" * 1_001, None), "format": (None, "a" * 1_001)}[text]
    assert choose(*short) == choose(*short) == 1
    assert [choose(*long), choose(*long)] == [2, 3]


def test_others_are_answered_while_the_openapi_document_is_made(address: str) -> None:
    """Making it takes a second; the order of the answers shows whether the event loop was free."""
    finished = []

    async def both(client: TestClient) -> None:
        transport = httpx.ASGITransport(client.app)

        async def get(path: str) -> None:
            async with httpx.AsyncClient(transport=transport, base_url="http://openapi.example") as each:
                assert (await each.get(path)).status_code == 200
            finished.append(path)

        await asyncio.gather(get("/v1/openapi.json"), get("/healthz"))

    with client_of(address) as client:
        asyncio.run(both(client))
    assert finished == ["/healthz", "/v1/openapi.json"]
