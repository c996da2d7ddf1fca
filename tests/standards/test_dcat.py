"""DCAT-AP: its SHACL shapes report no violation in the catalogue of a service, and every fault put into it."""

import json
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
from rdflib import DCTERMS, RDF, SH, Graph, Namespace, URIRef

from app.settings import ROOT
from tests.conftest import NewDatabase, client_of, loaded

pytestmark = pytest.mark.databases("sqlite")

SHAPES = ROOT.parent / "shared" / "reference" / "dcat-ap-3.0.1-SHACL.ttl"
DCAT = Namespace("http://www.w3.org/ns/dcat#")  # rdflib's has version 2 only
DCATAP = Namespace("http://data.europa.eu/r5r/")
SPDX = Namespace("http://spdx.org/rdf/terms#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")


@cache
def shapes() -> Graph:
    """Return the published shapes, without the two references to property shapes that the file lacks."""
    if not SHAPES.exists():
        pytest.skip("the shapes are not next to this checkout")
    graph = Graph().parse(SHAPES)
    dangling = [each for each in graph.triples((None, SH.property, None)) if (each[2], None, None) not in graph]
    assert len(dangling) == 2
    for each in dangling:
        graph.remove(each)
    return graph


@pytest.fixture(scope="module")
def document(web: httpx.Client, service: str) -> dict[str, Any]:
    document: dict[str, Any] = web.get(f"{service}/v1/dcat.jsonld").raise_for_status().json()
    return document


def graph_of(document: dict[str, Any]) -> Graph:
    return Graph().parse(data=json.dumps(document), format="json-ld")


def violations(graph: Graph) -> set[tuple[str, str]]:
    """Return the property and the class of every violation."""
    from pyshacl import validate

    _, report, _ = validate(graph, shacl_graph=shapes())
    assert isinstance(report, Graph)
    return {
        (_last(report.value(each, SH.resultPath)), _last(kind))
        for each in report.subjects(RDF.type, SH.ValidationResult)
        for kind in graph.objects(report.value(each, SH.focusNode), RDF.type)
    }


def _last(address: object) -> str:
    return re.split("[/#]", str(address))[-1]


@pytest.mark.slow
def test_the_shapes_report_no_violation(document: dict[str, Any]) -> None:
    assert violations(graph_of(document)) == set()


@pytest.mark.parametrize("contact", ["mailto:data@publisher.example", "https://publisher.example/contact"])
def test_the_shapes_report_no_violation_in_a_contact(new_database: NewDatabase, contact: str) -> None:
    with client_of(loaded(new_database("sqlite")), contact=contact) as client:
        graph = graph_of(client.get("/v1/dcat.jsonld").json())
    assert list(graph.subject_objects(DCAT.contactPoint))
    assert violations(graph) == set()


def put(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(node: dict[str, Any]) -> None:
        node[key] = value

    return change


FAULTS: dict[str, tuple[str, Callable[[dict[str, Any]], None], tuple[str, str]]] = {
    "a catalogue without a title": ("dcat:Catalog", put("dct:title", []), ("title", "Catalog")),
    "a dataset without a description": ("dcat:Dataset", put("dct:description", []), ("description", "Dataset")),
    "a file without an address": ("dcat:Distribution", put("dcat:accessURL", []), ("accessURL", "Distribution")),
    "two publishers": (
        "dcat:Dataset",
        put("dct:publisher", [{"@id": f"https://example.org/{each}", "@type": "foaf:Agent"} for each in "ab"]),
        ("publisher", "Dataset"),
    ),
    "a theme that is a word": ("dcat:Dataset", put("dcat:theme", "regions"), ("theme", "Dataset")),
    "an API without an address": ("dcat:DataService", put("dcat:endpointURL", []), ("endpointURL", "DataService")),
    "a publisher without a name": ("foaf:Agent", put("foaf:name", []), ("name", "Agent")),
}


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "change", "expected"), FAULTS.values(), ids=FAULTS)
def test_the_shapes_report_a_fault(
    document: dict[str, Any], kind: str, change: Callable[[dict[str, Any]], None], expected: tuple[str, str]
) -> None:
    broken = json.loads(json.dumps(document))
    change(next(node for node in broken["@graph"] if node["@type"] == kind))
    assert expected in violations(graph_of(broken))


