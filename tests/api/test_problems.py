"""Every error is a problem document that names the fault and what to do, and reveals nothing internal."""

import socket
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.db import Database
from app.errors import PROBLEMS
from app.formats import FORMATS, JSON
from app.models import COLLECTIONS
from app.request.aggregate import aggregate_parameters
from app.request.controls import page_parameters
from app.request.synonyms import SYNONYMS
from app.settings import Settings
from tests.conftest import BOTH, NewDatabase, client_of, loaded, migrated
from tests.problems import assert_refused, problem
from tests.running import HANGS_S

pytestmark = pytest.mark.databases("sqlite")


@pytest.mark.parametrize(
    ("query", "parameter", "detail", "allowed"),
    [
        ("rol=introduced", "rol", "Did you mean 'role'?", "role"),
        ("name__contains=x", "name__contains", "no such parameter", None),
        ("role=introducd", "role", "Did you mean 'introduced'?", "introduced"),
        ("role__in=introduced,planer", "role__in", "Did you mean", "planner"),
        ("paragraph=three", "paragraph", "not a whole number", None),
        ("paragraph=99999999999999999999", "paragraph", "not a whole number", None),
        ("parent_id__isnull=yes", "parent_id__isnull", "no known truth value", "true"),
        ("sort=nme_en", "sort", "Did you mean 'name_en'?", "name_en"),
        ("fields=id,nmae_zh", "fields", "Did you mean 'name_zh'?", "name_zh"),
        ("fields=id,id", "fields", "listed twice", None),
        ("include=programme", "include", "Did you mean 'program'?", "program"),
        ("facet=name_en", "facet", "no known field to count by", "role"),
        ("limit=1001", "limit", "from 0 to 1000", None),
        ("limit=-1", "limit", "from 0 to 1000", None),
        ("offset=1.5", "offset", "whole number", None),
        ("cursor=x&offset=1", "offset", "cannot be combined with cursor", None),
        ("role=planner&role=planter", "role", "role__in=a,b", None),
        ("name_zh=%00", "name_zh", "U+0000", None),
        ("name_zh=" + "a" * 501, "name_zh", "longer than 500", None),
        ("format=yaml", "format", "no known format", "json"),
        ("bom=true", "bom", "is for csv, not for pages", None),
        ("bom=maybe", "bom", "is for csv, not for pages", None),
        (
            "role=planner,introduced",
            "role",
            "no known value. For several values use role__in=planner,introduced.",
            "planner",
        ),
        ("role=planner,intro", "role", "Did you mean 'planner'?", "planner"),
        ("paragraph=1,000", "paragraph", "'1,000' is not a whole number, such as 42.", None),
    ],
)
def test_a_wrong_parameter_is_named(
    client: TestClient, query: str, parameter: str, detail: str, allowed: str | None
) -> None:
    assert_refused(client.get(f"/v1/enterprises?{query}"), parameter, detail, allowed)


@pytest.mark.parametrize(
    ("path", "name", "meant"),
    [
        ("figures", "page", ["offset", "cursor"]),
        ("figures", "per_page", ["limit"]),
        ("figures", "pageSize", ["limit"]),
        ("figures", "page[size]", ["limit"]),
        ("figures", "$top", ["limit"]),
        ("figures", "$skip", ["offset"]),
        ("figures.csv", "rows", ["limit"]),
        ("figures", "order_by", ["sort"]),
        ("figures", "$orderby", ["sort"]),
        ("figures", "ordering", ["sort"]),
        ("figures", "$select", ["fields"]),
        ("figures/youth-teams", "columns", ["fields"]),
        ("figures", "search", ["q"]),
        ("search", "query", ["q"]),
        ("figures", "expand", ["include"]),
        ("figures", "populate", ["include"]),
        ("figures", "f", ["format"]),
        ("figures", "locale", ["labels"]),
        ("figures.csv", "language", ["lang", "labels"]),
        ("figures/aggregate", "groupby", ["group_by"]),
        ("figures", "value__between", ["value__gte", "value__lte"]),
    ],
)
def test_a_name_from_elsewhere_leads_to_what_it_means_here(
    client: TestClient, path: str, name: str, meant: list[str]
) -> None:
    (error,) = problem(
        client.get(f"/v1/{path}", params={name: "1", "q": "a"} if path == "search" else {name: "1"}), 422
    )["errors"]
    assert error["allowed"] == meant
    assert error["detail"].endswith(f"here. Use {(' and ' if 'between' in name else ' or ').join(meant)}.")


@pytest.mark.parametrize(
    ("name", "example"),
    [
        ("filter", "subject_kind=program."),
        ("$filter", "subject_kind=program."),
        ("where", "subject_kind=program."),
        ("between", "value__gte=843 and value__lte=843."),
    ],
)
def test_a_word_for_filters_leads_to_those_of_the_fields(client: TestClient, name: str, example: str) -> None:
    (error,) = problem(client.get("/v1/figures", params={name: "1"}), 422)["errors"]
    assert f"Each field has its own filters, such as {example}" in error["detail"]
    assert error["allowed"]


