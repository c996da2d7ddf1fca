"""Evidence as a W3C Web Annotation: what it says, and that it is negotiated apart from our own JSON."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from starlette.testclient import TestClient

from app.evidence.spans import text_fragment
from app.models import Figure
from app.standards.annotation import CONTEXT, annotation, prefix_of

pytestmark = pytest.mark.databases("sqlite")

OA = Namespace("http://www.w3.org/ns/oa#")
BASE = "https://data.example"
ARTICLE = "https://news.example/2022/a.html"
LINKED = {"Accept": "application/ld+json"}
PATH = "/v1/figures/youth-teams/evidence"

# The standard's own context is on the network. These of its terms occur here, as it defines them.
OWN_CONTEXT: dict[str, Any] = {
    "oa": "http://www.w3.org/ns/oa#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dctypes": "http://purl.org/dc/dcmitype/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "id": {"@id": "@id", "@type": "@id"},
    "type": {"@id": "@type", "@type": "@vocab"},
    "Annotation": "oa:Annotation",
    "Dataset": "dctypes:Dataset",
    "SpecificResource": "oa:SpecificResource",
    "TextQuoteSelector": "oa:TextQuoteSelector",
    "TextPositionSelector": "oa:TextPositionSelector",
    "describing": "oa:describing",
    "body": {"@id": "oa:hasBody", "@type": "@id"},
    "target": {"@id": "oa:hasTarget", "@type": "@id"},
    "source": {"@id": "oa:hasSource", "@type": "@id"},
    "selector": {"@id": "oa:hasSelector", "@type": "@id"},
    "refinedBy": {"@id": "oa:refinedBy", "@type": "@id"},
    "motivation": {"@id": "oa:motivatedBy", "@type": "@vocab"},
    "exact": "oa:exact",
    "prefix": "oa:prefix",
    "suffix": "oa:suffix",
    "start": {"@id": "oa:start", "@type": "xsd:nonNegativeInteger"},
    "end": {"@id": "oa:end", "@type": "xsd:nonNegativeInteger"},
    "format": "dc:format",
}

Document = dict[str, Any]


def made(prefix: str = "") -> Document:
    """The annotation of an invented figure."""
    evidence = {
        "figure_id": "teams",
        "as_stated": "80支",
        "source_id": "a",
        "paragraph": 5,
        "start": 11,
        "end": 14,
        "paragraph_sha256": "0" * 64,
        "source_url": text_fragment(ARTICLE, "80支", prefix),
        "located_on": "2026-11-26",
    }
    figure = {"id": "teams", "name_zh": "球队", "name_en": "Teams"}
    return annotation(evidence, {"id": "a", "url": ARTICLE}, figure, BASE)


def graph_of(document: Document) -> Graph:
    """The annotation as a graph, offline."""
    assert document["@context"][0] == CONTEXT
    offline = {**document, "@context": [OWN_CONTEXT, *document["@context"][1:]]}
    return Graph().parse(data=json.dumps(offline), format="json-ld")


def test_it_is_what_the_model_asks_for() -> None:
    assert made("共有-") == {
        "@context": [
            "http://www.w3.org/ns/anno.jsonld",
            {
                "ParagraphSelector": f"{BASE}/v1/dictionary#ParagraphSelector",
                "paragraph": f"{BASE}/v1/dictionary#figures.paragraph",
                "sha256": f"{BASE}/v1/dictionary#sources.paragraphs",
                "located_on": {
                    "@id": f"{BASE}/v1/dictionary#ParagraphSelector.located_on",
                    "@type": "http://www.w3.org/2001/XMLSchema#date",
                },
            },
        ],
        "id": f"{BASE}/v1/figures/teams/evidence",
        "type": "Annotation",
        "motivation": "describing",
        "body": {
            "id": f"{BASE}/v1/figures/teams",
            "type": "Dataset",
            "format": "application/json",
            "rdfs:label": [{"@value": "球队", "@language": "zh"}, {"@value": "Teams", "@language": "en"}],
        },
        "target": {
            "type": "SpecificResource",
            "source": ARTICLE,
            "selector": [
                {"type": "TextQuoteSelector", "exact": "80支", "prefix": "共有-"},
                {
                    "type": "ParagraphSelector",
                    "paragraph": 5,
                    "sha256": "0" * 64,
                    "located_on": "2026-11-26",
                    "refinedBy": {"type": "TextPositionSelector", "start": 11, "end": 14},
                },
            ],
        },
    }


def test_context_that_is_not_known_is_left_out() -> None:
    assert made()["target"]["selector"][0] == {"type": "TextQuoteSelector", "exact": "80支"}


@pytest.mark.parametrize("prefix", ["", "共", "一二三四五六七八", "a-,b", "100%", "、", "#:~:"])
@pytest.mark.parametrize("words", ["80支", "3-,4个", "a, b"])
def test_the_prefix_is_read_back_from_the_address(prefix: str, words: str) -> None:
    assert prefix_of(text_fragment(ARTICLE, words, prefix)) == prefix


def test_never_are_more_than_eight_characters_told() -> None:
    assert prefix_of(text_fragment(ARTICLE, "80支", "零一二三四五六七八")) == "一二三四五六七八"


def test_an_address_without_words_has_no_prefix() -> None:
    assert prefix_of("https://news.example/a-,b.html") == ""
    assert prefix_of("https://news.example/a-,b.html#:~:text=80") == ""


def test_it_is_a_graph_in_which_the_position_is_counted_in_the_paragraph() -> None:
    graph = graph_of(made("共"))
    (note,) = graph.subjects(RDF.type, OA.Annotation)
    assert note == URIRef(f"{BASE}/v1/figures/teams/evidence")
    assert graph.value(note, OA.motivatedBy) == OA.describing
    assert graph.value(note, OA.hasBody) == URIRef(f"{BASE}/v1/figures/teams")
    target = graph.value(note, OA.hasTarget)
    assert graph.value(target, OA.hasSource) == URIRef(ARTICLE)
    selectors = {graph.value(each, RDF.type): each for each in graph.objects(target, OA.hasSelector)}
    own = URIRef(f"{BASE}/v1/dictionary#ParagraphSelector")
    assert set(selectors) == {OA.TextQuoteSelector, own}
    assert graph.value(selectors[OA.TextQuoteSelector], OA.exact) == Literal("80支")
    position = graph.value(selectors[own], OA.refinedBy)
    assert graph.value(position, RDF.type) == OA.TextPositionSelector
    assert graph.value(position, OA.start).toPython() == 11  # type: ignore[union-attr]
    assert graph.value(selectors[own], URIRef(f"{BASE}/v1/dictionary#figures.paragraph")) == Literal(5)


def test_nothing_is_told_that_has_no_meaning_in_the_graph() -> None:
    graph = graph_of(made("共"))
    assert not [term for triple in graph for term in triple if str(term).startswith("file:")]
    assert len(graph) == 4 + 4 + 4 + 3 + 5 + 3  # annotation, body, target, quote, paragraph, position: all their keys


@pytest.mark.parametrize("arguments", [{"url": PATH, "headers": LINKED}, {"url": f"{PATH}?format=jsonld"}], ids=str)
def test_it_is_served_where_it_is_asked_for(client: TestClient, arguments: Document) -> None:
    response = client.get(**arguments)
    assert response.status_code == 200
    assert response.headers["content-type"] == f'application/ld+json; profile="{CONTEXT}"'
    assert "Accept" in response.headers["vary"]
    document = response.json()
    evidence = client.get(PATH).json()["data"]
    assert document["id"] == f"http://testserver{PATH}"
    assert client.get(document["id"]).json()["data"] == evidence
    assert client.get(document["body"]["id"]).json()["data"]["as_stated"] == evidence["as_stated"]
    quote, paragraph = document["target"]["selector"]
    assert quote["exact"] == evidence["as_stated"]
    assert (paragraph["paragraph"], paragraph["sha256"]) == (evidence["paragraph"], evidence["paragraph_sha256"])
    assert paragraph["refinedBy"] == {
        "type": "TextPositionSelector",
        "start": evidence["start"],
        "end": evidence["end"],
    }
    assert 'rel="canonical"' in response.headers["link"]


def test_every_figure_has_one_that_reads_as_a_graph(client: TestClient, everything: dict[str, list[Document]]) -> None:
    for figure in everything[Figure.collection.slug]:
        document = client.get(f"/v1/figures/{figure['id']}/evidence", headers=LINKED).json()
        graph = graph_of(document)
        (target,) = graph.objects(URIRef(document["id"]), OA.hasTarget)
        assert str(graph.value(target, OA.hasSource)) == figure["source_url"].partition("#")[0]
        quote = document["target"]["selector"][0]
        assert quote["exact"] == figure["as_stated"]
        assert len(quote.get("prefix", "")) <= 8
        assert quote.get("prefix", "") + quote["exact"] == unquote(
            figure["source_url"].partition(":~:text=")[2].replace("-,", "", 1)
        )


def test_json_is_what_comes_unasked(client: TestClient) -> None:
    for accept in ("*/*", "application/json", "application/json, application/ld+json", "application/*"):
        response = client.get(PATH, headers={"Accept": accept})
        assert response.headers["content-type"] == "application/json"
        assert response.json()["data"]["figure_id"] == "youth-teams"


# Pairs of wishes that a table would be given in the same format for, so that only the other form tells them apart.
ALIKE = [
    ("application/json", "application/ld+json, application/json;q=0.9"),
    ("text/csv, application/json;q=0.5", "text/csv, application/ld+json;q=0.5"),
    ("image/png, application/json;q=0.5", "image/png, application/ld+json;q=0.5"),
]


@pytest.mark.parametrize("path", [PATH, "/v1/derived-figures/players-per-youth-team/evidence"])
@pytest.mark.parametrize(("plain", "linked"), ALIKE)
def test_the_forms_are_never_mixed_up(client: TestClient, path: str, plain: str, linked: str) -> None:
    one = client.get(path, headers={"Accept": plain})
    other = client.get(path, headers={"Accept": linked})
    assert one.headers["content-type"] == "application/json"
    assert other.headers["content-type"].startswith("application/ld+json")
    assert one.headers["etag"] != other.headers["etag"]
    assert client.get(path, headers={"Accept": plain}).content == one.content
    for accept, tag, status in (
        (plain, one.headers["etag"], 304),
        (linked, other.headers["etag"], 304),
        (plain, other.headers["etag"], 200),
        (linked, one.headers["etag"], 200),
    ):
        assert client.get(path, headers={"Accept": accept, "If-None-Match": tag}).status_code == status


@pytest.mark.parametrize("path", [PATH, "/v1/derived-figures/players-per-youth-team/evidence"])
def test_what_is_not_offered_is_refused(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "text/turtle"}).status_code == 406
    refused = client.get(f"{path}?format=csv")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["allowed"] == ["json", "jsonld"]
