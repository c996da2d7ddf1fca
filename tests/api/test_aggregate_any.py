"""Any aggregate, also of synthetic figures: parts of parts, ranges, and numbers that floats add up inexactly."""

import random
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from app.request.measures import groups, measures
from tests.api.plain import Plain, answer
from tests.api.refusals import Query, apply_hint, reasons_of, request_aggregate
from tests.api.synthetic import insert_figures
from tests.conftest import NewDatabase, Record, client_of, loaded
from tests.problems import problem

Everything = dict[str, list[Record]]

FIELDS: dict[str, list[Any]] = {
    "value": [None, 0.1, 0.2, 0.7, -3.0, 2.0**53 - 1, 1e300],
    "lower": [1.0, 0.3],
    "upper": [None, 2.0],
    "indicator_id": ["stable-employment", "job-postings"],
    "unit": ["person", "item"],
    "status": ["achieved", "planned"],
    "period": ["as_of", "per_year"],
    "subject_id": ["labour-cooperation", "double-hundred-care", "party-building"],
    "place_id": [None, "bijiang"],
    "paragraph": [1, 2],
    "comparator": ["eq", "gt"],
}
CHAIN: dict[str, Record] = {
    "synthetic-whole": {"part_of_id": None, "paragraph": 5, "value": 0.1},
    "synthetic-part": {"part_of_id": "synthetic-whole", "paragraph": 6, "value": 0.2},
    "synthetic-part-of-part": {"part_of_id": "synthetic-part", "paragraph": 7, "value": 0.7},
    "synthetic-other-part": {"part_of_id": "synthetic-whole", "paragraph": 5, "value": 0.1},
    "synthetic-fifth": {"subject_id": "labour-cooperation", "part_of_id": None, "value": 0.2},
    "synthetic-largest-whole": {"subject_id": "double-hundred-care", "part_of_id": None, "value": 2.0**53 - 1},
    "synthetic-huge": {"subject_id": "party-building", "part_of_id": None, "value": 1.5e308},
    "synthetic-just-as-huge": {"subject_id": "labour-cooperation", "part_of_id": None, "value": 1.5e308},
}
SHARED = {
    "subject_kind": "program",
    "subject_id": "nancheng-bijiang-cooperation",
    "unit": "person",
    "indicator_id": "stable-employment",
    "note_en": "synthetic",
}


@pytest.fixture(scope="module")
def synthetic(backend: str, new_database: NewDatabase) -> Iterator[TestClient]:
    """A client of a database with the article's figures and synthetic ones, whose ids say so."""
    address = loaded(new_database(backend))
    dice = random.Random(20220806)  # noqa: S311 - repeatable, not secret
    rows: list[Record] = [{"id": name} | SHARED | own for name, own in CHAIN.items()]
    for number in range(120):
        wholes = [None] * 6 + [row["id"] for row in rows]
        shaken = {name: dice.choice(choices) for name, choices in FIELDS.items()}
        rows.append({"id": f"synthetic-{number}", "part_of_id": dice.choice(wholes)} | shaken)
    insert_figures(address, rows)
    with client_of(address) as client:
        yield client


@pytest.fixture(scope="module")
def all_synthetic(synthetic: TestClient) -> Everything:
    return {slug: synthetic.get(f"/v1/{slug}?limit=1000").json()["data"] for slug in COLLECTIONS}