@pytest.mark.parametrize(
    "name", ["expand", "per_page", "group", "filter", "between", "order", "language", "value__between"]
)
@pytest.mark.parametrize("path", ["figures", "figures.csv", "figures/aggregate", "figures/youth-teams", "search"])
def test_only_what_exists_at_the_address_is_suggested(client: TestClient, path: str, name: str) -> None:
    faults = {each["parameter"]: each for each in problem(client.get(f"/v1/{path}?{name}=1"), 422)["errors"]}
    allowed = faults[name]["allowed"][: Settings().max_parameters]
    answer = client.get(f"/v1/{path}", params=dict.fromkeys(allowed, "1"))
    assert "no such parameter" not in answer.text
    assert "This parameter is for" not in answer.text


def test_synonyms_are_no_names_of_parameters_that_mean_something_else() -> None:
    for entity in COLLECTIONS.values():
        for known in (page_parameters(entity), aggregate_parameters(entity)):
            for name in {*SYNONYMS} & {*known}:
                assert known[name].column, name  # a field wins over a word from elsewhere


def test_all_faults_are_reported_together(client: TestClient) -> None:
    errors = problem(client.get("/v1/figures?unti=CNY&value__gt=much&limit=5000"), 422)["errors"]
    assert [error["parameter"] for error in errors] == ["unti", "value__gt", "limit"]


def test_lists_cannot_be_filtered_or_sorted(client: TestClient) -> None:
    problem(client.get("/v1/sources?authors=x"), 422)
    problem(client.get("/v1/sources?sort=authors"), 422)


@pytest.mark.parametrize(
    "path",
    [
        "/v1/figures/a%00b",
        "/v1/figures/a%00b/evidence",
        "/v1/figures/%ff",
        "/v1/enterprise",
        "/nothing",
        "/v1/figures/nothing",
        "/v1/figures/x/evidence",
        "/v2",
    ],
)
def test_an_unknown_address_is_a_404(client: TestClient, path: str) -> None:
    document = problem(client.get(path), 404)
    assert "/v1" in document["detail"]


@pytest.mark.parametrize(
    ("path", "alternative"),
    [
        ("/v1/figures.xml", "'/v1/figures.csv', '/v1/figures.ndjson'"),
        ("/v1/figures/aggregate.xml", "'/v1/figures/aggregate.csv', '"),
        ("/v1/citation.docx", "'/v1/citation.bib', '/v1/citation.ris'"),
    ],
)
def test_the_addresses_that_there_are_stand_in_quotes(client: TestClient, path: str, alternative: str) -> None:
    detail = problem(client.get(path), 404)["detail"]
    assert alternative in detail
    assert detail.endswith("'.")


def test_the_nearest_address_is_suggested(client: TestClient) -> None:
    assert "Did you mean '/v1/figures'?" in problem(client.get("/v1/figurs"), 404)["detail"]


@pytest.mark.parametrize("slug", COLLECTIONS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
def test_other_methods_are_refused(client: TestClient, slug: str, method: str) -> None:
    response = client.request(method, f"/v1/{slug}")
    problem(response, 405)
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("path", ["/v1", "/v1/figures", "/v1/figures/youth-teams", "/v1/figures/youth-teams/evidence"])
def test_other_media_types_are_refused(client: TestClient, path: str) -> None:
    (error,) = problem(client.get(path, headers={"Accept": "image/png"}), 406)["errors"]
    json_ld = ["application/json", "application/ld+json"]
    offers = {
        "/v1/figures": [each.media_type.split(";")[0] for each in FORMATS.values()],
        "/v1": [*json_ld, "text/turtle"],
        "/v1/figures/youth-teams/evidence": json_ld,
    }
    assert error["allowed"] == offers.get(path, ["application/json"])
    assert client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}).status_code == 200
    assert client.get(path, headers={"Accept": "image/png, application/*;q=0.1"}).status_code == 200


@pytest.mark.parametrize(
    "accept",
    [
        "application/json; charset=utf-8",
        "application/json;version=1",
        "*",
        "image/png, *;q=0.2",
        "text/html, */*;q=0.1",
    ],
)
def test_accept_is_parsed_leniently(client: TestClient, accept: str) -> None:
    assert client.get("/v1/figures", headers={"Accept": accept}).headers["content-type"] == JSON.media_type


def test_several_accept_lines_are_one_list(client: TestClient) -> None:
    lines = [("Accept", "image/png"), ("Accept", "application/json")]
    assert client.get("/v1/figures", headers=lines).status_code == 200


def test_the_format_parameter_takes_precedence_over_accept(client: TestClient) -> None:
    for path in ("/v1/figures", "/v1", "/v1/problems", "/v1/figures/youth-teams", "/v1/figures/youth-teams/evidence"):
        assert client.get(f"{path}?format=json", headers={"Accept": "image/png"}).status_code == 200


