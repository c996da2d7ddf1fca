"""The derived figures as they are served: right, computed from served figures, and linked to them."""

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel
from starlette.testclient import TestClient

from app.db import Database
from app.db.write_guard import lifted_guard
from app.models import COLLECTIONS, ENTITIES
from app.models.derived_figure import DerivedFigure
from app.quantity import divide, number, parse
from tests.conftest import BOTH, client_of, loaded

pytestmark = pytest.mark.databases("sqlite")

INCLUDED = "/v1/derived-figures?include=numerator,denominator"


def derived(client: TestClient) -> dict[str, dict[str, Any]]:
    return {each["id"]: each for each in client.get(INCLUDED).json()["data"]}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (
            "guangdong-share-of-stable-jobs",
            {
                "value": 33.6526946, "lower": 33.6526946, "upper": 33.6526947, "comparator": "eq",
                "unit": "percent", "per_unit": None, "status": "achieved", "period": "as_of", "as_of": "2022-08-06",
                "formula": "stable-employment-in-guangdong / stable-employment",
                "figure_ids": ["stable-employment-in-guangdong", "stable-employment"], "note_zh": None, "note_en": None,
            },
        ),
        (
            "players-per-youth-team",
            {
                "value": 12.25, "lower": 12.25, "upper": 12.25, "comparator": "eq", "unit": "person", "per_unit": "team",
                "formula": "youth-players / youth-teams", "steps": ["980 ÷ 80 = 12.25", "unit person per team"],
            },
        ),
        (
            "fiscal-aid-per-project",
            {
                "value": 2_819_000, "lower": 2_819_000, "upper": 2_820_000, "comparator": "approx",
                "unit": "CNY", "per_unit": "item", "status": "achieved", "period": "cumulative",
            },
        ),
        (
            "cash-share-of-donations",
            {
                "value": 31.3, "lower": None, "upper": None, "comparator": "approx",
                "unit": "percent", "per_unit": None, "period": "cumulative",
            },
        ),
        (
            "job-postings-per-enterprise",
            {"value": 200, "lower": 200, "upper": None, "comparator": "gt", "unit": "item", "per_unit": "business"},
        ),
    ],
)  # fmt: skip
def test_what_is_served(client: TestClient, record: str, expected: dict[str, Any]) -> None:
    data = client.get(f"/v1/derived-figures/{record}").json()["data"]
    assert {name: data[name] for name in expected} == expected
    assert list(data) == list(DerivedFigure.columns())


def test_each_follows_from_the_figures_served(client: TestClient) -> None:
    for record in derived(client).values():
        over, under = record["numerator"], record["denominator"]
        assert record["figure_ids"] == [over["id"], under["id"]]
        assert record["formula"] == f"{over['id']} / {under['id']}"
        assert {name: over[name] for name in ("status", "period", "as_of")} == {
            name: record[name] for name in ("status", "period", "as_of")
        }
        assert record["status"] == under["status"]
        read = divide(parse(over["as_stated"]), parse(under["as_stated"]))
        assert [record["value"], record["lower"], record["upper"]] == [
            *map(number, (read.value, read.lower, read.upper))
        ]
        assert record["steps"] == list(read.steps)
        exact = Decimal(over["value"]) / Decimal(under["value"]) * (1 if record["per_unit"] else 100)
        digits = min(parse(each["as_stated"]).digits or 9 for each in (over, under))
        assert abs(Decimal(str(record["value"])) - exact) <= exact * Decimal(f"5e-{digits}")


def test_what_is_ambiguous_stays_so(client: TestClient) -> None:
    share = derived(client)["cash-share-of-donations"]
    assert share["numerator"]["part_of_id"] == share["denominator"]["id"]
    assert "未明说" in share["note_zh"]
    assert "does not say outright" in share["note_en"]


def test_they_are_a_collection_like_any_other(client: TestClient) -> None:
    slugs = [each["slug"] for each in client.get("/v1").json()["data"]["collections"]]
    assert slugs == list(COLLECTIONS)
    assert slugs.index("derived-figures") == slugs.index("figures") + 1
    shares = client.get("/v1/derived-figures?unit=percent&facet=comparator&sort=-value&fields=id,value").json()
    assert [each["id"] for each in shares["data"]] == ["guangdong-share-of-stable-jobs", "cash-share-of-donations"]
    assert {each["value"]: each["count"] for each in shares["facets"]["comparator"]} == {"approx": 1, "eq": 1}


def test_a_figure_tells_what_is_derived_from_it(client: TestClient) -> None:
    teams = client.get("/v1/figures/youth-teams?include=numerator_of,denominator_of").json()["data"]
    assert teams["numerator_of"] == []
    assert [each["id"] for each in teams["denominator_of"]] == ["players-per-youth-team"]


@pytest.mark.databases(*BOTH)
def test_a_release_older_than_a_collection_has_none_of_its_records(fresh: str) -> None:
    loaded(fresh)
    releases = SQLModel.metadata.tables["releases"]
    with (
        Database(fresh, "load") as database,
        database.transaction() as connection,
        lifted_guard(connection, ENTITIES),
    ):
        counts = connection.execute(sa.select(releases.c.counts)).scalar_one()
        counts.pop("derived-figures")
        connection.execute(sa.delete(DerivedFigure.table()))
        connection.execute(sa.update(releases).values(counts=counts))
    with client_of(fresh) as client:
        collections = {each["slug"]: each["count"] for each in client.get("/v1").json()["data"]["collections"]}
        assert (collections["derived-figures"], collections["figures"]) == (0, 32)
        assert client.get("/").status_code == 200
