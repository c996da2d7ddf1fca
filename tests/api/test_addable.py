"""Aggregates never combine unlike, overlapping or unknown values, and each refusal gives a query that works."""

import pytest
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from app.request.measures import groups
from tests.api.refusals import apply_hint, reasons_of, request_aggregate
from tests.problems import problem


@pytest.mark.parametrize(
    ("slug", "query", "detail", "allowed"),
    [
        (
            "figures",
            "group_by=indicator.theme&measure=max:value&value__isnull=false",
            "max:value would combine figures that differ in unit: in the group indicator.theme=culture-and-sport it is "
            "person and team. Ask for one of them, or group by unit too.",
            ["unit=person", "unit=team", "group_by=indicator.theme,unit"],
        ),
        (
            "figures",
            "measure=sum:value,count,avg:value&unit=CNY&period=as_of&indicator_id__in=donated-project-funds,funds-in-place",
            "sum:value and avg:value would combine figures that differ in indicator_id: among the matching records it is "
            "donated-project-funds and funds-in-place. Ask for one of them, or group by indicator_id too.",
            ["indicator_id=donated-project-funds", "indicator_id=funds-in-place", "group_by=indicator_id"],
        ),
        (
            "figures",
            "group_by=unit,indicator_id,period&measure=sum:value&indicator_id=stable-employment",
            "sum:value would count something twice: in the group unit=person, indicator_id=stable-employment, "
            "period=as_of 'stable-employment-in-guangdong' is a part of 'stable-employment'. Leave parts out, or group by "
            "part_of_id too.",
            ["part_of_id__isnull=true", "group_by=unit,indicator_id,period,part_of_id"],
        ),
        (
            "figures",
            "group_by=unit,period&measure=min:value",
            "min:value would ignore unknown values: in the group unit=CNY, period=per_person_per_year value is null for 1 "
            "of 1, such as 'support-per-person' (Stated value in the unit; null for a range). Use one of the `allowed` "
            "parameters.",
            ["value__isnull=false"],
        ),
        (
            "figures",
            "measure=min:value&id=support-per-person",
            "min:value would ignore unknown values: among the matching records value is null for 1 of 1, such as "
            "'support-per-person' (Stated value in the unit; null for a range). Use one of the `allowed` parameters.",
            ["measure=min:lower,max:upper"],
        ),
        (
            "social-work-activities",
            "measure=sum:supervisor_count&kind=volunteering",
            "sum:supervisor_count would ignore unknown values: among the matching records supervisor_count is null for 1 "
            "of 1, such as 'child-volunteering' (Supervisors). Use one of the `allowed` parameters.",
            ["measure=count"],
        ),
    ],
)  # fmt: skip
def test_a_refusal_names_the_fault_and_queries_that_work(
    client: TestClient, slug: str, query: str, detail: str, allowed: list[str]
) -> None:
    (error,) = problem(client.get(f"/v1/{slug}/aggregate?{query}"), 422)["errors"]
    assert error == {"parameter": "measure", "detail": detail, "allowed": allowed}
    for hint in allowed:
        right = request_aggregate(client, slug, apply_hint(dict(pair.split("=") for pair in query.split("&")), hint))
        assert right.status_code == 200, (hint, right.text)


def test_all_faults_are_reported_together(client: TestClient) -> None:
    assert reasons_of(request_aggregate(client, "figures", {"measure": "sum:value"})) == {
        ("unlike", "unit"), ("unlike", "indicator_id"), ("unlike", "status"), ("unlike", "period"), ("unlike", "per"),
        ("twice", "part_of_id"), ("unknown", "value"),
    }  # fmt: skip


def test_a_note_counts_inexact_records(client: TestClient) -> None:
    meta = request_aggregate(
        client, "figures", {"measure": "sum:value", "indicator_id": "donated-project-funds"}
    ).json()["meta"]
    assert meta["note_en"].startswith("Records that are not exact (comparator other than eq): 1 of 2. ")
    assert "Their lower and upper give the bounds that the words allow" in meta["note_en"]
    assert meta["note_zh"].startswith("2 条记录中有 1 条不是确数")
    exact = {"measure": "sum:value", "indicator_id": "donated-project-funds", "comparator": "eq"}
    assert "note_en" not in request_aggregate(client, "figures", exact).json()["meta"]
    assert (
        "note_en"
        not in request_aggregate(client, "figures", {"measure": "sum:lower", "id": "job-postings"}).json()["meta"]
    )
    assert "note_en" not in request_aggregate(client, "figures", {"group_by": "unit"}).json()["meta"]


def test_a_note_warns_of_groups_in_different_units(client: TestClient) -> None:
    query = {"measure": "sum:lower", "indicator_id__in": "youth-teams,youth-players", "group_by": "indicator_id"}
    assert "different units (person, team)" in request_aggregate(client, "figures", query).json()["meta"]["note_en"]
    assert (
        "note_en" not in request_aggregate(client, "figures", query | {"group_by": "indicator_id,unit"}).json()["meta"]
    )


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_count_is_never_refused(client: TestClient, slug: str) -> None:
    for name in groups(COLLECTIONS[slug]):
        assert request_aggregate(client, slug, {"group_by": name, "measure": "count"}).status_code == 200
