"""CSV on the Web: an independent validator follows the description of every file, and finds what is put in."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from csvw import CSVW

from app.models import COLLECTIONS

pytestmark = pytest.mark.filterwarnings("ignore")  # the validator's libraries have their own

Rows = list[list[str]]


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_every_file_fits_its_description(web: httpx.Client, service: str, slug: str) -> None:
    """Describe a file from the link in its response and the location in the standard."""
    address = f"{service}/v1/{slug}.csv"
    link = web.get(address).headers["link"]
    assert f'<{address}-metadata.json>; rel="describedby"; type="application/csvm+json"' in link
    checked = CSVW(address, validate=True)
    assert checked.is_valid
    assert checked.warnings == []
    assert len(checked.to_json(minimal=True)) == len(web.get(f"{service}/v1/{slug}?limit=1000").json()["data"])


def test_what_is_left_of_a_collection_is_not_described_by_it(web: httpx.Client, service: str) -> None:
    for query in ("fields=id", "unit=CNY", "lang=zh"):
        answer = web.get(f"{service}/v1/figures.csv?{query}")
        assert answer.status_code == 200
        assert "csv-metadata" not in answer.headers["link"]


def test_all_files_fit_together(service: str) -> None:
    assert CSVW(f"{service}/v1/csv-metadata.json", validate=True).is_valid


def test_values_are_those_of_the_api(web: httpx.Client, service: str) -> None:
    read = CSVW(f"{service}/v1/figures.csv", validate=True).to_json(minimal=True)
    served = web.get(f"{service}/v1/figures?limit=1000").json()["data"]
    for row, record in zip(read, served, strict=True):
        assert {key.rpartition(".")[2]: value for key, value in row.items() if not key.startswith("@")} == {
            name: value for name, value in record.items() if value is not None
        }


@pytest.fixture
def folder(web: httpx.Client, service: str, tmp_path: Path) -> Path:
    """The files and the description of all of them, to be broken: the same, by relative names."""
    for slug in COLLECTIONS:
        answer = web.get(f"{service}/v1/{slug}.csv")
        (tmp_path / f"{slug}.csv").write_bytes(answer.raise_for_status().content)
    text = web.get(f"{service}/v1/csv-metadata.json").text.replace(f"{service}/v1/", "")
    document = json.loads(text)
    for table in document["tables"]:
        table["tableSchema"].pop("aboutUrl")
        for column in table["tableSchema"]["columns"]:
            column.pop("propertyUrl")
    (tmp_path / "csv-metadata.json").write_text(json.dumps(document), "utf-8")
    return tmp_path


def put(column: str, text: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[1][rows[0].index(column)] = text

    return change


def drop_column(rows: Rows) -> None:
    for row in rows:
        row.pop()


def repeat(rows: Rows) -> None:
    rows[2] = rows[1]


FAULTS: dict[str, tuple[str, Callable[[Rows], None]]] = {
    "a word for a number": ("figures", put("paragraph", "five")),
    "less than the least": ("figures", put("paragraph", "0")),
    "a day that is none": ("figures", put("as_of", "2022-02-30")),
    "no such term": ("figures", put("status", "imagined")),
    "no name": ("enterprises", put("name_zh", "")),
    "a reference to nothing": ("figures", put("indicator_id", "nothing")),
    "an id twice": ("enterprises", repeat),
    "a column missing": ("products", drop_column),
}


@pytest.mark.slow
def test_the_folder_is_valid_before(folder: Path) -> None:
    assert CSVW(folder / "csv-metadata.json", validate=True).is_valid


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "change"), FAULTS.values(), ids=FAULTS)
def test_what_breaks_the_description_is_found(folder: Path, slug: str, change: Callable[[Rows], None]) -> None:
    path = folder / f"{slug}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    change(rows)
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), "utf-8", newline="")
    try:
        valid = CSVW(folder / "csv-metadata.json", validate=True).is_valid
    except ValueError:
        valid = False
    assert not valid


def test_it_describes_the_declared_columns(web: httpx.Client, service: str) -> None:
    document: dict[str, Any] = web.get(f"{service}/v1/csv-metadata.json").json()
    for table, (slug, entity) in zip(document["tables"], COLLECTIONS.items(), strict=True):
        assert table["url"] == f"{service}/v1/{slug}.csv"
        assert [column["name"] for column in table["tableSchema"]["columns"]] == list(entity.columns())
        for column, declared in zip(table["tableSchema"]["columns"], entity.columns().values(), strict=True):
            assert column["titles"]["zh-Hans"] == [declared.declared.title.zh]
            assert column["titles"]["en"] == [declared.declared.title.en]
            assert column["required"] is not declared.nullable
            assert ("dc:references" in column) is (declared.declared.reference is not None)
