"""`labels=`: the labels of terms and the names of references beside their slugs, in every format."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.entity import Column, Entity, label_column
from app.models import COLLECTIONS
from tests.conftest import Record
from tests.formats.readers import READERS, plain
from tests.problems import assert_refused
from tests.terms import LABELS

Everything = dict[str, list[Record]]


def name_of(everything: Everything, slug: str, record_id: str, language: str) -> Any:
    return next(each[f"name_{language}"] for each in everything[slug] if each["id"] == record_id)


def label_of(everything: Everything, column: Column, record: Record, language: str) -> Any:
    """The label of a record's slug, as its declaration and the referenced record have it."""
    slug = record[column.name]
    if slug is None:
        return None
    if column.is_term:
        return getattr(column.labels(LABELS)[slug], language)
    if reference := column.declared.reference:
        return name_of(everything, reference.table.replace("_", "-"), slug, language)
    kind = record["subject_kind"]
    (collection,) = (name for name, each in COLLECTIONS.items() if each.collection.singular == kind)
    return name_of(everything, collection, slug, language)


def labelled_columns(entity: type[Entity]) -> Iterator[Column]:
    for name, column in entity.columns().items():
        if column.is_term or column.declared.reference or name == "subject_id":
            yield column


def with_labels(everything: Everything, slug: str, language: str) -> list[Record]:
    """The records of a collection as they are with labels, each key in its place."""
    labelled = list(labelled_columns(COLLECTIONS[slug]))
    expected: list[Record] = []
    for record in everything[slug]:
        expected.append({})
        for name, value in record.items():
            expected[-1][name] = value
            for column in labelled:
                if column.name == name:
                    expected[-1][f"{name}_label"] = label_of(everything, column, record, language)
    return expected


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_pages_records_and_json_files_have_labels_beside_slugs(
    client: TestClient, everything: Everything, slug: str, language: str
) -> None:
    expected = with_labels(everything, slug, language)
    page = client.get(f"/v1/{slug}?labels={language}&limit=1000").json()["data"]
    file = client.get(f"/v1/{slug}.json?labels={language}").json()["data"]
    lines = client.get(f"/v1/{slug}.ndjson?labels={language}").text.splitlines()
    assert page == file == [json.loads(line) for line in lines] == expected
    record = client.get(f"/v1/{slug}/{expected[0]['id']}?labels={language}").json()["data"]
    assert [*record.items()] == [*expected[0].items()]


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_files_have_columns_of_labels(
    client: TestClient, everything: Everything, tmp_path: Path, slug: str, form: str
) -> None:
    expected = with_labels(everything, slug, "zh")
    path = tmp_path / f"x.{form}"
    path.write_bytes(client.get(f"/v1/{slug}.{form}?labels=zh").content)
    columns: list[Column] = []
    labelled = [*labelled_columns(COLLECTIONS[slug])]
    for column in COLLECTIONS[slug].columns().values():
        columns += [column, label_column(column)] if column in labelled else [column]
    assert plain(READERS[form][0](path, columns)) == expected


@pytest.mark.databases("sqlite")
def test_slugs_yield_their_title_to_their_labels(client: TestClient) -> None:
    header, *_ = client.get("/v1/figures.csv?fields=id,status,value&labels=zh&lang=zh").text.splitlines()
    assert header == "标识,状态（标识）,状态,值"
    header, *_ = client.get("/v1/figures.csv?fields=id,status,value&labels=zh&lang=en").text.splitlines()
    assert header == "Identifier,Status (identifier),Status,Value"


@pytest.mark.databases("sqlite")
def test_labels_go_with_fields_and_leave_all_else_as_it_is(client: TestClient) -> None:
    address = "/v1/figures?fields=status,value,subject_id&include=subject&facet=status&limit=7&sort=-value"
    plain, labelled = (client.get(f"{address}{query}").json() for query in ("", "&labels=en"))
    assert plain["facets"] == labelled["facets"]
    assert "labels=en" in labelled["links"]["next"]
    for before, after in zip(plain["data"], labelled["data"], strict=True):
        assert [*after] == ["status", "status_label", "value", "subject_id", "subject_id_label", "subject"]
        assert after["subject_id_label"] == after["subject"]["name_en"]
        assert before.items() <= after.items()
    rows = client.get("/v1/figures.csv?fields=id,unit&labels=en&limit=1").text.splitlines()
    assert rows[0] == "id,unit,unit_label"


@pytest.mark.databases("sqlite")
def test_labels_of_nothing_are_none(client: TestClient) -> None:
    assert client.get("/v1/figures.csv?unit=t&fields=unit&labels=zh").text == "unit,unit_label\r\n"
    assert client.get("/v1/figures?unit=t&labels=zh").json()["data"] == []
    plain, labelled = (client.get(f"/v1/figures.csv?fields=id,value{query}").text for query in ("", "&labels=zh"))
    assert plain == labelled


@pytest.mark.databases("sqlite")
@pytest.mark.parametrize(
    ("path", "detail"),
    [
        ("/v1/figures?labels=fr", "no known language"),
        ("/v1/figures.csv?labels=true", "no known language"),
        ("/v1/figures/aggregate?group_by=unit&labels=zh", "for records, not for groups"),
    ],
)
def test_labels_that_do_not_exist_are_refused(client: TestClient, path: str, detail: str) -> None:
    assert_refused(client.get(path), "labels", detail)
