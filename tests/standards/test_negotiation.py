"""One address in several forms: each client gets the form that it prefers, also from the cache."""

import pytest
from rdflib import Graph
from starlette.testclient import TestClient

pytestmark = pytest.mark.databases("sqlite")

JSON, LINKED, TURTLE = "application/json", "application/ld+json", "text/turtle; charset=utf-8"
EVIDENCE = ("/v1/figures/youth-teams/evidence", "/v1/derived-figures/players-per-youth-team/evidence")


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", JSON),
        (JSON, JSON),
        ("application/*", JSON),
        (f"{JSON}, {LINKED}", JSON),
        (LINKED, LINKED),
        (f"{LINKED}, {JSON};q=0.5", LINKED),
        ("text/turtle", TURTLE),
        (f"text/turtle;q=0.4, {JSON};q=0.5", JSON),
    ],
)
def test_the_index_is_the_catalogue_for_harvesters(client: TestClient, accept: str, media_type: str) -> None:
    response = client.get("/v1", headers={"Accept": accept})
    assert response.headers["content-type"] == media_type
    assert "Accept" in response.headers["vary"]
    if media_type == JSON:
        assert set(response.json()) == {"data", "meta", "links"}
    else:
        form, path = ("json-ld", "/v1/dcat.jsonld") if media_type == LINKED else ("turtle", "/v1/dcat.ttl")
        assert len(Graph().parse(data=response.content, format=form)) > 500
        assert response.content == client.get(path).content


@pytest.mark.parametrize(("form", "media_type"), [("json", JSON), ("jsonld", LINKED), ("ttl", TURTLE)])
def test_the_format_parameter_takes_precedence(client: TestClient, form: str, media_type: str) -> None:
    assert client.get(f"/v1?format={form}", headers={"Accept": JSON}).headers["content-type"] == media_type


# Pairs of Accept fields for which a table would have the same format; only the linked form distinguishes them.
PAIRS = [
    (JSON, f"{LINKED}, {JSON};q=0.9"),
    (f"text/csv, {JSON};q=0.5", f"text/csv, {LINKED};q=0.5"),
    (f"image/png, {JSON};q=0.5", f"image/png, {LINKED};q=0.5"),
]


@pytest.mark.parametrize("path", ["/v1", *EVIDENCE])
@pytest.mark.parametrize(("plain", "linked"), PAIRS)
def test_forms_of_one_address_are_cached_apart(client: TestClient, path: str, plain: str, linked: str) -> None:
    first, second = (client.get(path, headers={"Accept": accept}) for accept in (plain, linked))
    assert first.headers["content-type"] == JSON
    assert second.headers["content-type"].startswith(LINKED)
    assert client.get(path, headers={"Accept": plain}).content == first.content
    for accept, matching, other in ((plain, first, second), (linked, second, first)):
        statuses = [
            client.get(path, headers={"Accept": accept, "If-None-Match": response.headers["etag"]}).status_code
            for response in (matching, other)
        ]
        assert statuses == [304, 200]


@pytest.mark.parametrize("path", EVIDENCE)
def test_a_form_that_is_not_offered_is_refused(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 406
    refused = client.get(f"{path}?format=csv")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["allowed"] == ["json", "jsonld"]
