"""Signposts: typed links, read back from the header as a client reads them."""

import pytest
import requests.utils
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from app.standards.dataset import File
from app.standards.signposting import ABOUT_PAGE, DATASET, DESCRIPTIONS, Signpost, landing, link_header, records, whole
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
    by_relation: dict[str, list[str]] = {}
    for each in signposts:
        by_relation.setdefault(each.relation, []).append(each.address)
    return by_relation


def test_a_landing_page_leads_to_all_that_the_profile_asks_for() -> None:
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


def test_only_a_page_says_that_it_is_one() -> None:
    assert by_relation(landing(FULL))["type"] == ["https://schema.org/Dataset"]


def test_files_and_descriptions_tell_their_type() -> None:
    types = {each.address: each.media_type for each in landing(FULL)}
    assert {file.url: file.media_type for file in FILES}.items() <= types.items()
    assert types[f"{BASE}/v1/dcat.jsonld"] == "application/ld+json"
    assert types[f"{BASE}/v1/dictionary"] is None


def test_the_whole_is_the_files_that_hold_all_or_else_a_csv_of_each_collection() -> None:
    assert [file.name for file in whole(FULL)] == ["dataset.zip"]
    living = FULL._replace(files=FILES[1:])
    assert [file.name for file in whole(living)] == [f"{slug}.csv" for slug in COLLECTIONS]
    assert by_relation(landing(FULL, whole(FULL)))["item"] == [FILES[0].url]


def test_the_header_of_the_whole_is_short_enough_for_a_proxy() -> None:
    living = FULL._replace(files=FILES[1:])
    assert all(len(link_header(landing(each, whole(each), page=True))) < 4000 for each in (FULL, living))


def test_records_lead_to_their_meaning_and_their_licence() -> None:
    assert by_relation(records(LICENSE, BASE)) == {
        "describedby": [f"{BASE}/v1/dictionary"],
        "license": [LICENSE],
    }


@pytest.mark.parametrize("signposts", [landing(FULL, page=True), records(LICENSE, BASE)])
def test_a_client_reads_from_the_header_what_was_written(signposts: list[Signpost]) -> None:
    read = requests.utils.parse_header_links(link_header(signposts))
    assert [(each["url"], each["rel"], each.get("type")) for each in read] == [
        (each.address, each.relation, each.media_type and each.media_type.partition(";")[0]) for each in signposts
    ]


def test_the_header_is_written_as_the_standard_has_it() -> None:
    signposts = [
        Signpost("https://a.example/f", "item", "text/csv; charset=utf-8"),
        Signpost("https://b.example/", "type"),
    ]
    assert (
        link_header(signposts) == '<https://a.example/f>; rel="item"; type="text/csv", <https://b.example/>; rel="type"'
    )


@pytest.mark.parametrize(("path", "media_type"), DESCRIPTIONS.items())
def test_what_describes_it_is_served_as_it_says(client: TestClient, path: str, media_type: str | None) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert media_type in {None, answer.headers["content-type"].partition(";")[0]}


@pytest.mark.parametrize("path", ["/", "/v1"])
def test_a_landing_page_says_so_in_its_header(client: TestClient, path: str) -> None:
    read = requests.utils.parse_header_links(client.get(path).headers["link"])
    relations = {each["rel"] for each in read}
    assert {"cite-as", "describedby", "item", "license", "type"} <= relations
    for each in read:
        if each["url"].startswith("http://testserver") and each["rel"] != "cite-as":
            answer = client.get(each["url"])
            assert answer.status_code == 200
            assert each.get("type") in {None, answer.headers["content-type"].partition(";")[0]}


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_record_says_what_it_belongs_to(client: TestClient, slug: str) -> None:
    record_id = client.get(f"/v1/{slug}?limit=1").json()["data"][0]["id"]
    read = requests.utils.parse_header_links(client.get(f"/v1/{slug}/{record_id}").headers["link"])
    links = {(each["rel"], each["url"]) for each in read}
    assert {
        ("collection", f"http://testserver/v1/{slug}"),
        ("describedby", "http://testserver/v1/dictionary"),
        ("license", LICENSE),
    } <= links
