"""`/v1/citation.{style}`: the right media type, the right figure and release, and nothing of the article's text."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from starlette.testclient import TestClient

from app.api.citation import FIGURE
from app.http.problems import MEDIA_TYPE
from app.standards.citation import STYLES
from tests.conftest import Record, client_of

pytestmark = pytest.mark.databases("sqlite")

MEDIA_TYPES = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
    "cff": "application/yaml",
}
SAID_IN_PASSING = 12  # characters: longer runs of the article's text are its sentences, not its numbers and names


def fault(client: TestClient, address: str) -> dict[str, Any]:
    """The one thing wrong with an address."""
    response = client.get(address)
    assert response.status_code == 422
    assert response.headers["content-type"] == MEDIA_TYPE
    (error,) = response.json()["errors"]
    return dict(error)


def test_the_styles_are_those_of_the_contract() -> None:
    assert list(STYLES) == list(MEDIA_TYPES)


@pytest.mark.parametrize("style", MEDIA_TYPES)
@pytest.mark.parametrize("query", ["", f"?figure={FIGURE.example}"])
def test_a_citation_says_what_it_is(client: TestClient, style: str, query: str) -> None:
    response = client.get(f"/v1/citation.{style}{query}")
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{MEDIA_TYPES[style]}; charset=utf-8"
    cited = FIGURE.example if query else client.get("/v1").json()["data"]["release"]["id"]
    name = "CITATION.cff" if style == "cff" else f"shanhai-{cited}.{style}"
    assert response.headers["content-disposition"] == f'inline; filename="{name}"'
    about = f"/v1/figures/{cited}" if query else "/v1"
    assert f'<http://testserver/v1/citation.{style}{query}>; rel="canonical"' in response.headers["link"]
    assert f'<http://testserver{about}>; rel="about"' in response.headers["link"]


@pytest.mark.parametrize("style", MEDIA_TYPES)
def test_a_citation_is_kept_until_the_release_changes(client: TestClient, style: str) -> None:
    first = client.get(f"/v1/citation.{style}")
    assert client.get(f"/v1/citation.{style}", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    assert client.head(f"/v1/citation.{style}").headers["etag"] == first.headers["etag"]
    other = client.get(f"/v1/citation.{style}?figure={FIGURE.example}")
    assert other.headers["etag"] != first.headers["etag"]


def test_the_dataset_is_cited_in_the_release_being_served(client: TestClient) -> None:
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
def test_links_stand_below_the_public_address(address: str, style: str) -> None:
    with client_of(address, base_url="https://data.example/open/") as client:
        for query in ("", f"?figure={FIGURE.example}"):
            response = client.get(f"/v1/citation.{style}{query}")
            assert "testserver" not in response.text + response.headers["link"]
            assert "https://data.example/open/" in response.text


@pytest.mark.parametrize("style", MEDIA_TYPES)
def test_no_sentence_of_the_article_is_carried(
    client: TestClient, everything: dict[str, list[Record]], article: Path, style: str
) -> None:
    lines = article.read_text("utf-8").splitlines()
    titles = {source["title"] for source in everything["sources"]}
    runs = {line[at : at + SAID_IN_PASSING] for line in lines for at in range(len(line) - SAID_IN_PASSING + 1)}
    assert len(runs) > 1000
    for figure in everything["figures"]:
        text = unquote(client.get(f"/v1/citation.{style}?figure={figure['id']}").text)
        for title in titles:
            text = text.replace(title, "")
        carried = {text[at : at + SAID_IN_PASSING] for at in range(len(text))} & runs
        assert not {run for run in carried if not run.isascii()}, figure["id"]


@pytest.mark.parametrize("style", ["apa", "json", "bib.txt", "BIB", "a%00b"])
def test_a_style_that_is_none_is_told_which_there_are(client: TestClient, style: str) -> None:
    response = client.get(f"/v1/citation.{style}")
    assert response.status_code == 404
    assert response.headers["content-type"] == MEDIA_TYPE
    assert all(f"/v1/citation.{known}" in response.json()["detail"] for known in MEDIA_TYPES)


def test_a_figure_that_is_none_is_told_the_nearest(client: TestClient) -> None:
    error = fault(client, "/v1/citation.bib?figure=stable-employment-in-guandong")
    assert error["parameter"] == "figure"
    assert "Did you mean 'stable-employment-in-guangdong'?" in error["detail"]
    assert error["allowed"][0] == "stable-employment-in-guangdong"


@pytest.mark.parametrize("text", ["", "zzz", "a%00b", "%F0%9F%8F%80", "stable_employment", "st%25", "x" * 5000])
def test_a_figure_that_is_near_none_is_refused_in_words(client: TestClient, text: str) -> None:
    error = fault(client, f"/v1/citation.ris?figure={text}")
    assert (error["parameter"], error["allowed"]) == ("figure", None)
    assert "/v1/figures" in error["detail"]


@pytest.mark.parametrize(
    ("query", "parameter"),
    [("figur=x", "figur"), ("figure=youth-teams&figure=youth-teams", "figure"), ("format=bib", "format")],
)
def test_a_parameter_that_does_not_fit_is_named(client: TestClient, query: str, parameter: str) -> None:
    assert fault(client, f"/v1/citation.cff?{query}")["parameter"] == parameter


def test_the_index_leads_to_every_style(client: TestClient) -> None:
    documents = {each["id"]: each for each in client.get("/v1").json()["data"]["documents"]}
    for style, media_type in MEDIA_TYPES.items():
        document = documents[f"citation.{style}"]
        assert document["title_zh"]
        assert document["title_en"]
        assert client.get(document["links"]["self"]).headers["content-type"].startswith(media_type)


def test_the_openapi_document_tells_styles_media_types_and_the_parameter(client: TestClient) -> None:
    operation = client.get("/v1/openapi.json").json()["paths"]["/v1/citation.{style}"]["get"]
    assert list(operation["responses"]["200"]["content"]) == list(MEDIA_TYPES.values())
    style, figure = operation["parameters"]
    assert (style["in"], style["schema"]["enum"]) == ("path", list(MEDIA_TYPES))
    assert (figure["in"], figure["name"], figure["schema"]["examples"]) == ("query", "figure", [FIGURE.example])
