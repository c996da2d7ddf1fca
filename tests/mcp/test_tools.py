"""The tools, with the protocol's own client: their schemas are the API's, and so are answers and refusals."""

from typing import Any

import httpx
import pytest
from mcp import MCPError
from mcp.types import ResourceTemplateReference

from app.mcp.tools import TOOLS, brief_fields
from app.models import COLLECTIONS
from app.request.controls import page_parameters
from app.request.operators import OPERATORS
from tests.mcp.conftest import Assistant, connected, text_of

MAX_LISTED_BYTES = 40_000  # which every assistant loads at its start

ANSWERS: list[tuple[str, dict[str, Any], str]] = [
    ("search", {"q": "80支"}, "/v1/search?q=80支&limit=10"),
    ("search", {"q": "tea", "collection": ["products", "places"]}, "/v1/search?q=tea&collection=products,places&limit=10"),
    ("list_records", {"collection": "places", "fields": ["id"], "limit": 3}, "/v1/places?fields=id&limit=3"),
    ("list_records", {"collection": "figures", "include": ["source"], "filters": {"unit": "CNY"}}, "/v1/figures?include=source&unit=CNY&limit=20"),
    ("get_record", {"collection": "places", "id": "bijiang"}, "/v1/places/bijiang"),
    ("aggregate", {"collection": "figures", "group_by": ["unit"]}, "/v1/figures/aggregate?group_by=unit"),
]  # fmt: skip
REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    ("search", {}, "/v1/search?limit=10"),
    ("search", {"q": "tea", "colection": "places"}, "/v1/search?q=tea&colection=places&limit=10"),
    ("list_records", {"collection": "figures", "fields": ["nam_en"]}, "/v1/figures?fields=nam_en&limit=20"),
    ("list_records", {"collection": "figures", "filters": {"untit": "CNY"}, "fields": ["id"]}, "/v1/figures?untit=CNY&fields=id&limit=20"),
    ("get_record", {"collection": "figures", "id": "youth-team"}, "/v1/figures/youth-team"),
    ("aggregate", {"collection": "figures", "measure": ["sum:value"]}, "/v1/figures/aggregate?measure=sum:value"),
    ("cite", {"figure": "youth-team"}, "/v1/citation.bib?figure=youth-team"),
    ("cite", {"style": "apa"}, "/v1/citation.apa"),
    ("compare_releases", {"old": "2020-01", "new": "2020-02"}, "/v1/releases/2020-01/diff/2020-02"),
]  # fmt: skip


@pytest.fixture(scope="module")
def listed(assistant: Assistant) -> dict[str, Any]:
    """The tools as the client lists them, by name."""
    return {tool.name: tool for tool in assistant.run("list_tools").tools}


@pytest.mark.parametrize(("tool", "arguments", "address"), ANSWERS)
def test_an_answer_is_that_of_the_api(
    assistant: Assistant, web: httpx.Client, service: str, tool: str, arguments: dict[str, Any], address: str
) -> None:
    answer, expected = assistant.data(tool, **arguments), web.get(f"{service}{address}").json()
    assert answer["data"] == expected["data"]
    assert answer["meta"] == expected["meta"]
    assert answer["links"]["canonical"].startswith(service)


@pytest.mark.parametrize(("tool", "arguments", "address"), REFUSALS)
def test_a_refusal_has_the_words_of_the_api(
    assistant: Assistant, web: httpx.Client, service: str, tool: str, arguments: dict[str, Any], address: str
) -> None:
    problem = web.get(f"{service}{address}").json()
    detail, *allowed = assistant.refusal(tool, **arguments).splitlines()
    assert detail == problem["detail"]
    assert len(allowed) == sum(bool(each["allowed"]) for each in problem.get("errors", ()))


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("list_records", {"collection": "figure"}, "Did you mean 'figures'?"),
        ("list_records", {"collection": "../metrics"}, "There is no collection '../metrics'."),
        ("list_records", {}, "Allowed for collection: figures"),
        ("aggregate", {"collection": "figures", "filters": "unit=CNY"}, "It must be an object"),
        ("list_records", {"collection": "figures", "filters": {f"f{i}": "1" for i in range(300)}}, "More than 200"),
        ("get_record", {"collection": "figures", "id": "../../metrics"}, "There is nothing at"),
        ("get_record", {"collection": "figures", "id": ""}, "There is nothing at"),
        ("get_record", {"collection": "figures", "id": "\x00"}, "No figure has the id"),
        ("get_record", {"collection": "figures", "id": "aggregate.csv"}, "the extension of an id"),
        ("get_record", {"collection": "figures", "id": "aggregate.xlsx"}, "the extension of an id"),
        ("get_record", {"collection": ["figures"], "id": 1}, "There is no collection"),
        ("search", {"q": {"a": [1, None]}, "limit": True}, "limit: "),
        ("list_records", {"collection": "figures", "format": "csv"}, "Leave out `format`"),
        ("compare_releases", {"new": "latest"}, "Give both"),
        ("compare_releases", {"old": "2020-01", "new": "latest"}, "No files of a release '2020-01'"),
        ("search", {"q": "x" * 20_000}, "The address is longer than 16,000 bytes"),
    ],
)
def test_what_is_no_request_is_refused(assistant: Assistant, tool: str, arguments: dict[str, Any], words: str) -> None:
    assert words in assistant.refusal(tool, **arguments)


