"""What one request may cost: refusals that name the limit. tests/attacks measures what the worst of the rest costs."""

import asyncio
import sys

import httpx
import pytest
from starlette.testclient import TestClient

from app.http.limits import MAX_NEGOTIATION_CHARS
from app.http.memo import cached_by_short_text
from app.models import COLLECTIONS
from app.read.cache import MAX_FACTS_BYTES, Facts
from app.request.conditions import Filter
from app.request.filters import filters
from app.sql.conditions import FilterShape
from app.sql.memo import MAX_CACHED_CONDITIONS
from app.sql.statements import facet_statement
from tests.attacks.corpus import MAX_PARAMETERS, UNKNOWN, query
from tests.conftest import client_of

pytestmark = pytest.mark.databases("sqlite")

FIGURES = COLLECTIONS["figures"]


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


def test_the_cache_of_facts_counts_every_condition_of_a_key() -> None:
    one, many = Facts(), Facts()
    column, operator = filters(FIGURES)["name_zh"].column, filters(FIGURES)["name_zh"].operator
    assert column
    assert operator
    one.put((FIGURES, (Filter(column, operator, "a"),)), 0)
    many.put((FIGURES, (Filter(column, operator, "a"),) * 100), 0)
    assert many.weight - one.weight >= 99 * sys.getsizeof(Filter(column, operator, "a"))


@pytest.mark.parametrize(
    ("conditions", "is_cached"), [(0, True), (MAX_CACHED_CONDITIONS, True), (MAX_CACHED_CONDITIONS + 1, False)]
)
def test_only_statements_with_few_conditions_are_cached(conditions: int, is_cached: bool) -> None:
    known = filters(FIGURES).values()
    shapes = [FilterShape(each.column, each.operator) for each in known if each.column and each.operator]
    key = (FIGURES, tuple(shapes[:conditions]), FIGURES.columns()["unit"])
    assert (facet_statement(*key) is facet_statement(*key)) is is_cached


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
