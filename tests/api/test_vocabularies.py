"""Vocabularies are data: a release brings their terms, and requests are checked against those that are served."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.conftest import client_of, loaded, statements
from tests.load.editing import add_line, cell
from tests.terms import LABELS, read_seed


def test_terms_are_served_as_the_seed_has_them(client: TestClient) -> None:
    keys = [*client.get("/v1/vocabularies?limit=1").json()["data"][0]]
    terms = client.get("/v1/vocabularies?limit=1000").json()["data"]
    assert terms == [{key: term[key] for key in keys} for term in read_seed()]
    sectors = client.get("/v1/vocabularies?vocabulary=sector&sort=-id").json()["data"]
    assert [term["slug"] for term in sectors] == sorted(LABELS["sector"], reverse=True)
    one = client.get("/v1/vocabularies/reason-part-of-a-name?include=broader").json()["data"]
    assert (one["slug"], one["broader"]["slug"]) == ("part-of-a-name", "name")


def test_exclusions_have_true_reasons() -> None:
    assert LABELS["reason"].keys() >= {
        "date", "ordinal", "enumeration", "clock-time", "contact", "ratio", "name", "word", "idiom",
        "indefinite-amount", "unreadable-amount", "part-of-a-name", "part-of-a-word", "the-two-partners",
    }  # fmt: skip
    assert all(term["definition_zh"] and term["definition_en"] for term in read_seed())


@pytest.mark.parametrize("path", ["enterprises", "enterprises.csv", "enterprises/aggregate"])
def test_a_filter_by_an_unknown_term_names_the_nearest(client: TestClient, path: str) -> None:
    response = client.get(f"/v1/{path}", params={"sector__in": "retail,retial", "role": "planner,retailer"})
    assert response.status_code == 422
    assert response.json()["errors"] == [
        {
            "parameter": "role",
            "detail": "'planner,retailer' is no known value. For several values use role__in=planner,retailer.",
            "allowed": [*LABELS["role"]],
        },
        {
            "parameter": "sector__in",
            "detail": "'retial' is no known value. Did you mean 'retail'?",
            "allowed": [*LABELS["sector"]],
        },
    ]


def test_labels_of_terms_cost_no_statement(client: TestClient) -> None:
    paths = [f"/v1/enterprises?fields=id,sector{labels}" for labels in ("", "&labels=en")]
    counts = []
    for path in paths:
        client.get(path)
        with statements(client) as executed:
            client.get(f"{path}&limit=3")
        counts.append(len(executed))
    assert counts[0] == counts[1]


@pytest.mark.databases("sqlite")
def test_a_new_term_needs_no_code_and_no_migration(fresh: str, seed: Path) -> None:
    add_line("vocabularies.csv", "sector-agriculture,农业,Agriculture,sector,种植与养殖。,Crops and livestock.,")(seed)
    cell("enterprises.csv", "byd", "sector", "agriculture")(seed)
    with client_of(loaded(fresh, seed)) as client:
        query = "sector=agriculture&labels=zh&facet=sector&fields=id,sector"
        answer = client.get(f"/v1/enterprises?{query}").json()
        assert answer["data"] == [{"id": "byd", "sector": "agriculture", "sector_label": "农业"}]
        facet = {each["value"]: each["label_en"] for each in answer["facets"]["sector"]}
        assert facet["agriculture"] == "Agriculture"
        assert "农业" in client.get("/zh/enterprises/byd", headers={"Accept": "text/html"}).text
        allowed = client.get("/v1/enterprises?sector=agricultur").json()["errors"][0]["allowed"]
        assert allowed == ["agriculture", *LABELS["sector"]]
        rows = client.get("/v1/enterprises.csv?sector=agriculture&labels=en&fields=sector").text.splitlines()
        assert rows[1:] == ["agriculture,Agriculture"]
