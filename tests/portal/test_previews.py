"""What a page's head says to programs: link previews, schema.org, and tags for reference managers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests.utils
from rdflib import RDF, SDO, Graph, URIRef

from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from tests.portal.conftest import Site
from tests.portal.html import Document

NEWER_TERMS = {"StatisticalVariable", "observationAbout"}  # than the vocabulary in rdflib


@pytest.fixture(scope="module")
def figures(site: Site) -> list[dict[str, Any]]:
    """Every figure, with its source."""
    found: list[dict[str, Any]] = site.get("/v1/figures?limit=200&include=source,indicator").json()["data"]
    return found


def graph(page: Document) -> dict[str, str]:
    return {each.attrib["property"]: each.attrib["content"] for each in page.all("meta") if "property" in each.attrib}


def tags(page: Document) -> list[tuple[str, str]]:
    metas = [(each.get("name") or "", each.get("content") or "") for each in page.all("meta")]
    return [pair for pair in metas if pair[0].startswith(("citation_", "z:"))]


def json_ld(page: Document) -> list[dict[str, Any]]:
    return [json.loads(each.text or "") for each in page.all("script", type="application/ld+json")]


def terms(document: Any) -> Iterator[str]:
    """Yield every type and property of a JSON-LD document."""
    if isinstance(document, list):
        for each in document:
            yield from terms(each)
    elif isinstance(document, dict):
        yield from (key for key in document if not key.startswith("@"))
        yield from (document[key] for key in ("@type",) if key in document)
        for each in document.values():
            yield from terms(each)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_shared_figure_shows_its_value_and_who_reports_it(
    site: Site, figures: list[dict[str, Any]], language: str
) -> None:
    by = {"zh": "《铜仁日报》（2022年8月6日转载）", "en": "Tongren Daily (reposted 6 August 2022)"}[language]
    for figure in figures:
        path = f"/{language}/figures/{figure['id']}"
        shared = graph(site.read(path))
        assert shared["og:title"].startswith(figure[f"text_{language}"])
        assert shared["og:title"].endswith(f"{figure[f'name_{language}']} · {by}")
        assert by in shared["og:description"]
        assert shared["og:image"] == site.address(f"{path}.png")
        assert (shared["og:image:width"], shared["og:image:height"]) == ("1200", "630")
        assert figure[f"text_{language}"] in shared["og:image:alt"]


@pytest.mark.parametrize("path", ["", "/places/bijiang", "/charts/jobs"])
def test_other_pages_show_a_chart(site: Site, path: str) -> None:
    shared = graph(site.read(f"/en{path}"))
    assert shared["og:image"].startswith(site.address("/v1/charts/"))
    assert shared["og:image:alt"]
    assert ("/charts/jobs." in shared["og:image"]) is (path == "/charts/jobs")


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/figures/support-per-person", "Claim"),
        ("/sources/tongren-daily-2022-08-06", "NewsArticle"),
        ("/places/bijiang", "Place"),
        ("", "Dataset"),
        *((f"/{slug}", "Dataset") for slug in COLLECTIONS),
    ],
)
def test_every_term_is_defined_by_schema_org(site: Site, path: str, kind: str) -> None:
    (document,) = json_ld(site.read(f"/en{path}"))
    assert (document["@context"], document["@type"]) == ("https://schema.org", kind)
    assert [term for term in terms(document) if term not in SDO and term not in NEWER_TERMS] == []
    if kind == "Dataset":  # as Google requires
        assert 50 <= len(document["description"]) <= 5000


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_claim_states_what_the_figure_does_and_no_more(
    site: Site, figures: list[dict[str, Any]], language: str
) -> None:
    for figure in figures:
        page = site.read(f"/{language}/figures/{figure['id']}")
        (claim,) = json_ld(page)
        assert (claim["identifier"], claim["name"]) == (figure["id"], figure[f"name_{language}"])
        assert figure[f"text_{language}"] in claim["text"]
        observation = claim["about"]
        stated = {"value": figure["value"]}
        if figure["comparator"] not in {"eq", "approx"}:  # the value is a bound, or there is none
            bounds = {"minValue": figure["lower"], "maxValue": figure["upper"]}
            stated = {name: bound for name, bound in bounds.items() if bound is not None}
        assert {name: observation[name] for name in ("value", "minValue", "maxValue") if name in observation} == stated
        assert observation["unitText"] == figure["unit"]
        assert observation["description"] == figure[f"text_{language}"]
        assert claim["isBasedOn"]["headline"] == figure["source"]["title"]
        quotation = claim["appearance"]
        assert (quotation["text"], quotation["url"]) == (figure["as_stated"], figure["source_url"])
        assert claim["citation"] == quotation["isPartOf"] == {"@id": figure["source"]["url"]}
        assert "creativecommons" in claim["license"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "/figures", "/figures/youth-teams", "/places/bijiang", "/sources/{id}"])
def test_search_engines_read_plain_texts_in_the_language_of_the_page(site: Site, language: str, path: str) -> None:
    (document,) = json_ld(site.read(f"/{language}{path}"))
    assert "@language" not in json.dumps(document)
    for part in (document, document.get("isPartOf", document)):
        name = str(part.get("name", part.get("headline")))
        assert any("\u4e00" <= character <= "\u9fff" for character in name) is (language == "zh" or "headline" in part)


def test_a_claim_is_a_graph(site: Site, figures: list[dict[str, Any]]) -> None:
    """Read as RDF, each figure has one value or its bounds, of one variable, in words of its article."""
    for figure in figures:
        (claim,) = json_ld(site.read(f"/en/figures/{figure['id']}"))
        # In place of the context of schema.org, which is on the network.
        context = {"@vocab": str(SDO), "url": {"@type": "@id"}, "license": {"@type": "@id"}}
        data = json.dumps({**claim, "@context": context})
        graph = Graph().parse(data=data, format="json-ld")
        (node,) = graph.subjects(RDF.type, SDO.Claim)
        (observation,) = graph.objects(node, SDO.about)
        values = [graph.value(observation, name) for name in (SDO.value, SDO.minValue, SDO.maxValue)]
        assert (values[0] is None) is any(each is not None for each in values[1:])
        assert graph.value(graph.value(node, SDO.appearance), SDO.isPartOf) == URIRef(figure["source"]["url"])
        assert (graph.value(node, SDO.isBasedOn), RDF.type, SDO.NewsArticle) in graph


def test_a_table_with_a_query_is_no_dataset(site: Site) -> None:
    assert json_ld(site.read("/en/figures?unit=CNY")) == []


def test_reference_managers_save_the_same_work_from_a_page_as_from_a_file(
    site: Site, figures: list[dict[str, Any]]
) -> None:
    for figure in figures[:4]:
        (item,) = site.get(f"/v1/citation.csl.json?figure={figure['id']}").json()
        (issued,) = item["issued"]["date-parts"]
        assert tags(site.read(f"/en/figures/{figure['id']}")) == [
            ("z:itemType", "webpage"),
            *(("citation_author", each["literal"]) for each in item["author"]),
            ("citation_online_date", "/".join(f"{part:02}" for part in issued)),
            ("citation_title", item["title"]),
            ("citation_journal_title", item["container-title"]),
            ("citation_language", item["language"]),
            ("citation_public_url", item["URL"]),
        ]
    article = tags(site.read(f"/en/sources/{figures[0]['source_id']}"))
    assert [each for each in article if each[0] != "citation_public_url"] == tags(
        site.read(f"/en/figures/{figures[0]['id']}")
    )[:-1]
    assert article[-1] == ("citation_public_url", figures[0]["source"]["url"])
    assert ("z:itemType", "dataset") in tags(site.read("/en"))
    assert tags(site.read("/en/places/bijiang")) == []


@pytest.mark.parametrize("path", ["/figures/youth-teams", "/places/bijiang"])
def test_a_page_and_its_record_name_one_address_to_cite(site: Site, path: str) -> None:
    page, cited = site.read(f"/zh{path}"), site.address(f"/v1{path}")
    in_header = {
        (each["rel"], each["url"], each.get("type"))
        for each in requests.utils.parse_header_links(page.response.headers["link"])
    }
    assert ("cite-as", cited, None) in in_header
    assert ("item", cited, "application/json") in in_header
    in_head = {(each.get("rel"), each.get("href"), each.get("type")) for each in page.all("link")}
    assert {each for each in in_header if each[0] in {"cite-as", "describedby", "item"}} <= in_head
    record = requests.utils.parse_header_links(site.get(f"/v1{path}").headers["link"])
    assert [each["url"] for each in record if each["rel"] == "cite-as"] == [cited]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", ["", "/search?q=water", "/figures?unit=CNY&sort=value", "/places/bijiang", "/nothing"])
def test_every_page_leads_to_the_search_of_its_language(site: Site, language: str, path: str) -> None:
    link = site.read(f"/{language}{path}").one("link", rel="search")
    assert link.get("href") == site.address(f"/{language}/opensearch.xml")
    assert f"<ShortName>{link.get('title')}</ShortName>" in site.get(f"/{language}/opensearch.xml").text


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/en/search?q=water&limit=2&offset=2", "/v1/search.atom?lang=en&q=water"),
        ("/zh/search?q=water&collection=figures", "/v1/search.atom?collection=figures&lang=zh&q=water"),
        ("/zh/figures?unit=CNY&sort=value&limit=2", "/v1/figures.atom?lang=zh&unit=CNY"),
        ("/en/products?q=tea", "/v1/products.atom?lang=en&q=tea"),
        ("/en/search", None),
        ("/en", None),
    ],
)
def test_what_a_page_lists_can_be_followed(site: Site, path: str, feed: str | None) -> None:
    links = [each.get("href") for each in site.read(path).all("link", type="application/atom+xml")]
    # The page's own is first: some readers take the first feed.
    assert links == [*([site.address(feed)] if feed else []), site.address("/v1/releases.atom")]
    for each in links:
        assert site.get(str(each).removeprefix(site.base)).headers["content-type"].startswith("application/atom+xml")
