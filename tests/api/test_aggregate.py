"""Aggregates of groups, compared with a computation over all records."""

import re
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.entity import Cited
from app.formats import FORMATS
from app.models import COLLECTIONS
from app.read import aggregate
from app.request.aggregate import aggregate_parameters, read_aggregate_request
from app.request.measures import groups, measures
from app.sql import aggregate as aggregate_sql
from tests.api.plain import Plain, answer
from tests.conftest import Record
from tests.formats.readers import READERS, plain
from tests.problems import assert_refused, problem

Everything = dict[str, list[Record]]


def data(client: TestClient, address: str) -> list[Record]:
    response = client.get(f"/v1/{address}")
    assert response.status_code == 200, response.text
    rows: list[Record] = response.json()["data"]
    return rows


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_records_are_counted_by_every_field(client: TestClient, everything: Everything, slug: str) -> None:
    reading = Plain(COLLECTIONS[slug], everything)
    names = list(groups(COLLECTIONS[slug]))
    assert ({"paragraph", "source.language"} <= set(names)) == issubclass(COLLECTIONS[slug], Cited)
    for fields in [[], *([name] for name in names), *map(list, pairwise(names)), names[-3:]]:
        page = client.get(f"/v1/{slug}/aggregate" + (f"?group_by={','.join(fields)}" if fields else "")).json()
        expected = answer(fields, ["count"], reading.grouped(fields, reading.records))
        assert [list(row.items()) for row in page["data"]] == [list(row.items()) for row in expected]
        assert page["meta"]["total"] == len(expected)
        assert page["meta"]["records"] == len(reading.records) == sum(row["count"] for row in page["data"])


def test_an_answer_has_the_shape_of_the_contract(client: TestClient) -> None:
    response = client.get("/v1/figures/aggregate?unit=CNY&measure=count&group_by=indicator.theme&format=json")
    page = response.json()
    assert set(page) == {"data", "meta", "links"}
    assert set(page["meta"]) == {"total", "records", "release", "license"}
    assert page["links"] == {
        "self": "http://testserver/v1/figures/aggregate?format=json&group_by=indicator.theme&measure=count&unit=CNY",
        "canonical": "http://testserver/v1/figures/aggregate?group_by=indicator.theme&unit=CNY",
        "collection": "http://testserver/v1/figures",
    }
    assert f'<{page["links"]["collection"]}>; rel="collection"' in response.headers["Link"]
    assert client.get(page["links"]["canonical"]).json()["data"] == page["data"]
    assert "content-disposition" not in response.headers


ADDED = [
    ("figures", ["indicator_id"], ["sum:value", "avg:value", "count"], "indicator_id=donated-project-funds"),
    ("figures", ["unit", "indicator.name_zh", "status"], ["sum:value", "sum:si_value"], "si_value__isnull=false"),
    ("figures", ["unit"], ["min:value", "max:value"], "value__isnull=false"),
    ("figures", ["unit", "indicator_id", "period"], ["sum:value"], "part_of_id__isnull=true&value__isnull=false"),
    ("figures", [], ["sum:lower", "sum:upper"], "indicator_id=stable-employment&part_of_id__isnull=true"),
    ("figures", ["part_of.status", "as_of", "field"], ["min:lower", "max:upper"], "unit=person&lower__isnull=false"),
    ("basketball-teams", ["kind", "place.level"], ["sum:team_count", "avg:player_count"], "team_count__isnull=false"),
    ("social-work-activities", ["program.theme"], ["max:session_count"], "session_count__isnull=false"),
    ("figures", ["unit"], ["sum:value", "count"], "id=no-such-figure"),
    ("figures", [], ["sum:value", "min:value", "avg:lower", "count"], "id=no-such-figure"),
]


def query_of(fields: list[str], measured: list[str], filters: str) -> str:
    return f"measure={','.join(measured)}&{filters}" + (f"&group_by={','.join(fields)}" if fields else "")


@pytest.mark.parametrize(("slug", "fields", "measured", "filters"), ADDED)
def test_amounts_are_computed_exactly(
    client: TestClient, everything: Everything, slug: str, fields: list[str], measured: list[str], filters: str
) -> None:
    matching = client.get(f"/v1/{slug}?limit=1000&{filters}").json()["data"]
    rows = data(client, f"{slug}/aggregate?{query_of(fields, measured, filters)}")
    assert rows == answer(fields, measured, Plain(COLLECTIONS[slug], everything).grouped(fields, matching))


def test_whole_numbers_have_no_fraction(client: TestClient) -> None:
    response = client.get("/v1/figures/aggregate?indicator_id=donated-project-funds&measure=sum:value,avg:value")
    assert '"data":[{"sum_value":6600000,"avg_value":3300000}]' in response.text


def test_groups_are_sorted_by_the_given_keys(client: TestClient) -> None:
    address = "figures/aggregate?group_by=indicator.theme,part_of_id"
    rows = data(client, f"{address}&sort=-part_of_id,count")
    keys = [(row["part_of_id"] is None, row["count"], row["indicator.theme"]) for row in rows]
    assert [row["part_of_id"] for row in rows[:2]] == ["stable-employment", "donation-value"]
    assert keys[2:] == sorted(keys[2:])
    rows = data(client, f"{address}&sort=-count,-indicator.theme")
    assert rows == sorted(rows, key=lambda row: row["indicator.theme"], reverse=True) or rows[0]["count"] > 1
    counts = [row["count"] for row in rows]
    assert counts == sorted(counts, reverse=True)


