"""Evidence as a W3C Web Annotation."""

import json
from typing import Any
from urllib.parse import unquote

import pytest
from rdflib import RDF, Graph, Literal, Namespace, URIRef
from starlette.testclient import TestClient

from app.evidence.spans import text_fragment
from app.models import Figure
from app.standards.annotation import CONTEXT, annotation, prefix_of
from app.standards.identifiers import Identifiers

pytestmark = pytest.mark.databases("sqlite")

OA = Namespace("http://www.w3.org/ns/oa#")
BASE = "https://data.example"
ARTICLE = "https://news.example/2022/a.html"
LINKED = {"Accept": "application/ld+json"}
PATH = "/v1/figures/youth-teams/evidence"

# The terms used here of the standard's context, which is on the network.
OFFLINE_CONTEXT: dict[str, Any] = {
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


def invented(prefix: str = "", time: Document | None = None) -> Document:
    """Return the annotation of an invented figure."""
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
        "time": time,
    }
    figure = {"id": "teams", "name_zh": "球队", "name_en": "Teams"}
    return annotation(evidence, {"id": "a", "url": ARTICLE}, figure, Identifiers(BASE, "Publisher", is_public=True))


def test_the_words_of_the_time_are_a_second_target() -> None:
    time = {"time_stated": "2023年", "paragraph": 4, "start": 2, "end": 7, "paragraph_sha256": "1" * 64}
    number, stated = invented(time=time)["target"]
    assert number == invented()["target"]
    assert stated["source"] == ARTICLE
    quote, position = stated["selector"]
    assert quote == {"type": "TextQuoteSelector", "exact": "2023年"}
    assert (position["paragraph"], position["refinedBy"]["start"], position["refinedBy"]["end"]) == (4, 2, 7)


def graph_of(document: Document) -> Graph:
    """Parse an annotation without the network."""
    assert document["@context"][0] == CONTEXT
    offline = {**document, "@context": [OFFLINE_CONTEXT, *document["@context"][1:]]}
    return Graph().parse(data=json.dumps(offline), format="json-ld")


def test_it_has_the_members_of_the_data_model() -> None:
    assert invented("共有-") == {
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


def test_an_unknown_prefix_is_omitted() -> None:
    assert invented()["target"]["selector"][0] == {"type": "TextQuoteSelector", "exact": "80支"}


@pytest.mark.parametrize("prefix", ["", "共", "一二三四五六七八", "a-,b", "100%", "、", "#:~:"])
@pytest.mark.parametrize("words", ["80支", "3-,4个", "a, b"])
def test_the_prefix_is_read_back_from_the_address(prefix: str, words: str) -> None:
    assert prefix_of(text_fragment(ARTICLE, words, prefix)) == prefix


@pytest.mark.parametrize(
    ("address", "prefix"),
    [
        (text_fragment(ARTICLE, "80支", "零一二三四五六七八"), "一二三四五六七八"),  # at most eight characters
        ("https://news.example/a-,b.html", ""),
        ("https://news.example/a-,b.html#:~:text=80", ""),
    ],
)
def test_a_prefix_is_short_and_may_be_absent(address: str, prefix: str) -> None:
    assert prefix_of(address) == prefix


def test_every_key_has_a_meaning_in_the_graph() -> None:
    graph = graph_of(invented("共"))
    assert not [term for triple in graph for term in triple if str(term).startswith("file:")]
    assert len(graph) == 4 + 4 + 4 + 3 + 5 + 3  # annotation, body, target, quote, paragraph, position: all their keys
    own = Namespace(f"{BASE}/v1/dictionary#")
    (selector,) = graph.subjects(RDF.type, own.ParagraphSelector)
    assert graph.value(selector, own["figures.paragraph"]) == Literal(5)
    position = graph.value(selector, OA.refinedBy)
    assert graph.value(position, OA.start).toPython() == 11  # type: ignore[union-attr]


@pytest.mark.parametrize(("path", "accept"), [(PATH, "application/ld+json"), (f"{PATH}?format=jsonld", "*/*")])
def test_it_is_served_by_accept_and_by_format(public: TestClient, path: str, accept: str) -> None:
    response = public.get(path, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.headers["content-type"] == f'application/ld+json; profile="{CONTEXT}"'
    assert "Accept" in response.headers["vary"]
    document = response.json()
    evidence = public.get(PATH).json()["data"]
    assert document["id"] == f"http://testserver{PATH}"
    assert public.get(document["id"]).json()["data"] == evidence
    assert public.get(document["body"]["id"]).json()["data"]["as_stated"] == evidence["as_stated"]
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