MANDATORY = {
    DCAT.Catalog: [DCTERMS.title, DCTERMS.description, DCTERMS.publisher],
    DCAT.Dataset: [DCTERMS.title, DCTERMS.description],
    DCAT.Distribution: [DCAT.accessURL],
    DCAT.DataService: [DCTERMS.title, DCAT.endpointURL],
    FOAF.Agent: [FOAF.name],
}
RECOMMENDED = {
    DCAT.Catalog: [
        FOAF.homepage, DCTERMS.language, DCTERMS.license, DCTERMS.issued, DCTERMS.modified, DCTERMS.spatial,
        DCTERMS.rights, DCAT.themeTaxonomy, DCAT.dataset, DCAT.service,
    ],
    DCAT.Dataset: [
        DCAT.distribution, DCAT.keyword, DCTERMS.publisher, DCTERMS.spatial, DCTERMS.temporal,
        DCAT.theme, DCTERMS.identifier, DCAT.version, DCTERMS.provenance, DCTERMS.language, DCTERMS.accrualPeriodicity,
    ],
    DCAT.Distribution: [
        DCATAP.availability, DCTERMS.description, DCTERMS.license, DCAT.mediaType, DCAT.byteSize, DCAT.downloadURL,
        SPDX.checksum, DCTERMS.title, DCTERMS.language,
    ],
    DCAT.DataService: [
        DCAT.endpointDescription, DCAT.servesDataset, DCTERMS.license, DCTERMS.publisher, DCAT.keyword,
        DCAT.theme,
    ],
}  # fmt: skip


# DCAT.contactPoint is recommended too, and present if an operator sets one: tests/api/test_contact.py.
@pytest.mark.parametrize("kind", MANDATORY)
def test_mandatory_and_recommended_properties_are_present(document: dict[str, Any], kind: URIRef) -> None:
    graph = graph_of(document)
    nodes, properties = list(graph.subjects(RDF.type, kind)), [*MANDATORY[kind], *RECOMMENDED.get(kind, [])]
    assert nodes
    missing = [(node, each) for node in nodes for each in properties if (node, each, None) not in graph]
    assert missing == []


def test_titles_are_in_both_languages(document: dict[str, Any]) -> None:
    graph = graph_of(document)
    for kind in RECOMMENDED:
        for node in graph.subjects(RDF.type, kind):
            languages = {title.language for title in graph.objects(node, DCTERMS.title)}  # type: ignore[attr-defined]
            assert languages == {"zh-Hans", "en"}, node


def test_turtle_is_the_same_graph(web: httpx.Client, service: str, document: dict[str, Any]) -> None:
    response = web.get(f"{service}/v1/dcat.ttl")
    assert response.headers["content-type"] == "text/turtle; charset=utf-8"
    turtle = Graph().parse(data=response.content, format="turtle")
    assert len(turtle) > 1_000
    assert turtle.isomorphic(graph_of(document))


def test_distributions_are_the_files_of_the_release(web: httpx.Client, service: str, document: dict[str, Any]) -> None:
    """Every file of the release, with its length and checksum."""
    release = web.get(f"{service}/v1/releases/latest", follow_redirects=True).json()["data"]
    distributions = [node for node in document["@graph"] if node["@type"] == "dcat:Distribution"]
    nodes = {node["dcat:downloadURL"]["@id"]: node for node in distributions}
    assert set(nodes) == {file["url"] for file in release["files"]}
    for file in release["files"]:
        node = nodes[file["url"]]
        assert int(node["dcat:byteSize"]["@value"]) == file["bytes"]
        assert node["spdx:checksum"]["spdx:checksumValue"]["@value"] == file["sha256"]
        assert node["dcat:mediaType"]["@id"].endswith(file["media_type"].split(";")[0])


def test_a_release_links_to_the_previous_one(new_releases: list[dict[str, Any]]) -> None:
    """A second edition names the first as its previous version, and both are in the catalogue."""
    datasets = [node for node in new_releases if node["@type"] == "dcat:Dataset"]
    assert len(datasets) == 2
    assert datasets[0]["dcat:previousVersion"]["@id"] == datasets[1]["@id"]
    assert "dcat:previousVersion" not in datasets[1]
    assert "dcat:distribution" in datasets[0]


def test_a_newer_edition_is_no_previous_version(fresh: str, seed: Path) -> None:
    """The newer edition was loaded first."""
    catalog = seed / "catalog.toml"
    older = catalog.read_text("utf-8")
    newer = re.sub("released_on = .*", "released_on = 2027-01-01", older.replace("2026.11", "2027.1"))
    for text in (newer, older):
        catalog.write_text(text, "utf-8")
        loaded(fresh, seed)
    with client_of(fresh) as client:
        graph = client.get("/v1/dcat.jsonld").json()["@graph"]
    datasets = [node for node in graph if node["@type"] == "dcat:Dataset"]
    assert len(datasets) == 2
    assert [node for node in datasets if "dcat:previousVersion" in node] == []


@pytest.fixture
def new_releases(fresh: str, seed: Any) -> list[dict[str, Any]]:
    loaded(fresh)
    catalog = seed / "catalog.toml"
    catalog.write_text(catalog.read_text("utf-8").replace("2026.11", "2026.12"), "utf-8")
    loaded(fresh, seed)
    with client_of(fresh) as client:
        graph: list[dict[str, Any]] = client.get("/v1/dcat.jsonld").json()["@graph"]
    return graph
