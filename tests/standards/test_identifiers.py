"""Identifiers: equal for all clients of a service, whatever the address by which they came; links follow the request."""

import json
import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from rdflib import RDF, Graph, Namespace, URIRef
from starlette.testclient import TestClient

from app.api.metadata import DOCUMENTS
from app.http.languages import LANGUAGES
from app.standards.identifiers import Identifiers
from tests.standards.test_dcat import DCAT, FOAF

pytestmark = pytest.mark.databases("sqlite")

HOSTS = ("one.example", "www.other.example:8000")
PUBLIC = "http://testserver"
DOCUMENT_TYPES = {FOAF.Document, Namespace("http://purl.org/dc/terms/").Standard}  # identified by where they are
KEYS = {"id", "identifier", "aboutUrl", "propertyUrl", "equivalentProperty", "number", "ID"}

Read = Callable[[str], set[str]]


def in_graph(text: str) -> set[str]:
    """Return the subjects of all nodes with a type, except documents."""
    graph = Graph().parse(data=text, format="json-ld" if text.startswith("{") else "turtle")
    return {str(node) for node, kind in graph.subject_objects(RDF.type) if _is_node(node, kind)}


def _is_node(node: Any, kind: Any) -> bool:
    return isinstance(node, URIRef) and kind not in DOCUMENT_TYPES


def in_json(text: str) -> set[str]:
    """Return the values of all members that identify something, and the ids of all nodes that are described."""

    def walk(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (value[key] for key in KEYS & value.keys() if isinstance(value[key], str))
            if "@id" in value and len(value) > 1:
                yield value["@id"]
            value = list(value.values())
        if isinstance(value, list):
            for each in value:
                yield from walk(each)

    return set(walk(json.loads(text)))


def in_atom(text: str) -> set[str]:
    return set(map(unescape, re.findall("<id>(.*?)</id>", text)))


def in_citation(text: str) -> set[str]:
    """Return the key, and the release that the citation names as its identifier."""
    return set(re.findall(r"@dataset\{(.*),|ID  - (.*)\r|value: (.*)", text)[0])


READERS: dict[str, Read] = {
    "/v1/releases.atom": in_atom,
    "/v1/figures.atom?unit=CNY": in_atom,
    "/v1/search.atom?q=basketball": in_atom,
    "/v1/dcat.jsonld": in_graph,
    "/v1/dcat.ttl": in_graph,
    "/v1/derived-figures/{derived}/evidence?format=jsonld": in_graph,
    "/v1/figures/{figure}/evidence?format=jsonld": in_json,
    "/v1/croissant.json": in_json,
    "/v1/schema.jsonld": in_json,
    "/v1/datapackage.json": in_json,
    "/v1/csv-metadata.json": in_json,
    "/v1/figures.csv-metadata.json": in_json,
    "/v1/citation.bib": in_citation,
    "/v1/citation.ris": in_citation,
    "/v1/citation.cff": in_citation,
    "/v1/citation.csl.json": in_json,
}
# Their members are links and names only.
WITHOUT = {"/v1/dictionary", "/conformance", "/.well-known/api-catalog", "/robots.txt", "/llms.txt"} | {
    f"/{language}/opensearch.xml" for language in LANGUAGES
}


@pytest.fixture(scope="module")
def paths(everything: dict[str, list[dict[str, Any]]]) -> dict[str, str]:
    return {name: everything[slug][0]["id"] for name, slug in (("figure", "figures"), ("derived", "derived-figures"))}


@pytest.mark.parametrize("path", READERS)
def test_identifiers_are_equal_for_all_hosts(client: TestClient, paths: dict[str, str], path: str) -> None:
    responses = [client.get(path.format(**paths), headers={"Host": host}).raise_for_status() for host in HOSTS]
    one, other = (READERS[path](response.text) for response in responses)
    assert one
    assert one == other
    for host, response in zip(HOSTS, responses, strict=True):  # links follow the request
        assert f"http://{host}/" in response.text + response.headers.get("link", "")


@pytest.mark.parametrize("path", READERS)
def test_identifiers_are_addresses_below_a_public_one(
    client: TestClient, public: TestClient, paths: dict[str, str], path: str
) -> None:
    own, urls = (READERS[path](each.get(path.format(**paths)).text) for each in (client, public))
    assert len(urls) == len(own)
    assert len([each for each in own if each.startswith("urn:uuid:")]) == len(
        [each for each in urls if each.startswith(f"{PUBLIC}/")]
    )
    for url in sorted(each for each in urls if each.startswith(PUBLIC) and "{" not in each)[:20]:
        assert public.get(url.removeprefix(PUBLIC).partition("#")[0]).status_code == 200, url


def test_no_document_is_left_out() -> None:
    covered = {path.partition("?")[0] for path in READERS} | WITHOUT
    assert {each.path for each in DOCUMENTS if not re.search(r"/[a-z-]+\.csv-metadata", each.path)} <= covered


def test_a_part_has_the_identifier_of_its_whole() -> None:
    ids = Identifiers("http://any.example", "Publisher", is_public=False)
    assert ids.of("/v1/dcat.jsonld#catalog") == f"{ids.of('/v1/dcat.jsonld')}#catalog"
    assert ids.of_record("figures", "{id}") == f"{ids.of('/v1/figures')}#{{id}}"
    assert ids.of("/v1") != ids._replace(publisher="Other").of("/v1")
    assert ids._replace(base_url=PUBLIC, is_public=True).of_record("figures", "a") == f"{PUBLIC}/v1/figures/a"


def test_all_releases_are_one_series(client: TestClient) -> None:
    graph = Graph().parse(data=client.get("/v1/dcat.ttl").text, format="turtle")
    (series,) = graph.subjects(RDF.type, DCAT.DatasetSeries)
    releases = set(graph.subjects(RDF.type, DCAT.Dataset))
    assert releases == set(graph.subjects(DCAT.inSeries, series)) == set(graph.subjects(DCAT.isVersionOf, series))
    assert graph.value(series, DCAT.last) in releases
