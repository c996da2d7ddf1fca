"""The provenance of derived figures, read back with rdflib, and their evidence as it is served."""

import json
from typing import Any

import pytest
from rdflib import PROV, RDF, RDFS, Graph, Literal, URIRef
from rdflib.namespace import DCTERMS
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from app.standards.prov import provenance

pytestmark = pytest.mark.databases("sqlite")

BASE = "https://data.example"
LINKED = {"Accept": "application/ld+json"}
SLUG = "derived-figures"

Record = dict[str, Any]


def figure(name: str, value: float | None) -> Record:
    return {
        "id": name,
        "name_zh": f"{name}数",
        "name_en": name,
        "value": value,
        "source_url": f"https://news.example/a#:~:text={name}",
    }


def made(**changes: Any) -> Record:
    """The provenance of an invented figure."""
    derived = {
        "id": "players-per-team",
        "name_zh": "每队人数",
        "name_en": "Players per team",
        "value": 12.25,
        "formula": "players / teams",
        "steps": ["980 ÷ 80 = 12.25", "person per team"],
        **changes,
    }
    release = {"id": "2026.11-abc", "edition": "2026.11", "released_on": "2026-11-23"}
    return provenance(derived, figure("players", 980), figure("teams", 80), release, BASE)


def graph_of(document: Record) -> Graph:
    assert isinstance(document["@context"], dict)  # nothing to be fetched
    return Graph().parse(data=json.dumps(document), format="json-ld")


def own(path: str) -> URIRef:
    return URIRef(f"{BASE}/v1/{path}")


def test_a_derived_figure_comes_from_its_two_figures_by_a_division() -> None:
    graph = graph_of(made())
    derived, players, teams = own("derived-figures/players-per-team"), own("figures/players"), own("figures/teams")
    assert set(graph.subjects(RDF.type, PROV.Entity)) == {derived, players, teams, own("releases/2026.11-abc")}
    assert set(graph.objects(derived, PROV.wasDerivedFrom)) == {players, teams}
    (division,) = graph.subjects(RDF.type, PROV.Activity)
    assert graph.value(derived, PROV.wasGeneratedBy) == division
    assert set(graph.objects(division, PROV.used)) == {players, teams}
    assert graph.value(division, RDFS.label) == Literal("players / teams")
    assert graph.value(division, RDFS.comment) == Literal("980 ÷ 80 = 12.25\nperson per team")
    assert graph.value(derived, PROV.value) == Literal(12.25)


def test_it_tells_which_figure_was_divided_by_which() -> None:
    graph = graph_of(made())
    document = {
        str(label): str(graph.value(usage, PROV.entity))
        for usage in graph.subjects(RDF.type, PROV.Usage)
        for label in graph.objects(graph.value(usage, PROV.hadRole), RDFS.label)
    }
    assert document == {
        "分子": f"{BASE}/v1/figures/players",
        "numerator": f"{BASE}/v1/figures/players",
        "分母": f"{BASE}/v1/figures/teams",
        "denominator": f"{BASE}/v1/figures/teams",
    }


def test_each_figure_leads_to_its_words() -> None:
    graph = graph_of(made())
    for name in ("players", "teams"):
        assert graph.value(own(f"figures/{name}"), PROV.hadPrimarySource) == URIRef(
            f"https://news.example/a#:~:text={name}"
        )
        assert graph.value(own(f"figures/{name}"), RDFS.seeAlso) == own(f"figures/{name}/evidence")
    assert graph.value(own("derived-figures/players-per-team"), PROV.hadPrimarySource) is None


def test_the_release_holds_all_three() -> None:
    graph = graph_of(made())
    release = own("releases/2026.11-abc")
    assert len(set(graph.objects(release, PROV.hadMember))) == 3
    issued = graph.value(release, DCTERMS.issued)
    assert isinstance(issued, Literal)
    assert issued.toPython().isoformat() == "2026-11-23"


def test_a_range_has_no_value() -> None:
    graph = graph_of(made(value=None))
    assert graph.value(own("derived-figures/players-per-team"), PROV.value) is None
    assert graph.value(own("figures/teams"), PROV.value) == Literal(80)


def test_every_address_is_absolute_and_every_term_one_of_prov() -> None:
    graph = graph_of(made())
    for subject, predicate, value in graph:
        for term in (subject, predicate, value):
            assert not isinstance(term, URIRef) or str(term).startswith(("https://", "http://"))
        for term in (predicate, value):
            if str(term).startswith(str(PROV)):
                assert str(term).removeprefix(str(PROV)) in PROV.__annotations__, term


@pytest.fixture(scope="session")
def derived(everything: dict[str, list[Record]]) -> list[Record]:
    assert everything[SLUG]
    return everything[SLUG]


def test_every_derived_figure_serves_it(client: TestClient, derived: list[Record]) -> None:
    for record in derived:
        response = client.get(f"/v1/{SLUG}/{record['id']}/evidence", headers=LINKED)
        assert response.headers["content-type"] == "application/ld+json"
        graph = graph_of(response.json())
        here = URIRef(f"http://testserver/v1/{SLUG}/{record['id']}")
        assert {str(each).rpartition("/")[2] for each in graph.objects(here, PROV.wasDerivedFrom)} == {
            record["numerator_id"],
            record["denominator_id"],
        }
        division = graph.value(here, PROV.wasGeneratedBy)
        assert str(graph.value(division, RDFS.comment)).split("\n") == record["steps"]
        ours = {
            str(term)
            for triple in graph
            for term in triple
            if isinstance(term, URIRef) and str(term).startswith("http://testserver")
        }
        assert len(ours) >= 6
        for address in ours:
            assert client.get(address.partition("#")[0]).status_code == 200, address


def test_its_evidence_is_that_of_both_figures(client: TestClient, derived: list[Record]) -> None:
    for record in derived:
        path = f"/v1/{SLUG}/{record['id']}/evidence"
        document = client.get(path).json()
        both = [
            client.get(f"/v1/figures/{record[name]}/evidence").json()["data"]
            for name in ("numerator_id", "denominator_id")
        ]
        assert document["data"] == {
            "derived_figure_id": record["id"],
            "formula": record["formula"],
            "steps": record["steps"],
            "figures": both,
        }
        assert all(each["verified"] for each in document["data"]["figures"])
        assert document["links"]["derived_figure"] == f"http://testserver/v1/{SLUG}/{record['id']}"
        assert document["meta"]["release"]


def test_links_lead_there(client: TestClient, derived: list[Record]) -> None:
    response = client.get(f"/v1/{SLUG}/{derived[0]['id']}")
    evidence = response.json()["links"]["evidence"]
    assert evidence == f"http://testserver/v1/{SLUG}/{derived[0]['id']}/evidence"
    assert f'<{evidence}>; rel="describedby"' in response.headers["link"]
    assert client.get(evidence).status_code == 200


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_other_collections_have_no_evidence_of_their_own(client: TestClient, slug: str) -> None:
    expected = 404 if slug not in {"figures", SLUG} else 200
    record = client.get(f"/v1/{slug}?limit=1").json()["data"][0]
    assert client.get(f"/v1/{slug}/{record['id']}/evidence").status_code == expected


def test_what_does_not_exist_has_no_evidence(client: TestClient) -> None:
    for headers in ({}, LINKED):
        response = client.get(f"/v1/{SLUG}/nothing/evidence", headers=headers)
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"
