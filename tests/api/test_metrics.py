"""`/metrics`: what a worker told clients, as Prometheus reads it."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from tests.conftest import client_of

pytestmark = pytest.mark.databases("sqlite")


def measured(client: TestClient) -> dict[str, float]:
    answer = TestClient.request(client, "GET", "/metrics")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        " ".join([sample.name, *(value for name, value in sample.labels.items() if name != "worker")]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_what_was_told_is_counted(address: str) -> None:
    with client_of(address) as client:
        assert measured(client)["shanhai_cache_hits_total"] == 0
        tag = client.get("/v1/places").headers["etag"]  # the tests' client asks twice
        client.get("/v1/places", headers={"If-None-Match": tag})
        client.get("/v1/places/none")
        told = measured(client)
    assert told["shanhai_cache_hits_total"] == 1
    assert told["shanhai_not_modified_total"] == 2
    assert told["shanhai_cache_misses_total"] >= 3
    assert told["shanhai_answers_made_total 404"] == 2
    assert told["shanhai_cache_entries"] == 2  # under its words, and under what they mean
    assert 0 < told["shanhai_cache_bytes"] < 100_000
    assert told["process_resident_memory_bytes"] > 1_000_000
    assert any(name.startswith("shanhai_release_info 2") for name in told)