@pytest.mark.databases(*BOTH)
@given(st.dictionaries(st.text(max_size=12), st.text(max_size=12), max_size=3))
@example({"/v1": ""})
@settings(max_examples=80)
def test_any_query_is_answered_or_refused_with_errors(client: TestClient, query: dict[str, str]) -> None:
    response = client.get("/v1/programs", params=query)
    assert response.status_code in {200, 422}
    if response.status_code == 422:
        assert problem(response, 422)["errors"]


@pytest.mark.databases(*BOTH)
@given(st.text(min_size=1, max_size=20))
@settings(max_examples=60)
def test_any_value_of_any_type_is_answered_or_refused(client: TestClient, text: str) -> None:
    for name in ("value", "paragraph__in", "as_of__gt", "name_zh__contains", "name_en__startswith", "id__lte", "sort"):
        assert client.get("/v1/figures", params={name: text}).status_code in {200, 422}


def test_an_internal_error_reveals_nothing(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("SELECT secret FROM inside")

    with client_of(address) as client:
        monkeypatch.setattr("app.api.collections.read_page", fail)
        document = problem(client.get("/v1/figures"), 500)
        assert document["code"] == "internal-error"
        assert "secret" not in str(document)


def test_every_problem_is_documented(client: TestClient) -> None:
    listed = client.get("/v1/problems").json()["data"]
    assert {each["code"] for each in listed} == {each.code for each in PROBLEMS.values()}
    document = problem(client.get("/v1/figures?x=1"), 422)
    assert client.get(document["type"]).json()["data"]["code"] == document["code"]
    problem(client.get("/v1/problems/none"), 404)


@pytest.mark.parametrize("kind", BOTH)
def test_an_empty_database_is_a_503_with_the_command_to_run(new_database: NewDatabase, kind: str) -> None:
    address, paths = new_database(kind), ("/v1", "/v1/figures", "/v1/figures/youth-teams", "/readyz", "/")
    if kind == "postgresql":  # SQLite has no database at all before the first migration
        with client_of(address) as client:
            for path in paths:
                assert "shanhai migrate" in problem(client.get(path), 503)["detail"], path
    migrated(address)
    with client_of(address) as client:
        for path in paths:
            response = client.get(path)
            assert "shanhai load" in problem(response, 503)["detail"], path
            assert response.headers["retry-after"]
        assert client.get("/healthz").json() == {"status": "alive"}
    loaded(address)
    with client_of(address) as client:
        assert [client.get(path).status_code for path in paths] == [200] * len(paths)


@pytest.mark.parametrize(
    "address",
    [
        "sqlite:////nowhere/secret/all.sqlite",
        "postgresql://user:secret@127.0.0.1:1/nothing",
        "postgresql://127.0.0.1:1/x?user=u&password=secret",
    ],
)
def test_an_unreachable_database_is_a_503(address: str) -> None:
    with client_of(address) as client:
        for path in ("/v1/figures", "/readyz"):
            document = problem(client.get(path), 503)
            assert document["code"] == "unavailable"
            assert "secret" not in str(document)
        assert client.get("/healthz").status_code == 200
        assert client.get("/v1/problems").status_code == 200


@pytest.mark.slow
def test_a_silent_database_is_a_503_in_time() -> None:
    # A listener that accepts connections and never sends anything.
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as silent,
        client_of(f"postgresql://user@127.0.0.1:{silent.getsockname()[1]}/nothing") as client,
        ThreadPoolExecutor() as pool,
    ):
        ready = pool.submit(client.get, "/readyz")
        assert client.get("/healthz").status_code == 200
        assert not ready.done()
        assert "did not answer within" in problem(ready.result(HANGS_S), 503)["detail"]


def test_a_locked_database_does_not_delay_other_requests(new_database: NewDatabase) -> None:
    address = loaded(new_database("sqlite"))
    with client_of(address) as client, closing(sqlite3.connect(address.removeprefix("sqlite:///"))) as other:
        assert client.get("/v1/figures").status_code == 200
        other.execute("BEGIN EXCLUSIVE")
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(client.get, "/v1/figures?sort=value")
            time.sleep(0.1)  # so that it has started; otherwise the test checks less
            assert client.get("/healthz").status_code == 200
            assert not waiting.done()
            other.rollback()
            assert waiting.result(HANGS_S).status_code == 200


def test_a_database_is_used_again_after_its_connections_ended(new_database: NewDatabase) -> None:
    address = loaded(new_database("postgresql"))
    with client_of(address) as client:
        assert client.get("/v1/figures").status_code == 200
        with Database(address, "load") as other, other.engine.begin() as connection:
            ended = connection.exec_driver_sql(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert ended.scalar_one() >= 1
        assert client.get("/v1/figures?sort=value").status_code == 200
