"""Pages: their shape, and that pages join without gaps and repetitions under any sort."""

import base64
import hashlib
import random
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.entity import Entity
from app.models import COLLECTIONS, Figure
from app.request.cursor import Cursor
from tests.api.synthetic import insert_figures
from tests.conftest import NewDatabase, Record, client_of, loaded
from tests.load.editing import cell
from tests.problems import assert_refused, problem


def sorted_by(records: list[Record], keys: list[str]) -> list[str]:
    """Return the ids in the order of the contract: nulls last in both directions, `id` as the last key."""
    ordered = sorted(records, key=lambda record: record["id"])
    for key in reversed(keys):
        name = key.removeprefix("-")
        known = [record for record in ordered if record[name] is not None]
        known.sort(key=lambda record: record[name], reverse=key.startswith("-"))
        ordered = known + [record for record in ordered if record[name] is None]
    return [record["id"] for record in ordered]


def walk(client: TestClient, address: str, direction: str = "next") -> Iterator[dict[str, Any]]:
    """Yield the pages from an address, following links."""
    onward: str | None = address
    while onward:
        page = client.get(onward).json()
        yield page
        onward = page["links"][direction]


def sortable(entity: type[Entity]) -> list[str]:
    return [name for name, column in entity.columns().items() if not column.is_list]


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_page_has_the_shape_of_the_contract(client: TestClient, slug: str) -> None:
    response = client.get(f"/v1/{slug}?limit=1")
    page = response.json()
    assert set(page) == {"data", "meta", "links"}
    assert set(page["meta"]) == {"total", "limit", "release", "license"}
    assert set(page["links"]) == {"self", "next", "prev", "canonical"}
    assert page["meta"]["limit"] == 1
    assert page["links"]["self"] == f"http://testserver/v1/{slug}?limit=1"
    (record,) = page["data"]
    assert list(record) == list(COLLECTIONS[slug].columns())
    for relation, address in page["links"].items():
        assert (f'<{address}>; rel="{relation}"' in response.headers["Link"]) == (address is not None)


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_every_sort_has_every_record_once(client: TestClient, everything: dict[str, list[Record]], slug: str) -> None:
    for name, sign in product(sortable(COLLECTIONS[slug]), ("", "-")):
        page = client.get(f"/v1/{slug}?sort={sign}{name}&limit=1000").json()
        assert [record["id"] for record in page["data"]] == sorted_by(everything[slug], [sign + name])


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_pages_join_without_gap_or_overlap(client: TestClient, everything: dict[str, list[Record]], slug: str) -> None:
    total = len(everything[slug])
    for key in ("id", "-name_en", "paragraph" if "paragraph" in COLLECTIONS[slug].columns() else "name_zh"):
        pages = list(walk(client, f"/v1/{slug}?sort={key}&limit=4"))
        assert [record["id"] for page in pages for record in page["data"]] == sorted_by(everything[slug], [key])
        assert all(page["meta"]["total"] == total for page in pages)
        assert all(len(page["data"]) == 4 for page in pages[:-1])
        assert pages[0]["links"]["prev"] is None
        back = list(walk(client, pages[-1]["links"]["self"], "prev"))
        assert [page["data"] for page in reversed(back)] == [page["data"] for page in pages]


def test_offsets_page_through_the_same_records(client: TestClient, everything: dict[str, list[Record]]) -> None:
    pages = list(walk(client, "/v1/figures?offset=0&limit=5"))
    assert [record["id"] for page in pages for record in page["data"]] == sorted_by(everything["figures"], [])
    assert all("offset=" in page["links"]["self"] for page in pages)
    back = list(walk(client, pages[-1]["links"]["self"], "prev"))
    assert [page["data"] for page in reversed(back)] == [page["data"] for page in pages]
    beyond = client.get("/v1/figures?offset=1000").json()
    assert beyond["data"] == []
    assert beyond["meta"]["total"] == 32


def test_equivalent_queries_have_one_canonical_address(client: TestClient) -> None:
    one = client.get("/v1/figures?unit=CNY&sort=-value&limit=50").json()["links"]["canonical"]
    two = client.get("/v1/figures?sort=-value&unit=CNY").json()["links"]["canonical"]
    assert one == two == "http://testserver/v1/figures?sort=-value&unit=CNY"
    assert client.get(one).json()["data"] == client.get("/v1/figures?sort=-value&unit=CNY").json()["data"]


def test_a_cursor_is_valid_for_its_own_query_only(client: TestClient) -> None:
    onward = client.get("/v1/figures?sort=-value&unit=CNY&limit=2").json()["links"]["next"]
    (cursor,) = parse_qs(urlsplit(onward).query)["cursor"]
    assert client.get(f"/v1/figures?sort=-value&unit=CNY&limit=7&cursor={cursor}").status_code == 200
    for other in ("sort=value&unit=CNY", "sort=-value", "sort=-value&unit=person", "unit=CNY"):
        refused = client.get(f"/v1/figures?{other}&cursor={cursor}")
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["parameter"] == "cursor"
    onward = client.get("/v1/programs?limit=2").json()["links"]["next"]
    (cursor,) = parse_qs(urlsplit(onward).query)["cursor"]
    assert client.get(f"/v1/programs?limit=2&cursor={cursor}").status_code == 200
    assert client.get(f"/v1/enterprises?limit=2&cursor={cursor}").status_code == 422


def test_cursors_of_long_sort_keys_work(client: TestClient, everything: dict[str, list[Record]]) -> None:
    sort = "-note_en,note_zh,source_url,name_zh,name_en"
    pages = list(walk(client, f"/v1/figures?sort={sort}&limit=1&fields=id"))
    assert [page["data"][0]["id"] for page in pages] == sorted_by(everything["figures"], sort.split(","))


