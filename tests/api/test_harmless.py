"""Queries that mean the same are answered the same; what could mislead is refused (test_problems has those)."""

import pytest
from starlette.testclient import TestClient

from app.formats import FORMATS
from app.http.addresses import is_list
from app.models import COLLECTIONS, Figure
from app.request.aggregate import aggregate_parameters
from app.request.controls import file_parameters, page_parameters, record_parameters
from app.request.search import search_parameters
from tests.problems import problem


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("figures?fields=id&fields=value", "figures?fields=id,value"),
        ("figures?fields=id&limit=1&fields=value,unit", "figures?fields=id,value,unit&limit=1"),
        ("figures?include=source&include=indicator&limit=3", "figures?include=source,indicator&limit=3"),
        ("figures?facet=unit&facet=status&limit=0", "figures?facet=unit,status&limit=0"),
        ("figures?sort=unit&sort=-value&limit=2", "figures?sort=unit,-value&limit=2"),
        ("figures?unit__in=CNY&unit__in=person", "figures?unit__in=CNY,person"),
        ("figures/aggregate?group_by=unit&group_by=status", "figures/aggregate?group_by=unit,status"),
        (
            "figures/aggregate.csv?measure=count&measure=max:lower&unit=CNY&lower__isnull=false",
            "figures/aggregate.csv?measure=count,max:lower&unit=CNY&lower__isnull=false",
        ),
        ("figures.csv?fields=id&fields=value", "figures.csv?fields=id,value"),
        ("figures/youth-teams?fields=id&fields=value", "figures/youth-teams?fields=id,value"),
        ("search?q=a&collection=figures&collection=places", "search?q=a&collection=figures,places"),
    ],
)
def test_a_repeated_list_is_the_list_with_commas(client: TestClient, sent: str, plain: str) -> None:
    repeated, joined = client.get(f"/v1/{sent}"), client.get(f"/v1/{plain}")
    assert repeated.status_code == 200
    assert repeated.content == joined.content
    for name in ("etag", "link", "content-disposition"):
        assert repeated.headers.get(name) == joined.headers.get(name)


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_the_lists_are_the_parameters_that_openapi_declares_as_arrays(slug: str) -> None:
    entity = COLLECTIONS[slug]
    tables = (record_parameters, page_parameters, file_parameters, aggregate_parameters)
    for parameters in (*(table(entity) for table in tables), search_parameters()):
        assert {each.name for each in parameters.values() if each.schema["type"] == "array"} == {
            *filter(is_list, parameters)
        }


def test_a_list_that_is_repeated_too_often_is_refused(client: TestClient) -> None:
    response = client.get("/v1/figures", params={"paragraph__in": [str(number) for number in range(101)]})
    assert "more than 100 values" in problem(response, 422)["detail"]
    assert "listed twice" in problem(client.get("/v1/figures?fields=id&fields=id"), 422)["detail"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("default", ["bom=false", "bom=False", "bom=0"])
@pytest.mark.parametrize("path", ["places.{}?", "places/aggregate.{}?", "places?format={}&"])
def test_a_declared_default_changes_nothing(client: TestClient, path: str, form: str, default: str) -> None:
    plain = client.get(f"/v1/{path.format(form)}")
    answer = client.get(f"/v1/{path.format(form)}{default}")
    assert answer.status_code == 200
    for name in ("content-type", "content-disposition"):
        assert answer.headers.get(name) == plain.headers.get(name)
    canonical = [link for link in plain.headers["link"].split(", ") if 'rel="canonical"' in link]
    assert [link for link in answer.headers["link"].split(", ") if 'rel="canonical"' in link] == canonical


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("figures?limit=50", "figures"),
        ("figures/aggregate?measure=count", "figures/aggregate"),
        ("search?q=a&highlights=false", "search?q=a"),
        ("search?q=a&per_collection=3&limit=50", "search?q=a&per_collection=3"),
    ],
)
def test_canonical_addresses_do_not_repeat_defaults(client: TestClient, sent: str, plain: str) -> None:
    answer, same = client.get(f"/v1/{sent}").json(), client.get(f"/v1/{plain}").json()
    assert answer["data"] == same["data"]
    assert answer["links"]["canonical"] == same["links"]["canonical"]


