"""The optional rate limit: who is refused, what a client is told, and what is not counted."""

import socket
import time
from collections.abc import Iterator
from contextlib import closing

import httpx2
import pytest
from starlette.testclient import TestClient

from app.main import create_app
from app.settings import Settings
from tests.problems import problem

pytestmark = pytest.mark.databases("sqlite")

POLICY = '"default";q=3;w=86400'


@pytest.fixture
def limited(address: str) -> Iterator[TestClient]:
    """A client that may send three requests a day."""
    with TestClient(create_app(Settings(database_url=address, rate_limit="3/day", trust_proxy=True))) as client:
        yield client


def get(client: TestClient, path: str, peer: str = "192.0.2.1") -> httpx2.Response:
    return client.get(path, headers={"X-Forwarded-For": peer})


@pytest.mark.parametrize("path", ["/v1/places", "/v1/places/none", "/zh"])
def test_more_requests_are_refused(limited: TestClient, path: str) -> None:
    for left in (2, 1, 0):
        response = get(limited, path)
        assert response.status_code != 429
        assert response.headers["ratelimit-policy"] == POLICY
        assert response.headers["ratelimit"].startswith(f'"default";r={left};t=')
    refused = get(limited, path)
    assert problem(refused, 429)["code"] == "too-many-requests"
    assert 0 < int(refused.headers["retry-after"]) <= 86400
    assert refused.headers["ratelimit"] == f'"default";r=0;t={refused.headers["retry-after"]}'
    assert get(limited, path, "192.0.2.2").status_code != 429


def test_a_clock_that_is_set_back_refuses_nobody_for_longer(
    limited: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [get(limited, "/v1/places").status_code for _ in range(4)] == [200, 200, 200, 429]
    clock = time.time
    monkeypatch.setattr("time.time", lambda: clock() - 86400)
    assert [get(limited, "/v1/places").status_code for _ in range(3)] == [200, 200, 200]
    refused = get(limited, "/v1/places")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) <= 86400


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/readyz/deep", "/metrics"])
def test_the_operators_addresses_are_not_limited(limited: TestClient, path: str) -> None:
    for _ in range(5):
        response = get(limited, path)
        assert response.status_code != 429
        assert "ratelimit" not in response.headers


def test_without_the_setting_nothing_is_limited(client: TestClient) -> None:
    assert "ratelimit" not in client.get("/v1/places").headers


def test_requests_pass_while_redis_does_not_answer(address: str) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        storage = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        settings = Settings(database_url=address, rate_limit="1/day", rate_limit_storage=storage)
        with TestClient(create_app(settings)) as client:
            assert [client.get("/v1/places").status_code for _ in "12"] == [200, 200]
