"""`/metrics`: the responses of a worker, as Prometheus parses them."""

import json
import os
import re
from typing import Any, cast
from unittest.mock import patch

import msgspec
import pytest
import yaml
from fastapi import FastAPI
from opentelemetry import trace
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from app.api.metrics import Measures, SharedMeasures
from app.main import create_app
from app.settings import ROOT, Settings
from tests.conftest import client_of

pytestmark = pytest.mark.databases("sqlite")

ALIVE, DEAD = 2**22 + 1, 2**22 + 2  # process ids above those that Linux gives


def scrape(client: TestClient) -> list[Metric]:
    answer = TestClient.request(client, "GET", "/metrics")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return [*text_string_to_metric_families(answer.text)]


def values_of(families: list[Metric]) -> dict[str, float]:
    return {
        " ".join([sample.name, *(value for name, value in sample.labels.items() if name != "worker")]): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture(scope="module")
def of_three_workers(address: str, tmp_path_factory: pytest.TempPathFactory) -> list[Metric]:
    """A scrape of a worker; of two others, which have counted the same, one has died."""
    folder = tmp_path_factory.mktemp("metrics")
    for process in (ALIVE, DEAD):
        measures = Measures(
            {("shanhai_cache_hits",): 100, ("shanhai_limits_reached", "A=1"): 1},
            {"shanhai_requests_in_flight": 10},
            {("/v1/figures", "2xx"): [1, 0, 2, 0, 0, 0, 0, 0, 0, 0.25, 0.125]},
            process,
            {"process_open_fds": 9},
        )
        (folder / str(process)).write_bytes(msgspec.msgpack.encode(measures))
    os.utime(folder / str(DEAD), (0, 0))  # it has written nothing for long
    app = create_app(Settings(database_url=address), metrics_folder=folder)
    with TestClient(app) as client:
        SharedMeasures(cast("FastAPI", app.app), folder).write()
        assert str(os.getpid()) in {path.name for path in folder.iterdir()}
        return scrape(client)


def test_responses_are_counted(address: str) -> None:
    with client_of(address) as client:
        assert values_of(scrape(client))["shanhai_cache_hits_total"] == 0
        tag = client.get("/v1/places").headers["etag"]  # the tests' client sends every request twice
        client.get("/v1/places", headers={"If-None-Match": tag})
        client.get("/v1/places/none")
        metrics = values_of(scrape(client))
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


def test_a_scrape_adds_what_all_workers_counted(of_three_workers: list[Metric]) -> None:
    metrics = values_of(of_three_workers)
    assert metrics["shanhai_cache_hits_total"] == 200
    assert metrics["shanhai_limits_reached_total A=1"] == 2
    assert metrics["shanhai_requests_in_flight"] == 11  # not those of the dead one; a counter must not fall
    assert metrics["shanhai_request_duration_seconds_bucket 0.005 /v1/figures 2xx"] == 2
    assert metrics["shanhai_request_duration_seconds_count /v1/figures 2xx"] == 6
    assert metrics["shanhai_request_duration_seconds_sum /v1/figures 2xx"] == 0.5
    assert metrics["shanhai_database_seconds_total /v1/figures 2xx"] == 0.25


def queries() -> dict[str, str]:
    """Every query of the dashboard and of the alert rules, with what it is shown as."""
    panels = json.loads((ROOT / "deploy/grafana/shanhai.json").read_bytes())["panels"]
    shown = {each["expr"]: each.get("legendFormat", "") for panel in panels for each in panel["targets"]}
    [rules] = yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_bytes())["groups"]
    return shown | {each["expr"]: each["annotations"]["summary"] for each in rules["rules"]}


def test_dashboard_and_alerts_use_what_a_scrape_has(of_three_workers: list[Metric]) -> None:
    samples = [sample for family in of_three_workers for sample in family.samples]
    scraped = {sample.name: {"job", "instance", *sample.labels} for sample in samples}
    scraped["up"] = {"job", "instance"}  # Prometheus adds these
    for query, legend in queries().items():
        selectors = re.findall(r"(\w+)\{(.*?)\}", query.replace("[{]extension[}]", ""))
        assert selectors
        for metric, matchers in selectors:
            assert set(re.findall(r"(\w+)[=!]", matchers)) <= scraped[metric], query
        labels = set.union(*(scraped[metric] for metric, _ in selectors))
        used = re.findall(r"\{\{ ?(?:\$labels\.)?(\w+) ?\}\}", legend)
        grouped = [name for names in re.findall(r"\b(?:by|on) \((.*?)\)", query) for name in names.split(", ")]
        assert {*used, *grouped} <= labels, query


@pytest.mark.slow
@pytest.mark.parametrize("is_set", [True, False])
def test_fastapi_traces_requests_if_the_operator_wants_it(address: str, is_set: bool) -> None:
    started: list[str] = []

    class Tracer(trace.NoOpTracer):
        def start_span(self, name: str, *arguments: Any, **options: Any) -> trace.Span:
            started.append(name)
            return super().start_span(name, *arguments, **options)

    class Provider(trace.TracerProvider):
        def get_tracer(self, *_: Any, **__: Any) -> trace.Tracer:
            return Tracer()

    app = create_app(Settings(database_url=address, opentelemetry=is_set))
    with patch("opentelemetry.trace.get_tracer_provider", Provider), TestClient(app) as client:
        client.get("/v1/figures")
    assert ("GET" in started) is is_set
