"""`/metrics`: the responses of a worker, as Prometheus parses them."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from tests.conftest import client_of

pytestmark = pytest.mark.databases("sqlite")


def read_metrics(client: TestClient) -> dict[str, float]:
    answer = TestClient.request(client, "GET", "/metrics")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return {
        " ".join([sample.name, *(value for name, value in sample.labels.items() if name != "worker")]): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_responses_are_counted(address: str) -> None:
    with client_of(address) as client:
        assert read_metrics(client)["shanhai_cache_hits_total"] == 0
        tag = client.get("/v1/places").headers["etag"]  # the tests' client sends every request twice
        client.get("/v1/places", headers={"If-None-Match": tag})
        client.get("/v1/places/none")
        metrics = read_metrics(client)
    assert metrics["shanhai_cache_hits_total"] == 1
    assert metrics["shanhai_not_modified_total"] == 2
    assert metrics["shanhai_cache_misses_total"] >= 3
    assert metrics["shanhai_answers_made_total 404"] == 2
    assert metrics["shanhai_cache_entries"] == 2  # by its raw key, and by its normalized key
    assert 0 < metrics["shanhai_cache_bytes"] < 100_000
    assert metrics["process_resident_memory_bytes"] > 1_000_000
    assert any(name.startswith("shanhai_release_info 2") for name in metrics)