@pytest.mark.parametrize("texts", [("true", "True", "TRUE", "1"), ("false", "False", "FALSE", "0")])
def test_truth_values_are_taken_in_any_case(client: TestClient, texts: tuple[str, ...]) -> None:
    totals = {client.get(f"/v1/figures?note_zh__isnull={text}&limit=0").json()["meta"]["total"] for text in texts}
    assert len(totals) == 1
    for refused in ("yes", "on", "2", "", "truE ", "真"):
        problem(client.get("/v1/figures", params={"note_zh__isnull": refused}), 422)


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("as_of__gte=2022", "as_of__gte=2022-01-01"),
        ("as_of__gt=2022", "as_of__gt=2022-12-31"),
        ("as_of__lte=2022-08", "as_of__lte=2022-08-31"),
        ("as_of__lt=2022-08", "as_of__lt=2022-08-01"),
        ("as_of=2022-08-06T00:00:00", "as_of=2022-08-06"),
        ("as_of__ne=2022-08-06T23:59:59.999Z", "as_of__ne=2022-08-06"),
        ("as_of__in=2022-08-06T00:00:00%2B08:00,2022-01-01", "as_of__in=2022-08-06,2022-01-01"),
        ("as_of__gte=2022-08-06T00:00:00+08:00", "as_of__gte=2022-08-06"),
    ],
)
def test_dates_are_taken_as_clients_write_them(client: TestClient, sent: str, plain: str) -> None:
    for path in ("figures?", "figures.ndjson?", "figures/aggregate?group_by=unit&"):
        answer, same = client.get(f"/v1/{path}{sent}"), client.get(f"/v1/{path}{plain}")
        assert answer.status_code == 200
        assert path.endswith("ndjson?") or answer.json()["data"] == same.json()["data"]
        assert not path.endswith("ndjson?") or answer.content == same.content


def test_a_date_that_is_compared_with_every_bound(client: TestClient) -> None:
    totals = {
        suffix: client.get(f"/v1/figures?as_of__{suffix}=2022&limit=0").json()["meta"]["total"]
        for suffix in ("lt", "gte", "lte", "gt")
    }
    dated = client.get("/v1/figures?as_of__isnull=false&limit=0").json()["meta"]["total"]
    assert totals["lt"] + totals["gte"] == totals["lte"] + totals["gt"] == dated > 0


@pytest.mark.parametrize("zero", ["0", "000"])
@pytest.mark.parametrize("query", ["", "unit=CNY", "q=油茶", "offset=3"])
def test_a_limit_of_0_counts(client: TestClient, query: str, zero: str) -> None:
    counted, page = (client.get(f"/v1/figures?limit={limit}&{query}") for limit in (zero, "1"))
    assert counted.status_code == 200
    document = counted.json()
    assert document["data"] == []
    assert document["meta"]["total"] == page.json()["meta"]["total"] > 0
    assert document["meta"]["limit"] == 0
    assert document["links"]["next"] is document["links"]["prev"] is None


def test_a_limit_of_0_at_a_cursor_counts(client: TestClient) -> None:
    following = client.get("/v1/figures?limit=3").json()["links"]["next"]
    document = client.get(following.replace("limit=3", "limit=0")).json()
    assert (document["data"], document["meta"]["total"]) == ([], client.get("/v1/figures").json()["meta"]["total"])
    assert document["links"]["next"] is document["links"]["prev"] is None


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_a_record_has_an_address_with_its_extension(client: TestClient, slug: str) -> None:
    (record,) = client.get(f"/v1/{slug}?limit=1&fields=id").json()["data"]
    path = f"/v1/{slug}/{record['id']}"
    plain, named = client.get(path), client.get(f"{path}.json", headers={"Accept": "text/csv"})
    assert named.headers["content-type"] == plain.headers["content-type"]
    assert named.headers["vary"] == plain.headers["vary"]
    assert named.json()["data"] == plain.json()["data"]
    assert named.json()["links"] == {**plain.json()["links"], "self": f"http://testserver{path}.json"}
    assert f"Available: '{path}.json'." in problem(client.get(f"{path}.csv"), 404)["detail"]
    problem(client.get(f"/v1/{slug}/nothing.json"), 404)


@pytest.mark.parametrize("name", ["group_by", "measure"])
@pytest.mark.parametrize("path", ["figures", "figures.csv"])
def test_parameters_of_groups_lead_to_the_aggregate(client: TestClient, path: str, name: str) -> None:
    (error,) = problem(client.get(f"/v1/{path}?{name}=unit"), 422)["errors"]
    assert error["detail"] == "This parameter is for groups of records. Use '/v1/figures/aggregate'."


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("figures.jsonl?", "*/*"),
        ("figures?format=jsonl&", "*/*"),
        ("figures?", "application/jsonl"),
        ("figures?", "application/ndjson, */*;q=0.1"),
        ("figures?", "application/x-ndjson"),
    ],
)
def test_ndjson_has_other_names(client: TestClient, path: str, accept: str) -> None:
    for query in ("", "unit=CNY"):
        answer = client.get(f"/v1/{path}{query}", headers={"Accept": accept})
        plain = client.get(f"/v1/figures.ndjson?{query}")
        assert answer.content == plain.content
        for name in ("content-type", "vary", "content-disposition"):
            assert answer.headers[name] == plain.headers[name]
        assert "ndjson" in answer.headers["content-type"]
        assert f"/v1/{Figure.collection.slug}.ndjson" in answer.headers["link"]