def test_the_tools_are_read_only_and_few(assistant: Assistant, listed: dict[str, Any]) -> None:
    assert list(listed) == list(TOOLS)
    assert all(tool.annotations.read_only_hint and not tool.annotations.destructive_hint for tool in listed.values())
    assert sum(len(tool.model_dump_json(exclude_none=True)) for tool in listed.values()) < MAX_LISTED_BYTES
    assert "as_stated" in (assistant.client.instructions or "")


def test_inputs_are_the_declared_ones(listed: dict[str, Any]) -> None:
    inputs = listed["list_records"].input_schema["properties"]
    assert inputs["collection"]["enum"] == [*COLLECTIONS]
    filters = inputs["filters"]["properties"]
    assert filters.keys() <= {name for entity in COLLECTIONS.values() for name in page_parameters(entity)}
    declared = {name: column for entity in COLLECTIONS.values() for name, column in entity.columns().items()}
    for name, schema in filters.items():
        if "enum" in schema and not declared[name].declared.terms:
            assert set(schema["enum"]) >= set(declared[name].vocabulary or ())
    assert {"unit", "status", "comparator", "theme"} <= {name for name in filters if "enum" in filters[name]}
    assert all(f"__{each.suffix}" in inputs["filters"]["description"] for each in OPERATORS if each.suffix)


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_brief_record_has_what_a_quotation_needs(assistant: Assistant, slug: str) -> None:
    entity, [record] = COLLECTIONS[slug], assistant.data("list_records", collection=slug, limit=1)["data"]
    assert list(record) == [*brief_fields(entity)]
    assert {"id", "name_zh", "name_en", *entity.additive_within} <= record.keys()
    assert (getattr(entity, "words_column", "") or "id") in record
    assert not ("source_id" in entity.columns() and {"source_url", "source.url"}.isdisjoint(record))


def test_a_figure_comes_with_its_evidence_and_citations(assistant: Assistant, web: httpx.Client, service: str) -> None:
    result = assistant.call("get_record", collection="figures", id="youth-teams")
    evidence = web.get(f"{service}/v1/figures/youth-teams/evidence").json()["data"]
    assert result.structured_content["evidence"] == evidence
    links = [each for each in result.content if each.type == "resource_link"]
    assert {web.get(str(each.uri)).headers["content-type"].partition(";")[0] for each in links} == {
        each.mime_type for each in links
    }
    assert "evidence" not in assistant.data("get_record", collection="figures", id="youth-teams", evidence=False)


def test_a_citation_is_that_of_the_api(assistant: Assistant, web: httpx.Client, service: str) -> None:
    result = assistant.call("cite", figure="youth-teams", style="ris")
    assert text_of(result) == web.get(f"{service}/v1/citation.ris?figure=youth-teams").text


def test_releases_are_listed_without_their_files(assistant: Assistant, web: httpx.Client, service: str) -> None:
    releases = web.get(f"{service}/v1/releases").json()["data"]
    assert [each | {"files": ...} for each in assistant.data("compare_releases")["data"]] == [
        each | {"files": ...} for each in releases
    ]


def test_each_collection_has_a_dictionary(assistant: Assistant) -> None:
    resources = assistant.run("list_resources").resources
    assert [str(each.uri) for each in resources] == [f"shanhai://dictionary/{slug}" for slug in COLLECTIONS]
    [content] = assistant.run("read_resource", "shanhai://dictionary/figures").contents
    assert '"slug":"figures"' in content.text
    assert '"comparator"' in content.text


def test_addresses_of_records_are_completed(assistant: Assistant) -> None:
    templates = assistant.run("list_resource_templates").resource_templates
    record = ResourceTemplateReference(uri=next(each.uri_template for each in templates if each.name == "record"))
    slugs = assistant.run("complete", record, {"name": "collection", "value": "ba"})
    assert slugs.completion.values == ["basketball-teams"]
    ids = assistant.run("complete", record, {"name": "id", "value": "bijiang-y"}, {"collection": "basketball-teams"})
    assert ids.completion.values == ["bijiang-youth-teams"]
    [content] = assistant.run("read_resource", "shanhai://records/basketball-teams/bijiang-youth-teams").contents
    assert '"id":"bijiang-youth-teams"' in content.text


@pytest.mark.parametrize("uri", ["shanhai://dictionary/figure", "shanhai://records/figures/no", "file:///etc/passwd"])
def test_a_resource_that_is_not_there_is_an_error(assistant: Assistant, uri: str) -> None:
    with pytest.raises(MCPError, match=r"There is no|No figure has the id"):
        assistant.run("read_resource", uri)


def test_a_client_of_an_older_protocol_gets_the_same(assistant: Assistant, service: str) -> None:
    with connected(f"{service}/mcp", "legacy") as older:
        assert older.data("search", q="80支") == assistant.data("search", q="80支")
        assert "RMB" in older.refusal("list_records", collection="figures", filters={"unit": "RMB"})
