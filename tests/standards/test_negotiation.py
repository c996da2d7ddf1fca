"""One address, several forms: who asks for a graph gets it, and nobody gets another's form out of the cache."""

import pytest
from rdflib import Graph
from starlette.testclient import TestClient

pytestmark = pytest.mark.databases("sqlite")

GRAPH = "application/ld+json, application/json;q=0.5"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("application/json", "application/json"),
        ("application/ld+json", "application/ld+json"),
        (GRAPH, "application/ld+json"),
        ("text/turtle", "text/turtle; charset=utf-8"),
        ("text/turtle;q=0.4, application/json;q=0.5", "application/json"),
    ],
)
def test_the_index_is_the_catalogue_to_harvesters(client: TestClient, accept: str, media_type: str) -> None:
    answer = client.get("/v1", headers={"Accept": accept})
    assert answer.headers["content-type"] == media_type
    assert "Accept" in answer.headers["vary"]
    if media_type == "application/json":
        assert set(answer.json()) == {"data", "meta", "links"}
    else:
        form, path = ("json-ld", "/v1/dcat.jsonld") if "json" in media_type else ("turtle", "/v1/dcat.ttl")
        assert len(Graph().parse(data=answer.content, format=form)) > 500
        assert answer.content == client.get(path).content


def test_what_was_asked_in_another_form_is_not_mixed_up(client: TestClient) -> None:
    """Both accept JSON, and one prefers something else where there is something else."""
    for _ in range(2):
        linked, plain = (client.get("/v1", headers={"Accept": each}) for each in (GRAPH, "application/json"))
        assert linked.headers["content-type"] == "application/ld+json"
        assert plain.headers["content-type"] == "application/json"
        assert linked.headers["etag"] != plain.headers["etag"]
        again = client.get("/v1", headers={"Accept": GRAPH, "If-None-Match": plain.headers["etag"]})
        assert again.status_code == 200


@pytest.mark.parametrize("form", ["json", "jsonld", "ttl"])
def test_a_parameter_says_the_same(client: TestClient, form: str) -> None:
    expected = {"json": "application/json", "jsonld": "application/ld+json", "ttl": "text/turtle; charset=utf-8"}
    answer = client.get(f"/v1?format={form}", headers={"Accept": "application/json"})
    assert answer.headers["content-type"] == expected[form]


def test_what_there_is_not_is_told(client: TestClient) -> None:
    answer = client.get("/v1", headers={"Accept": "image/png"})
    assert answer.status_code == 406
    assert answer.json()["errors"][0]["allowed"] == ["application/json", "application/ld+json", "text/turtle"]
