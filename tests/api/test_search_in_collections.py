"""`q=` on collections: the hits of /v1/search, combined with filters, sorts, facets, groups, pages and files."""

from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from app.formats import FORMATS
from app.models import COLLECTIONS
from tests.search.plain import Everything, plainly


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_collection_has_the_hits_of_the_search(client: TestClient, everything: Everything, slug: str) -> None:
    for query in ("东莞", "bijiang", "人", "team", "篮球 -宏远篮球", "8740万", "人 a"):
        expected = [record_id for _, _, each, record_id in plainly(query, everything) if each == slug]
        page = client.get(f"/v1/{slug}", params={"q": query, "limit": 1000}).json()
        assert [record["id"] for record in page["data"]] == expected
        assert page["meta"]["total"] == len(expected)
        onward, ids = f"/v1/{slug}?limit=2&q={quote(query)}", []
        while onward:
            step = client.get(onward).json()
            ids += [record["id"] for record in step["data"]]
            onward = step["links"]["next"]
        assert ids == expected
        file = client.get(f"/v1/{slug}.ndjson", params={"q": query, "fields": "id"})
        assert file.text.split() == [f'{{"id":"{record_id}"}}' for record_id in expected]


@pytest.mark.parametrize("form", FORMATS)
def test_a_file_has_the_hits_only(client: TestClient, form: str) -> None:
    whole, some = (client.get(f"/v1/programs.{form}", params=each) for each in ({}, {"q": "篮球"}))
    assert some.status_code == 200
    assert "_selection-" in some.headers["Content-Disposition"]
    assert len(some.content) < len(whole.content)


def test_a_search_combines_with_filters_sorts_facets_and_groups(client: TestClient, everything: Everything) -> None:
    ids = {record_id for _, _, slug, record_id in plainly("东莞", everything) if slug == "programs"}
    records = [record for record in everything["programs"] if record["id"] in ids]
    theme = records[0]["theme"]
    chosen = sorted(record["id"] for record in records if record["theme"] == theme)
    page = client.get("/v1/programs", params={"q": "东莞", "theme": theme, "facet": "theme", "sort": "-id"}).json()
    assert [record["id"] for record in page["data"]] == chosen[::-1]
    counted = {each["value"]: each["count"] for each in page["facets"]["theme"]}
    themes = [record["theme"] for record in records]
    assert counted == {each: themes.count(each) for each in themes}
    groups = client.get("/v1/programs/aggregate", params={"q": "东莞", "group_by": "theme"}).json()["data"]
    assert {each["theme"]: each["count"] for each in groups} == counted
    best_first = client.get("/v1/programs", params={"q": "东莞", "theme": theme, "limit": 1}).json()
    walked = [record["id"] for record in best_first["data"]]
    while best_first["links"]["next"]:
        best_first = client.get(best_first["links"]["next"]).json()
        walked += [record["id"] for record in best_first["data"]]
    ranked = [record_id for _, _, slug, record_id in plainly("东莞", everything) if slug == "programs"]
    assert walked == [record_id for record_id in ranked if record_id in chosen]


def test_a_search_includes_related_records(client: TestClient) -> None:
    (record,) = client.get("/v1/figures", params={"q": "8740万", "include": "indicator"}).json()["data"]
    assert record["indicator"]["id"] == record["indicator_id"]