@pytest.mark.parametrize(
    ("ids", "group_by", "part", "whole"),
    [
        ("whole,part", None, "part", "whole"),
        ("whole,part-of-part", None, "part-of-part", "whole"),  # through one that does not match
        ("part,part-of-part,other-part", None, "part-of-part", "part"),
        ("whole,part,other-part", "paragraph", "other-part", "whole"),
        ("whole,part,part-of-part", "paragraph", None, None),
        ("part,other-part", None, None, None),
        ("whole,part,part-of-part,other-part", "part_of_id", None, None),
    ],
)
def test_a_part_is_never_added_to_its_whole(
    synthetic: TestClient, ids: str, group_by: str | None, part: str | None, whole: str | None
) -> None:
    query = {"measure": "sum:value", "id__in": ",".join(f"synthetic-{name}" for name in ids.split(","))}
    query |= {"group_by": group_by} if group_by else {}
    response = request_aggregate(synthetic, "figures", query)
    if part is None:
        assert response.status_code == 200, response.text
        return
    assert reasons_of(response) == {("twice", "part_of_id")}
    assert f"'synthetic-{part}' is a part of 'synthetic-{whole}'" in response.text
    for hint in response.json()["errors"][0]["allowed"]:
        assert request_aggregate(synthetic, "figures", apply_hint(query, hint)).status_code == 200


def test_sums_are_exact_and_rounded_once(synthetic: TestClient) -> None:
    query = {"measure": "sum:value,avg:value", "id__in": "synthetic-whole,synthetic-fifth"}
    assert request_aggregate(synthetic, "figures", query).json()["data"] == [{"sum_value": 0.3, "avg_value": 0.15}]
    query["id__in"] = "synthetic-fifth,synthetic-largest-whole"
    assert '"sum_value":9007199254740991,' in request_aggregate(synthetic, "figures", query).text


def test_a_sum_that_overflows_is_refused(synthetic: TestClient) -> None:
    query = {"measure": "sum:value", "id__in": "synthetic-huge,synthetic-just-as-huge"}
    (error,) = problem(request_aggregate(synthetic, "figures", query), 422)["errors"]
    assert "The result of sum:value is too large" in error["detail"]
    assert request_aggregate(synthetic, "figures", query | {"measure": "max:value"}).json()["data"] == [
        {"max_value": 1.5e308}
    ]


@given(data=st.data())
@settings(max_examples=120)
def test_any_aggregate_is_right_or_refused_for_a_reason(
    synthetic: TestClient, all_synthetic: Everything, data: st.DataObject
) -> None:
    slug = data.draw(st.sampled_from(["figures", "figures", *COLLECTIONS]))
    reading = Plain(COLLECTIONS[slug], all_synthetic)
    query = {"measure": ",".join(data.draw(some(list(measures(reading.entity)), 1, 4)))}
    if names := data.draw(some(list(groups(reading.entity)), 0, 3)):
        query["group_by"] = ",".join(names)
    column = data.draw(st.sampled_from([each for each in reading.entity.columns().values() if not each.is_list]))
    value = data.draw(st.sampled_from([record[column.name] for record in reading.records]))
    if value is None or data.draw(st.booleans()):
        query[f"{column.name}__isnull"] = data.draw(st.sampled_from(["true", "false"]))
    elif "," not in str(value):
        query[f"{column.name}{data.draw(st.sampled_from(['', '__ne']))}"] = str(value)
    onward: Query | None = query
    while onward:
        onward = check(synthetic, reading, onward, data)


def some(names: list[str], least: int, most: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), min_size=least, max_size=most, unique=True)


def check(client: TestClient, reading: Plain, query: Query, data: st.DataObject) -> Query | None:
    """Compare an answer or a refusal with the computed one; return the query that a hint of the refusal makes."""
    slug = reading.entity.collection.slug
    filters = {name: text for name, text in query.items() if name not in {"measure", "group_by"}}
    matching = client.get(f"/v1/{slug}", params=filters | {"limit": "1000"}).json()["data"]
    names, measured = query["group_by"].split(",") if "group_by" in query else [], query["measure"].split(",")
    grouped = reading.grouped(names, matching)
    response = request_aggregate(client, slug, query)
    if reasons := reading.reasons(measured, grouped):
        assert reasons_of(response) == reasons
        error = data.draw(st.sampled_from(response.json()["errors"]))
        return apply_hint(query, data.draw(st.sampled_from(error["allowed"])))
    assert response.status_code == 200, response.text
    assert response.json()["data"] == answer(names, measured, grouped)
    return None