@pytest.mark.parametrize(
    "query", ["figures?limit=4&sort=-value", "places?q=%E5%B8%82&limit=1", "search?q=%E4%BA%BA&limit=2"]
)
def test_a_cursor_belongs_to_its_release(fresh: str, seed: Path, query: str) -> None:
    loaded(fresh)
    with client_of(fresh) as client:
        pages = [client.get(f"/v1/{query}").json()]
        pages.append(client.get(pages[0]["links"]["next"]).json())
        onward = [pages[1]["links"][name] for name in ("next", "prev")]
        loaded(fresh, seed)  # the same release
        assert client.get(pages[0]["links"]["next"]).json()["data"] == pages[1]["data"]
        cell("products.csv", "yellow-peach", "summary_en", "Changed.")(seed)
        loaded(fresh, seed)
        for address in onward:
            refused = problem(client.get(address), 409)
            assert refused["code"] == "release-changed"
            assert refused["release_of_cursor"] == pages[0]["meta"]["release"] != refused["release"]
            assert pages[0]["meta"]["release"] in refused["detail"]
            first = refused["links"]["first"]
            assert first == pages[0]["links"]["self"]
            again = client.get(first).json()
            assert again["meta"]["release"] == refused["release"]
            assert client.get(again["links"]["next"]).status_code == 200
        page = client.get(onward[0].replace("/v1/", "/en/"), headers={"accept": "text/html"}, follow_redirects=False)
        assert (page.status_code, page.headers["location"]) == (303, first.replace("/v1/", "/en/"))
        loaded(fresh)  # the first release again
        assert client.get(pages[0]["links"]["next"]).json()["data"] == pages[1]["data"]


def test_a_cursor_of_a_version_without_releases_is_refused(client: TestClient) -> None:
    packed = msgspec.msgpack.encode((hashlib.sha256(b"figures?").digest()[:6], False, ("x",)))
    response = client.get("/v1/figures", params={"cursor": base64.urlsafe_b64encode(packed).decode().rstrip("=")})
    assert_refused(response, "cursor", "begin again without a cursor")


@pytest.mark.parametrize("key", [2**63, "a\x00b", "1"])
def test_a_forged_cursor_is_refused(client: TestClient, key: Any) -> None:
    release = client.get("/v1/figures?limit=1").json()["meta"]["release"]
    name = "name_en" if key == "a\x00b" else "paragraph"
    forged = Cursor(release, (key, "x")).encode(f"figures?sort={name}")
    assert client.get(f"/v1/figures?sort={name}&cursor={forged}").status_code == 422
    honest = Cursor(release, (3 if name == "paragraph" else "b", "x")).encode(f"figures?sort={name}")
    assert client.get(f"/v1/figures?sort={name}&cursor={honest}").status_code == 200


def test_offsets_off_a_page_boundary_repeat_nothing(client: TestClient) -> None:
    first = client.get("/v1/figures?offset=3&limit=5").json()["links"]["prev"]
    assert [len(client.get(first).json()["data"]), client.get(first).json()["links"]["prev"]] == [3, None]
    last = client.get("/v1/figures?offset=500&limit=5").json()["links"]["prev"]
    assert len(client.get(last).json()["data"]) == 5


@given(st.text(min_size=1, max_size=60))
@settings(max_examples=40)
def test_any_other_cursor_is_refused(client: TestClient, text: str) -> None:
    response = client.get("/v1/figures", params={"cursor": text})
    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "cursor"


SYNTHETIC = 240
CHOICES: dict[str, list[Any]] = {
    "value": [None, 0, 0.5, -3, 2**40, 1e300],
    "lower": [None, 1],
    "upper": [None, 1, 2],
    "si_value": [None, 0.1, 0.2],
    "paragraph": [1, 2, 3],
    "note_en": [None, "", "a", "Z", "É", "油茶", "𠮷", "a b", "%", "_"],
    "field": [None, "team_count", "player_count"],
    **{name: [*map(str, Figure.columns()[name].vocabulary or ())] for name in ("comparator", "period", "status")},
}


@pytest.fixture(scope="module")
def synthetic(backend: str, new_database: NewDatabase) -> Iterator[TestClient]:
    """A client of a database with the article's figures and synthetic ones, whose ids say so."""
    address = loaded(new_database(backend))
    dice = random.Random(20220806)  # noqa: S311 - repeatable, not secret
    rows = [{name: dice.choice(choices) for name, choices in CHOICES.items()} for _ in range(SYNTHETIC)]
    insert_figures(address, ({"id": f"synthetic-{number}"} | row for number, row in enumerate(rows)))
    with client_of(address) as client:
        yield client


@given(
    keys=st.lists(st.sampled_from(["as_of", *CHOICES]), min_size=1, max_size=3, unique=True),
    signs=st.lists(st.sampled_from(["", "-"]), min_size=3, max_size=3),
    limit=st.integers(7, 120),
)
@settings(max_examples=25)
def test_any_sort_walks_through_nulls_and_equals(
    synthetic: TestClient, keys: list[str], signs: list[str], limit: int
) -> None:
    sort = [sign + key for sign, key in zip(signs, keys, strict=False)]
    whole = synthetic.get("/v1/figures?limit=1000").json()["data"]
    assert len(whole) == SYNTHETIC + 32
    pages = list(walk(synthetic, f"/v1/figures?sort={','.join(sort)}&limit={limit}"))
    assert [record["id"] for page in pages for record in page["data"]] == sorted_by(whole, sort)
    back = list(walk(synthetic, pages[-1]["links"]["self"], "prev"))
    assert [page["data"] for page in reversed(back)] == [page["data"] for page in pages]
