"""The OpenAPI document: complete, true and executable; Swagger UI works offline."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from openapi_spec_validator import validate
from starlette.testclient import TestClient

from app.entity import Entity
from app.formats import FORMATS
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS, ENTITIES
from app.read.examples import MAX_EXAMPLE_BYTES
from app.request.controls import file_parameters
from app.request.filters import filters
from tests.conftest import NewDatabase, client_of, loaded
from tests.terms import LABELS

pytestmark = pytest.mark.databases("sqlite")

Operation = dict[str, Any]

MAX_DOCUMENT_BYTES = 350_000  # uncompressed
TEXT_KEYS = ("summary", "description")
CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.fixture(scope="session")
def document(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/v1/openapi.json").json()
    return document


@pytest.fixture(scope="session")
def chinese_document(client: TestClient) -> dict[str, Any]:
    document: dict[str, Any] = client.get("/v1/openapi.json?lang=zh").json()
    return document


def texts_of(node: Any, *place: str) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield every text of the document for readers, with its place."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        if key in TEXT_KEYS and isinstance(value, str):
            yield (*place, key), value
        else:
            yield from texts_of(value, *place, str(key))


def without_texts(node: Any) -> Any:
    """Return the document without what readers alone read."""
    if isinstance(node, dict):
        kept = {key: value for key, value in node.items() if not (key in TEXT_KEYS and isinstance(value, str))}
        return {key: without_texts(value) for key, value in kept.items()}
    return [without_texts(each) for each in node] if isinstance(node, list) else node


def operations(document: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    """Yield every path with its operation, references to shared parameters and responses resolved."""
    for path, item in document["paths"].items():
        operation = item["get"]
        parameters = [resolve(document, each) for each in operation.get("parameters", [])]
        responses = {status: resolve(document, each) for status, each in operation["responses"].items()}
        yield path, {**operation, "parameters": parameters, "responses": responses}


def resolve(document: dict[str, Any], node: dict[str, Any]) -> dict[str, Any]:
    """Return what a node refers to, or itself."""
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_document_is_valid(client: TestClient, language: str) -> None:
    document = client.get(f"/v1/openapi.json?lang={language}").json()
    assert document["openapi"].startswith("3.1")
    validate(document)


def test_every_text_of_the_chinese_document_is_chinese(chinese_document: dict[str, Any]) -> None:
    texts = dict(texts_of(chinese_document))
    assert len(texts) > 500
    assert [place for place, text in texts.items() if not CHINESE.search(text)] == []
    assert [tag["name"] for tag in chinese_document["tags"] if not CHINESE.search(tag["name"])] == []


def test_the_english_document_keeps_no_chinese_texts(document: dict[str, Any]) -> None:
    assert '"x-zh"' not in json.dumps(document)
    assert [place for place, text in texts_of(document) if text.endswith("。")] == []


def test_the_documents_differ_in_texts_only(document: dict[str, Any], chinese_document: dict[str, Any]) -> None:
    english, chinese = without_texts(document), without_texts(chinese_document)
    names = {one["name"]: other["name"] for one, other in zip(english["tags"], chinese["tags"], strict=True)}
    for each in english["paths"].values():
        each["get"]["tags"] = [names[name] for name in each["get"]["tags"]]
    assert english["paths"] == chinese["paths"]
    assert english["components"] == chinese["components"]


def test_each_language_has_its_own_address_and_etag(client: TestClient) -> None:
    english, stated, chinese = (client.get(f"/v1/openapi.json{query}") for query in ("", "?lang=en", "?lang=zh"))
    assert english.content == stated.content
    assert [each.headers["content-language"] for each in (english, stated, chinese)] == ["en", "en", "zh-Hans"]
    canonical = [
        each.links["canonical"]["url"].removeprefix(str(client.base_url)) for each in (english, stated, chinese)
    ]
    assert canonical == ["/v1/openapi.json", "/v1/openapi.json", "/v1/openapi.json?lang=zh"]
    assert english.headers["etag"] != chinese.headers["etag"]


@pytest.mark.parametrize("query", ["lang=fr", "language=zh"])
def test_other_languages_and_parameters_are_refused(client: TestClient, query: str) -> None:
    response = client.get(f"/v1/openapi.json?{query}")
    assert response.status_code == 422
    assert response.json()["errors"][0]["allowed"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_document_is_small_enough_for_readers_and_generators(client: TestClient, language: str) -> None:
    assert len(client.get(f"/v1/openapi.json?lang={language}").content) <= MAX_DOCUMENT_BYTES


def test_the_document_names_its_server_licence_and_tags(client: TestClient, document: dict[str, Any]) -> None:
    license_ = document["info"]["license"]
    assert [server["url"] for server in document["servers"]] == [str(client.base_url)]
    assert license_["url"] == client.get("/v1/datapackage.json").json()["licenses"][0]["path"]
    assert document["security"] == []
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    assert {tag for _, operation in operations(document) for tag in operation["tags"]} == tags.keys()
    assert all(tags.values())


def test_a_document_from_behind_a_proxy_names_the_public_address(new_database: NewDatabase) -> None:
    with client_of(loaded(new_database("sqlite")), trust_proxy=True) as client:
        headers = {"X-Forwarded-Host": "data.example", "X-Forwarded-Proto": "https", "X-Forwarded-Prefix": "/open"}
        document = client.get("/v1/openapi.json", headers=headers).json()
    assert document["servers"][0]["url"] == "https://data.example/open"


def test_without_a_release_the_document_has_no_examples(new_database: NewDatabase) -> None:
    with client_of(new_database("sqlite")) as client:
        response = client.get("/v1/openapi.json")
    assert response.status_code == 200
    assert "license" not in response.json()["info"]
    assert response.json()["paths"].keys() >= {"/v1/figures", "/v1/figures.csv"}


def test_the_path_of_fastapi_leads_to_the_document(client: TestClient) -> None:
    response = client.get("/openapi.json", follow_redirects=False)
    assert (response.status_code, response.headers["location"]) == (308, f"{client.base_url}/v1/openapi.json")


@pytest.mark.parametrize(
    ("slug", "below"),
    [
        (slug, below)
        for slug, entity in COLLECTIONS.items()
        for below in ("", *(() if entity.briefly_documented else ("/aggregate", *(f".{form}" for form in FORMATS))))
    ],
)
def test_every_parameter_is_described_and_typed_and_its_example_runs(
    client: TestClient, document: dict[str, Any], slug: str, below: str
) -> None:
    described = {path: operation["parameters"] for path, operation in operations(document)}[f"/v1/{slug}{below}"]
    known = filters(COLLECTIONS[slug])
    for each in described:
        assert each["description"]
        assert resolve(document, each["schema"])["type"]
        assert "example" not in each  # a reader would fill in every one of them
        examples = each["schema"].get("examples", [])
        if below and each["name"] in known:
            continue  # the very one that the collection takes
        for example in examples:
            text = ",".join(map(str, example)) if isinstance(example, list) else json.dumps(example).strip('"')
            text = example if isinstance(example, str) else text
            response = client.get(f"/v1/{slug}{below}?{urlencode({each['name']: text})}")
            assert response.status_code == 200, (each["name"], response.text)
            if each["name"] in known:
                assert response.json()["meta"]["total"] > 0, (each["name"], text)


@pytest.mark.parametrize("entity", COLLECTIONS.values(), ids=COLLECTIONS)
def test_the_examples_of_a_record_are_values_of_the_release(
    client: TestClient, document: dict[str, Any], entity: type[Entity]
) -> None:
    records = client.get(f"/v1/{entity.collection.slug}.json").json()["data"]
    properties = document["components"]["schemas"][entity.__name__]["properties"]
    for name, column in entity.columns().items():
        values = [record[name] for record in records]
        examples = properties[name].get("examples", [])
        sizes = [len(msgspec.json.encode(value)) for value in values if value not in (None, [])]
        assert bool(examples) == (not column.is_term and any(size <= MAX_EXAMPLE_BYTES for size in sizes)), name
        assert all(example in values for example in examples), name


def test_every_file_takes_the_parameters_of_its_format_only(document: dict[str, Any]) -> None:
    names = {path: {each["name"] for each in operation["parameters"]} for path, operation in operations(document)}
    for slug, entity in COLLECTIONS.items():
        for name, parameter in () if entity.briefly_documented else file_parameters(entity).items():
            for form in FORMATS:
                if parameter.formats:
                    assert (name in names[f"/v1/{slug}.{form}"]) == (form in parameter.formats), (slug, name, form)


@pytest.mark.parametrize("slug", [slug for slug, entity in COLLECTIONS.items() if entity.briefly_documented])
def test_a_briefly_documented_collection_has_all_addresses_of_the_others(
    client: TestClient, document: dict[str, Any], slug: str
) -> None:
    paths = {path for path in document["paths"] if path.startswith(f"/v1/{slug}")}
    assert paths == {f"/v1/{slug}", f"/v1/{slug}/{{id}}"}
    for below in ("/aggregate", ".csv", "?sort=-id&facet=source_id&id__ne=x" if slug == "mentions" else "?sort=-id"):
        assert client.get(f"/v1/{slug}{below}").status_code == 200


def test_every_operation_has_one_media_type_and_documents_its_problems(document: dict[str, Any]) -> None:
    for path, operation in operations(document):
        assert operation["summary"], path
        assert "application/problem+json" in operation["responses"]["default"]["content"]
        media_type, *fallback = operation["responses"]["200"]["content"].items()
        assert [name for name, _ in fallback] in ([], ["application/octet-stream"]), path
        assert media_type[1]["schema"], path
        assert media_type[0] != "application/json" or "$ref" in media_type[1]["schema"], path
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert {"listTrainingPartners", "downloadTrainingPartnersCsv", "getTrainingPartner", "getEvidence"} <= set(names)


def test_vocabularies_are_named(document: dict[str, Any]) -> None:
    """A generator makes one type of each, however many filters and fields have it."""
    schemas = document["components"]["schemas"]
    for entity in ENTITIES:
        for column in entity.columns().values():
            if column.vocabulary:
                assert schemas[column.vocabulary.__name__]["enum"] == [*column.vocabulary]
            elif column.declared.terms:  # a client must not break when a release adds a term
                schema = schemas[column.vocabulary_name]
                assert ("enum" in schema, schema["examples"]) == (False, [*column.labels(LABELS)])
                assert f"/v1/vocabularies?vocabulary={column.declared.terms.id}" in schema["description"]
    inline = [name for name, each in document["components"]["parameters"].items() if "enum" in each["schema"]]
    assert sorted(inline) == ["labels", "lang"]
