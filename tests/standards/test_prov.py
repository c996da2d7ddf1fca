"""The provenance of derived figures as PROV-O, and their evidence as it is served."""

import json
from typing import Any

import pytest
from rdflib import PROV, RDFS, Graph, Literal, URIRef
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from app.standards.identifiers import Identifiers
from app.standards.prov import provenance
from tests.problems import problem

pytestmark = pytest.mark.databases("sqlite")

BASE = "https://data.example/v1"
IDS = Identifiers(BASE.removesuffix("/v1"), "Publisher", is_public=True)
LINKED = {"Accept": "application/ld+json"}
SLUG = "derived-figures"

Document = dict[str, Any]

EXPECTED = """
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix prov: <http://www.w3.org/ns/prov#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://data.example/v1/> .

<releases/2026.11-abc> a prov:Collection, prov:Entity ;
    rdfs:label "2026.11" ;
    dcterms:issued "2026-11-23"^^xsd:date ;
    prov:hadMember <derived-figures/players-per-team>, <figures/players>, <figures/teams> .
<derived-figures/players-per-team> a prov:Entity ;
    rdfs:label "Players per team"@en, "每队人数"@zh ;
    rdfs:seeAlso <derived-figures/players-per-team/evidence> ;
    prov:value 1.225e+01 ;
    prov:wasDerivedFrom <figures/players>, <figures/teams> ;
    prov:wasGeneratedBy <derived-figures/players-per-team/evidence#division> .
<derived-figures/players-per-team/evidence#division> a prov:Activity ;
    rdfs:label "players / teams" ;
    rdfs:comment "980 ÷ 80 = 12.25\\nperson per team" ;
    prov:used <figures/players>, <figures/teams> ;
    prov:qualifiedUsage
        [ a prov:Usage ; prov:entity <figures/players> ;
          prov:hadRole [ a prov:Role ; rdfs:label "numerator"@en, "分子"@zh ] ],
        [ a prov:Usage ; prov:entity <figures/teams> ;
          prov:hadRole [ a prov:Role ; rdfs:label "denominator"@en, "分母"@zh ] ] .
<figures/players> a prov:Entity ;
    rdfs:label "players"@en, "players数"@zh ;
    rdfs:seeAlso <figures/players/evidence> ;
    prov:hadPrimarySource <https://news.example/a#:~:text=players> ;
    prov:value 980 .
<figures/teams> a prov:Entity ;
    rdfs:label "teams"@en, "teams数"@zh ;
    rdfs:seeAlso <figures/teams/evidence> ;
    prov:hadPrimarySource <https://news.example/a#:~:text=teams> ;
    prov:value 80 .
"""


def figure(name: str, value: float) -> Document:
    words = f"https://news.example/a#:~:text={name}"
    return {"id": name, "name_zh": f"{name}数", "name_en": name, "value": value, "source_url": words}


def graph_of(document: Document) -> Graph:
    assert isinstance(document["@context"], dict)  # nothing is fetched
    return Graph().parse(data=json.dumps(document), format="json-ld")


def invented(value: float | None) -> Graph:
    """Return the provenance of an invented figure."""
    derived = {
        "id": "players-per-team",
        "name_zh": "每队人数",
        "name_en": "Players per team",
        "value": value,
        "formula": "players / teams",
        "steps": ["980 ÷ 80 = 12.25", "person per team"],
    }
    release = {"id": "2026.11-abc", "edition": "2026.11", "released_on": "2026-11-23"}
    return graph_of(provenance(derived, figure("players", 980), figure("teams", 80), release, IDS))


def test_a_derived_figure_is_a_quotient_of_figures_with_sources() -> None:
    assert invented(12.25).isomorphic(Graph().parse(data=EXPECTED))


def test_a_range_has_no_value() -> None:
    value = (URIRef(f"{BASE}/derived-figures/players-per-team"), PROV.value, Literal(12.25))
    assert value in invented(12.25)
    assert (*value[:2], None) not in invented(None)


@pytest.fixture(scope="session")
def derived(everything: dict[str, list[Document]]) -> list[Document]:
    assert everything[SLUG]
    return everything[SLUG]


def test_every_derived_figure_has_provenance_whose_addresses_work(public: TestClient, derived: list[Document]) -> None:
    for record in derived:
        response = public.get(f"/v1/{SLUG}/{record['id']}/evidence", headers=LINKED)
        assert response.headers["content-type"] == "application/ld+json"
        graph = graph_of(response.json())
        subject = URIRef(f"http://testserver/v1/{SLUG}/{record['id']}")
        operands = {f"http://testserver/v1/figures/{record[name]}" for name in ("numerator_id", "denominator_id")}
        assert set(map(str, graph.objects(subject, PROV.wasDerivedFrom))) == operands
        division = graph.value(subject, PROV.wasGeneratedBy)
        assert str(graph.value(division, RDFS.comment)).split("\n") == record["steps"]
        own = {str(term) for triple in graph for term in triple if str(term).startswith("http://testserver")}
        assert len(own) >= 6
        for address in own:
            assert public.get(address.partition("#")[0]).status_code == 200, address


def test_its_evidence_is_that_of_both_figures(client: TestClient, derived: list[Document]) -> None:
    for record in derived:
        evidence = client.get(f"/v1/{SLUG}/{record['id']}/evidence").json()
        operands = [record["numerator_id"], record["denominator_id"]]
        figures = [client.get(f"/v1/figures/{name}/evidence").json()["data"] for name in operands]
        assert evidence["data"] == {
            "derived_figure_id": record["id"],
            "formula": record["formula"],
            "steps": record["steps"],
            "figures": figures,
        }
        assert all(each["verified"] for each in figures)
        assert evidence["links"]["derived_figure"] == f"http://testserver/v1/{SLUG}/{record['id']}"
        assert evidence["meta"]["release"]


def test_a_record_links_to_its_evidence(client: TestClient, derived: list[Document]) -> None:
    response = client.get(f"/v1/{SLUG}/{derived[0]['id']}")
    evidence = response.json()["links"]["evidence"]
    assert evidence == f"http://testserver/v1/{SLUG}/{derived[0]['id']}/evidence"
    assert f'<{evidence}>; rel="describedby"' in response.headers["link"]


def test_only_figures_have_evidence(client: TestClient, everything: dict[str, list[Document]]) -> None:
    statuses = {
        slug: client.get(f"/v1/{slug}/{records[0]['id']}/evidence").status_code for slug, records in everything.items()
    }
    assert statuses == {slug: 200 if slug in {"figures", SLUG} else 404 for slug in COLLECTIONS}
    for headers in ({}, LINKED):
        problem(client.get(f"/v1/{SLUG}/nothing/evidence", headers=headers), 404)
