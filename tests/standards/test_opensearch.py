"""OpenSearch: the description of the site's search, and the suggestions that browsers show in the address bar."""

from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from starlette.testclient import TestClient

from app.api.suggestions import MAX_SUGGESTED
from app.http.languages import LANGUAGES
from app.search import MAX_QUERY_CHARS
from app.standards.opensearch import MEDIA_TYPE, NAMESPACE, SUGGESTIONS_TYPE, opensearch
from tests.standards.dataset import BASE, DATASET

pytestmark = pytest.mark.databases("sqlite")

LONG = "<数&字>" * 500
DESCRIBED = DATASET._replace(catalog={**DATASET.catalog, "description": {"zh": LONG, "en": LONG}})


def templates(document: bytes) -> dict[str, str]:
    """Return the templates by media type."""
    root = ElementTree.fromstring(document)  # noqa: S314
    return {each.attrib["type"]: each.attrib["template"] for each in root.iter(f"{{{NAMESPACE}}}Url")}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_description_is_within_the_limits_of_the_standard(language: str) -> None:
    root = ElementTree.fromstring(opensearch(DESCRIBED, language))  # noqa: S314
    assert root.tag == f"{{{NAMESPACE}}}OpenSearchDescription"
    texts = {each.tag.removeprefix(f"{{{NAMESPACE}}}"): each.text or "" for each in root}
    limits = {"ShortName": 16, "LongName": 48, "Description": 1024}
    assert all(0 < len(texts[name]) <= limit for name, limit in limits.items())
    assert (texts["Language"], texts["InputEncoding"]) == ({"zh": "zh-Hans", "en": "en"}[language], "UTF-8")
    assert all(each.startswith(f"{BASE}/") for each in templates(opensearch(DESCRIBED, language)).values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_answers_in_its_media_type(client: TestClient, language: str) -> None:
    answer = client.get(f"/{language}/opensearch.xml")
    assert answer.headers["content-type"] == MEDIA_TYPE
    found = templates(answer.content)
    assert {"text/html", SUGGESTIONS_TYPE, "application/atom+xml", MEDIA_TYPE} == found.keys()
    for media_type, template in found.items():
        response = client.get(template.replace("{searchTerms}", quote("篮球 & <b>")))
        assert (response.status_code, response.headers["content-type"].partition(";")[0]) == (200, media_type)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_description_without_a_language_is_that_of_the_browser(client: TestClient, language: str) -> None:
    answer = client.get("/opensearch.xml", headers={"Accept-Language": language}, follow_redirects=False)
    assert answer.headers["location"] == f"http://testserver/{language}/opensearch.xml"


@pytest.mark.parametrize(
    ("typed", "language", "first", "about", "path"),
    [
        ("青少年篮球队数", "zh", "青少年篮球队数", "数字：80支球队", "/zh/figures/youth-teams"),
        ("youth bask", "en", "Youth basketball teams", "Figures: 80 teams", "/en/figures/youth-teams"),
        ("lanqiu", "zh", "青少年篮球队数", "数字：80支球队", "/zh/figures/youth-teams"),
        ("baskettball", "en", "basketball", "18 hits", "/en/search?q=basketball"),
    ],
)
def test_suggestions_are_names_that_the_search_finds(
    client: TestClient, typed: str, language: str, first: str, about: str, path: str
) -> None:
    answer = client.get("/suggestions", params={"q": typed, "lang": language})
    query, names, abouts, addresses = answer.json()
    assert (query, names[0], abouts[0], addresses[0]) == (typed, first, about, f"http://testserver{path}")
    assert len(names) == len(set(names)) == len(abouts) == len(addresses) <= MAX_SUGGESTED
    assert client.get(f"/{language}/search", params={"q": names[0]}).status_code == 200
    assert "max-age=" in answer.headers["cache-control"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_nothing_similar_is_no_suggestion(client: TestClient) -> None:
    assert client.get("/suggestions?q=xyzzyqqq").json() == ["xyzzyqqq", [], [], []]


@pytest.mark.parametrize("query", ["", "q=", f"q={'a' * (MAX_QUERY_CHARS + 1)}", "q=a&lang=fr", "q=a&limit=9", "q=%00"])
def test_other_queries_are_refused(client: TestClient, query: str) -> None:
    answer = client.get(f"/suggestions?{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
