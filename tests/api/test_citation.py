"""`/v1/citation.{style}`: media types, figures and releases, and no sentence of the article."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from app.api.citation import FIGURE
from app.standards.citation import STYLES
from tests.conftest import Record, client_of
from tests.problems import problem

pytestmark = pytest.mark.databases("sqlite")

MEDIA_TYPES = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "cff": "application/yaml",
}
MAX_QUOTED_CHARS = 12  # longer runs of the article are parts of sentences, not numbers and names


def error_of(client: TestClient, address: str) -> dict[str, Any]:
    """Return the only error of a refused request."""
    (error,) = problem(client.get(address), 422)["errors"]
    return dict(error)


@pytest.mark.parametrize("style", MEDIA_TYPES)
@pytest.mark.parametrize("query", ["", f"?figure={FIGURE.example}"])
def test_a_citation_has_a_media_type_a_name_and_links(client: TestClient, style: str, query: str) -> None:
    response = client.get(f"/v1/citation.{style}{query}")
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{MEDIA_TYPES[style]}; charset=utf-8"
    cited = FIGURE.example if query else client.get("/v1").json()["data"]["release"]["id"]
    name = "CITATION.cff" if style == "cff" else f"shanhai-{cited}.{style}"
    assert response.headers["content-disposition"] == f'inline; filename="{name}"'
    about = f"/v1/figures/{cited}" if query else "/v1"
    assert f'<http://testserver/v1/citation.{style}{query}>; rel="canonical"' in response.headers["link"]
    assert f'<http://testserver{about}>; rel="about"' in response.headers["link"]

    etag = response.headers["etag"]
    assert client.get(f"/v1/citation.{style}{query}", headers={"If-None-Match": etag}).status_code == 304
    other = client.get(f"/v1/citation.{style}{'' if query else f'?figure={FIGURE.example}'}")
    assert other.headers["etag"] != etag


def test_the_dataset_is_cited_in_the_served_release(client: TestClient) -> None:
    release = client.get("/v1").json()["data"]["release"]
    (item,) = client.get("/v1/citation.csl.json").json()
    assert (item["type"], item["version"], item["number"]) == ("dataset", release["edition"], release["id"])
    assert "-".join(f"{part:02}" for part in item["issued"]["date-parts"][0]) == release["released_on"]
    assert item["URL"] == f"http://testserver/v1/releases/{item['number']}"
    assert client.get(item["URL"]).status_code == 200


def test_every_figure_is_cited_at_its_words(client: TestClient, everything: dict[str, list[Record]]) -> None:
    release = client.get("/v1").json()["data"]["release"]["id"]
    sources = {source["id"]: source for source in everything["sources"]}
    assert everything["figures"]
    for figure in everything["figures"]:
        (item,) = client.get(f"/v1/citation.csl.json?figure={figure['id']}").json()
        source = sources[figure["source_id"]]
        assert item["URL"] == figure["source_url"]
        assert item["section"] == f"paragraph {figure['paragraph']}"
        assert [name["literal"] for name in item["author"]] == source["authors"]
        assert (item["title"], item["container-title"]) == (source["title"], source["republisher"])
        assert (item["type"], item["original-publisher"]) == ("webpage", source["publisher"])
        assert "-".join(f"{part:02}" for part in item["issued"]["date-parts"][0]) == source["reposted_on"]
        for part in (figure["as_stated"], f"http://testserver/v1/figures/{figure['id']} ", release):
            assert part in item["note"]


@pytest.mark.parametrize("style", MEDIA_TYPES)
def test_links_have_the_public_base_address(address: str, style: str) -> None:
    with client_of(address, base_url="https://data.example/open/") as client:
        for query in ("", f"?figure={FIGURE.example}"):
            response = client.get(f"/v1/citation.{style}{query}")
            assert "testserver" not in response.text + response.headers["link"]
            assert "https://data.example/open/" in response.text


@pytest.mark.parametrize("style", MEDIA_TYPES)
def test_no_sentence_of_the_article_is_quoted(
    client: TestClient, everything: dict[str, list[Record]], article: Path, style: str
) -> None:
    lines = article.read_text("utf-8").splitlines()
    titles = {source["title"] for source in everything["sources"]}
    runs = {line[at : at + MAX_QUOTED_CHARS] for line in lines for at in range(len(line) - MAX_QUOTED_CHARS + 1)}
    assert len(runs) > 1000
    for figure in everything["figures"]:
        text = unquote(client.get(f"/v1/citation.{style}?figure={figure['id']}").text)
        for title in titles:
            text = text.replace(title, "")
        quoted = {text[at : at + MAX_QUOTED_CHARS] for at in range(len(text))} & runs
        assert not {run for run in quoted if not run.isascii()}, figure["id"]


@pytest.mark.parametrize("style", ["apa", "json", "bib.txt", "BIB", "a%00b"])
def test_an_unknown_style_is_answered_with_the_known_ones(client: TestClient, style: str) -> None:
    detail = problem(client.get(f"/v1/citation.{style}"), 404)["detail"]
    assert all(f"/v1/citation.{known}" in detail for known in STYLES)


def test_an_unknown_figure_is_answered_with_the_nearest(client: TestClient) -> None:
    error = error_of(client, "/v1/citation.bib?figure=stable-employment-in-guandong")
    assert error["parameter"] == "figure"
    assert "Did you mean 'stable-employment-in-guangdong'?" in error["detail"]
    assert error["allowed"][0] == "stable-employment-in-guangdong"


@pytest.mark.parametrize("text", ["", "zzz", "a%00b", "%F0%9F%8F%80", "stable_employment", "st%25", "x" * 5000])
def test_a_figure_without_a_similar_one_is_refused(client: TestClient, text: str) -> None:
    error = error_of(client, f"/v1/citation.ris?figure={text}")
    assert (error["parameter"], error["allowed"]) == ("figure", None)
    assert "/v1/figures" in error["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("figur=x", "figur"), ("figure=youth-teams&figure=youth-teams", "figure"), ("format=bib", "format")],
)
def test_a_wrong_parameter_is_named(client: TestClient, query: str, parameter: str) -> None:
    assert error_of(client, f"/v1/citation.cff?{query}")["parameter"] == parameter


def test_the_index_links_to_every_style(client: TestClient) -> None:
    documents = {each["id"]: each for each in client.get("/v1").json()["data"]["documents"]}
    for style, media_type in MEDIA_TYPES.items():
        document = documents[f"citation.{style}"]
        assert document["title_zh"]
        assert document["title_en"]
        assert client.get(document["links"]["self"]).headers["content-type"].startswith(media_type)


@pytest.mark.parametrize("style", MEDIA_TYPES)
def test_the_openapi_document_has_each_style_with_its_parameter(client: TestClient, style: str) -> None:
    operation = client.get("/v1/openapi.json").json()["paths"][f"/v1/citation.{style}"]["get"]
    assert next(iter(operation["responses"]["200"]["content"])) == MEDIA_TYPES[style]
    (figure,) = operation["parameters"]
    assert (figure["in"], figure["name"]) == ("query", "figure")
    assert client.get(f"/v1/citation.{style}?figure={figure['schema']['examples'][0]}").status_code == 200