def test_a_limit_does_not_change_the_total(client: TestClient) -> None:
    whole = client.get("/v1/programs/aggregate?group_by=parent.theme,theme&sort=-count").json()
    part = client.get("/v1/programs/aggregate?group_by=parent.theme,theme&sort=-count&limit=3").json()
    assert part["data"] == whole["data"][:3]
    assert part["meta"] == whole["meta"]
    assert whole["meta"]["total"] == len(whole["data"]) > 3


def test_too_many_groups_are_refused(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (aggregate, aggregate_sql):
        monkeypatch.setattr(module, "MAX_GROUPS", 3)
    aggregate_sql.aggregate_statement.cache_clear()  # type: ignore[attr-defined]
    # A query of no other test: responses are cached.
    (error,) = problem(client.get("/v1/figures/aggregate?group_by=subject_id&limit=99"), 422)["errors"]
    assert error["parameter"] == "group_by"
    assert "Add filters" in error["detail"]
    aggregate_sql.aggregate_statement.cache_clear()  # type: ignore[attr-defined]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("slug", "fields", "measured", "filters"), ADDED)
def test_every_format_has_the_same_rows(
    client: TestClient, tmp_path: Path, form: str, slug: str, fields: list[str], measured: list[str], filters: str
) -> None:
    query = query_of(fields, measured, filters)
    response = client.get(f"/v1/{slug}/aggregate.{form}?{query}")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == FORMATS[form].media_type
    assert re.fullmatch(rf'attachment; filename="shanhai_{slug}_aggregate-[0-9a-f]{{8}}_.+\.{form}"', response.headers["content-disposition"])  # fmt: skip
    (tmp_path / f"file.{form}").write_bytes(response.content)
    parameters = [(name, text) for name, _, text in (pair.partition("=") for pair in query.split("&"))]
    columns = list(read_aggregate_request(COLLECTIONS[slug], parameters, FORMATS[form]).columns)
    expected = data(client, f"{slug}/aggregate?{query}")
    for reader in READERS[form][: None if expected else 1]:  # some tools refuse an empty file
        assert plain(reader(tmp_path / f"file.{form}", columns)) == expected, reader.__name__


def test_the_format_is_negotiated_as_for_collections(client: TestClient) -> None:
    for address, accept, form in [
        ("aggregate", "*/*", "json"),
        ("aggregate", "text/csv", "csv"),
        ("aggregate?format=ndjson", "text/csv", "ndjson"),
        ("aggregate.xlsx?format=ndjson", "text/csv", "xlsx"),
    ]:
        response = client.get(f"/v1/places/{address}", headers={"Accept": accept})
        assert response.headers["content-type"] == FORMATS[form].media_type
        assert ("content-disposition" in response.headers) == (form != "json")
    labels = client.get("/v1/figures/aggregate.csv?group_by=indicator.theme&lang=zh&bom=true").content.decode()
    assert labels.startswith("\ufeff指标·主题,条数\r\n")
    problem(client.get("/v1/places/aggregate", headers={"Accept": "image/png"}), 406)
    assert "aggregate.parquet" in problem(client.get("/v1/places/aggregate.yaml"), 404)["detail"]


def test_a_response_is_revalidated_and_has_a_head(client: TestClient) -> None:
    address = "/v1/figures/aggregate?group_by=unit"
    response = client.get(address)
    assert client.get(address, headers={"If-None-Match": response.headers["etag"]}).status_code == 304
    head = client.head(address)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", response.headers["etag"])
    assert client.get("/v1/figures/aggregate?group_by=status").headers["etag"] != response.headers["etag"]


@pytest.mark.parametrize(
    ("query", "parameter", "detail", "allowed"),
    [
        ("group_by=indicator.thme", "group_by", "Did you mean 'indicator.theme'?", "status"),
        ("group_by=name_zh", "group_by", "no known field to group by", "indicator.name_zh"),
        ("group_by=unit,unit", "group_by", "listed twice", None),
        ("group_by=unit,status,period,field,place_id,source_id", "group_by", "more than 5", None),
        ("group_by=", "group_by", "no known field to group by", "unit"),
        ("measure=sum:valu", "measure", "Did you mean 'sum:value'?", "count"),
        ("measure=sum:paragraph", "measure", "no known measure", "sum:si_value"),
        ("sort=sum_valu", "sort", "Did you mean 'sum_value'?", None),
        ("sort=-sum_value", "sort", "no known key of this answer", "count"),
        ("limit=0", "limit", "from 1 to 100000", None),
        ("statsu=achieved", "statsu", "Did you mean 'status'?", None),
        ("facet=unit", "facet", "is for records", None),
        ("cursor=x", "cursor", "is for records", None),
        ("bom=true", "bom", "is for csv, not for json", None),
    ],
)
def test_a_wrong_parameter_is_named(
    client: TestClient, query: str, parameter: str, detail: str, allowed: str | None
) -> None:
    assert_refused(client.get(f"/v1/figures/aggregate?{query}"), parameter, detail, allowed)


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_all_keys_are_distinct(slug: str) -> None:
    entity: Any = COLLECTIONS[slug]
    keys = [*groups(entity), *(each.column.name for each in measures(entity).values())]
    assert len(set(keys)) == len(keys)
    controls = {name for name, each in aggregate_parameters(entity).items() if each.operator is None}
    assert not controls & set(entity.columns())
