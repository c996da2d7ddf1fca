"""Signposts: typed links, parsed from the Link header as a client does."""

import pytest
import requests.utils
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from app.standards.dataset import File
from app.standards.signposting import (
    ABOUT_PAGE,
    DATASET,
    DESCRIPTIONS,
    MAX_LINK_BYTES,
    Signpost,
    landing,
    link_header,
    records,
    whole,
)
from tests.standards.dataset import BASE
from tests.standards.dataset import DATASET as BARE

pytestmark = pytest.mark.databases("sqlite")

FILES = [
    File("dataset.zip", f"{BASE}/v1/releases/2026.11-abc/files/dataset.zip", "application/zip", None),
    *(
        File(f"{slug}.csv", f"{BASE}/v1/releases/2026.11-abc/files/{slug}.csv", "text/csv; charset=utf-8", entity)
        for slug, entity in COLLECTIONS.items()
    ),
]
FULL = BARE._replace(files=FILES)
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def by_relation(signposts: list[Signpost]) -> dict[str, list[str]]:
    addresses: dict[str, list[str]] = {}
    for each in signposts:
        addresses.setdefault(each.relation, []).append(each.address)
    return addresses


def test_a_landing_page_has_all_links_of_the_profile() -> None:
    assert by_relation(landing(FULL, page=True)) == {
        "cite-as": [f"{BASE}/v1/releases/2026.11-abc"],
        "api-catalog": [f"{BASE}/.well-known/api-catalog"],
        "type": [ABOUT_PAGE, DATASET],
        "license": [LICENSE],
        "describedby": [
            f"{BASE}/v1/{name}" for name in ("dcat.jsonld", "datapackage.json", "croissant.json", "dictionary")
        ],
        "item": [file.url for file in FILES],
    }

    assert by_relation(landing(FULL))["type"] == [DATASET]  # the index of the API is no page


def test_links_to_files_and_descriptions_have_media_types() -> None:
    types = {each.address: each.media_type for each in landing(FULL)}
    assert {file.url: file.media_type for file in FILES}.items() <= types.items()
    assert types[f"{BASE}/v1/dcat.jsonld"] == "application/ld+json"
    assert types[f"{BASE}/v1/dictionary"] is None


def test_the_whole_is_the_zip_or_else_a_csv_of_each_collection() -> None:
    assert [file.name for file in whole(FULL)] == ["dataset.zip"]
    living = FULL._replace(files=FILES[1:])
    assert [file.name for file in whole(living)] == [f"{slug}.csv" for slug in COLLECTIONS]
    assert by_relation(landing(FULL, whole(FULL)))["item"] == [FILES[0].url]
    for dataset in (FULL, living):
        assert len(link_header(landing(dataset, whole(dataset), page=True))) <= MAX_LINK_BYTES


def test_records_link_to_the_dictionary_and_the_licence() -> None:
    assert by_relation(records(LICENSE, BASE)) == {
        "describedby": [f"{BASE}/v1/dictionary"],
        "license": [LICENSE],
    }


@pytest.mark.parametrize("signposts", [landing(FULL, whole(FULL), page=True), records(LICENSE, BASE)])
def test_the_header_is_parsed_as_written(signposts: list[Signpost]) -> None:
    parsed = requests.utils.parse_header_links(link_header(signposts))
    assert [(each["url"], each["rel"], each.get("type")) for each in parsed] == [
        (each.address, each.relation, each.media_type and each.media_type.partition(";")[0]) for each in signposts
    ]


def test_the_header_has_the_syntax_of_the_standard() -> None:
    signposts = [
        Signpost("https://a.example/f", "item", "text/csv; charset=utf-8"),
        Signpost("https://b.example/", "type"),
    ]
    assert (
        link_header(signposts) == '<https://a.example/f>; rel="item"; type="text/csv", <https://b.example/>; rel="type"'
    )


@pytest.mark.parametrize(("path", "media_type"), DESCRIPTIONS.items())
def test_a_description_has_the_given_media_type(client: TestClient, path: str, media_type: str | None) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert media_type in {None, response.headers["content-type"].partition(";")[0]}


@pytest.mark.parametrize("path", ["/", "/v1"])
def test_the_links_of_a_landing_page_work(client: TestClient, path: str) -> None:
    parsed = requests.utils.parse_header_links(client.get(path).headers["link"])
    relations = {each["rel"] for each in parsed}
    assert {"cite-as", "describedby", "item", "license", "type"} <= relations
    for each in parsed:
        if each["url"].startswith("http://testserver") and each["rel"] != "cite-as":
            response = client.get(each["url"])
            assert response.status_code == 200
            assert each.get("type") in {None, response.headers["content-type"].partition(";")[0]}


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_record_links_to_its_collection(client: TestClient, slug: str) -> None:
    record_id = client.get(f"/v1/{slug}?limit=1").json()["data"][0]["id"]
    parsed = requests.utils.parse_header_links(client.get(f"/v1/{slug}/{record_id}").headers["link"])
    links = {(each["rel"], each["url"]) for each in parsed}
    assert {
        ("collection", f"http://testserver/v1/{slug}"),
        ("describedby", "http://testserver/v1/dictionary"),
        ("license", LICENSE),
    } <= links


@pytest.mark.parametrize(
    ("query_bytes", "kept"),
    [
        (100, ["self", "prev", "next", "canonical", "license"]),
        (450, ["self", "prev", "next", "license"]),
        (640, ["prev", "next", "license"]),
        (960, ["next", "license"]),
        (1_800, ["next", "license"]),
        (2_000, ["license"]),
        (16_000, ["license"]),
    ],
)
def test_a_header_leaves_out_what_would_make_it_too_long(query_bytes: int, kept: list[str]) -> None:
    relations = ("self", "prev", "next", "canonical")
    signposts = [Signpost(f"{BASE}/{'x' * query_bytes}", relation) for relation in relations]
    header = link_header([*signposts, Signpost(LICENSE, "license")])
    assert len(header) <= MAX_LINK_BYTES
    assert [each["rel"] for each in requests.utils.parse_header_links(header)] == kept
