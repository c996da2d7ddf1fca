"""`/metrics`: the responses of a worker, as Prometheus parses them."""

import os
from pathlib import Path
from typing import cast

import msgspec
import pytest
from fastapi import FastAPI
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.api.metrics import Measures, SharedMeasures
from app.main import create_app
from app.settings import Settings
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
    assert metrics["shanhai_request_duration_seconds_count /v1/places 2xx"] == 2
    assert metrics["shanhai_request_duration_seconds_count /v1/places 3xx"] == 2
    assert metrics["shanhai_request_duration_seconds_bucket +Inf /v1/places/{id} 4xx"] == 2
    assert metrics["shanhai_database_seconds_total /v1/places 2xx"] > 0
    assert (
        metrics["shanhai_database_seconds_total /v1/places 2xx"]
        < metrics["shanhai_request_duration_seconds_sum /v1/places 2xx"]
    )
    assert metrics["shanhai_requests_in_flight"] == 1  # the scrape
    assert metrics["process_resident_memory_bytes"] > 1_000_000
    assert any(name.startswith("shanhai_release_info 2") for name in metrics)


def test_a_scrape_adds_what_all_workers_counted(address: str, tmp_path: Path) -> None:
    """Those of workers that died count too, for a counter must not fall; how much they do now does not."""
    app = create_app(Settings(database_url=address), metrics_folder=tmp_path)
    for process in (os.getppid(), 2**22 + 1):  # the second is more than Linux numbers
        measures = Measures(
            {("shanhai_cache_hits",): 100, ("shanhai_limits_reached", "A=1"): 1},
            {"shanhai_requests_in_flight": 10},
            {("/v1/figures", "2xx"): [1, 0, 2, 0, 0, 0, 0, 0, 0, 0.25, 0.125]},
            process,
            {"process_open_fds": 9},
        )
        (tmp_path / str(process)).write_bytes(msgspec.msgpack.encode(measures))
    with TestClient(app) as client:
        metrics = read_metrics(client)
        SharedMeasures(cast("FastAPI", app.app), tmp_path).write()
    assert metrics["shanhai_cache_hits_total"] == 200
    assert metrics["shanhai_limits_reached_total A=1"] == 2
    assert metrics["shanhai_requests_in_flight"] == 11
    assert metrics["shanhai_request_duration_seconds_bucket 0.005 /v1/figures 2xx"] == 2
    assert metrics["shanhai_request_duration_seconds_count /v1/figures 2xx"] == 6
    assert metrics["shanhai_request_duration_seconds_sum /v1/figures 2xx"] == 0.5
    assert metrics["shanhai_database_seconds_total /v1/figures 2xx"] == 0.25
    assert [path.name for path in tmp_path.iterdir() if path.name == str(os.getpid())]
