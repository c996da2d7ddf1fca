"""CSV on the Web: an independent validator follows the description of every file and reports every fault put into it."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from csvw import CSVW

from app.models import COLLECTIONS
from tests.standards.faults import Change, drop_column, repeat_record, replace, rewrite

pytestmark = pytest.mark.filterwarnings("ignore")  # those of the validator's libraries


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_every_file_fits_its_description(web: httpx.Client, service: str, slug: str) -> None:
    """The validator gets only the file's address; the link leads to the description, at the standard's own path."""
    address = f"{service}/v1/{slug}.csv"
    link = web.get(address).headers["link"]
    assert f'<{address}-metadata.json>; rel="describedby"; type="application/csvm+json"' in link
    checked = CSVW(address, validate=True)
    assert checked.is_valid
    assert checked.warnings == []
    assert len(checked.to_json(minimal=True)) == len(web.get(f"{service}/v1/{slug}?limit=1000").json()["data"])


def test_a_selection_does_not_link_to_the_description_of_the_whole(web: httpx.Client, service: str) -> None:
    for query in ("fields=id", "unit=CNY", "lang=zh"):
        response = web.get(f"{service}/v1/figures.csv?{query}")
        assert response.status_code == 200
        assert "csv-metadata" not in response.headers["link"]


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
    """All files and their description in one folder, referring to each other by name; a test may change them."""
    for slug in COLLECTIONS:
        response = web.get(f"{service}/v1/{slug}.csv")
        (tmp_path / f"{slug}.csv").write_bytes(response.raise_for_status().content)
    document = json.loads(web.get(f"{service}/v1/csv-metadata.json").text.replace(f"{service}/v1/", ""))
    for table in document["tables"]:
        table["tableSchema"].pop("aboutUrl")
        for column in table["tableSchema"]["columns"]:
            column.pop("propertyUrl")
    (tmp_path / "csv-metadata.json").write_text(json.dumps(document), "utf-8")
    return tmp_path


FAULTS: dict[str, tuple[str, Change]] = {
    "a word for a number": ("figures", replace("paragraph", "five")),
    "a number below the minimum": ("figures", replace("paragraph", "0")),
    "an impossible date": ("figures", replace("as_of", "2022-02-30")),
    "an unknown term": ("figures", replace("status", "imagined")),
    "no name": ("enterprises", replace("name_zh", "")),
    "a dangling reference": ("figures", replace("indicator_id", "nothing")),
    "a repeated id": ("enterprises", repeat_record),
    "a missing column": ("products", drop_column),
}


@pytest.mark.slow
def test_the_folder_is_valid_unchanged(folder: Path) -> None:
    assert CSVW(folder / "csv-metadata.json", validate=True).is_valid


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "change"), FAULTS.values(), ids=FAULTS)
def test_a_breach_of_the_description_is_reported(folder: Path, slug: str, change: Change) -> None:
    rewrite(folder / f"{slug}.csv", change)
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
        for field, column in zip(table["tableSchema"]["columns"], entity.columns().values(), strict=True):
            assert field["titles"]["zh-Hans"] == [column.declared.title.zh]
            assert field["titles"]["en"] == [column.declared.title.en]
            assert field["required"] is not column.nullable
            assert ("dc:references" in field) is (column.declared.reference is not None)
