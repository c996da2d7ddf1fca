"""The Data Package of a release: Frictionless reads it without an error and reports every fault put into it."""

import hashlib
import io
import json
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import httpx
import pytest

from app.catalog import read_catalog
from app.entity import Entity
from app.models import COLLECTIONS
from app.standards.datapackage import Resource, datapackage
from tests.conftest import SEED, NewDatabase, client_of, loaded
from tests.running import serving
from tests.standards.dataset import DATASET
from tests.standards.faults import Change, drop_column, repeat_record, replace, rewrite
from tests.terms import LABELS

Document = dict[str, Any]

CATALOG = read_catalog(SEED).model_dump(mode="json")
RELEASE = {**DATASET.release, "content_hash": "0" * 64, "counts": {"figures": 32}}


@pytest.fixture(scope="module")
def package(web: httpx.Client, service: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a release's zip; read-only."""
    folder = tmp_path_factory.mktemp("package")
    response = web.get(f"{service}/v1/releases/latest/files/dataset.zip", follow_redirects=True)
    ZipFile(io.BytesIO(response.raise_for_status().content)).extractall(folder)
    return folder


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    """A copy of the package that a test may change."""
    return Path(shutil.copytree(package, tmp_path / "package"))


def read(package: Path) -> Document:
    document: Document = json.loads((package / "datapackage.json").read_text("utf-8"))
    return document


def validate(package: Path | str) -> Any:
    import frictionless

    return frictionless.validate(str(package / "datapackage.json") if isinstance(package, Path) else package)


def errors(report: Any) -> set[str]:
    return {error.type for error in [*report.errors, *(each for task in report.tasks for each in task.errors)]}


def test_frictionless_reports_no_error(package: Path) -> None:
    report = validate(package)
    assert errors(report) == set()
    assert report.valid
    assert [(task.name, task.type) for task in report.tasks] == [(slug, "table") for slug in COLLECTIONS]
    assert not [warning for task in report.tasks for warning in task.warnings]


@pytest.mark.slow
def test_the_served_package_of_a_release_is_valid(service: str) -> None:
    assert validate(f"{service}/v1/datapackage.json").valid


@pytest.mark.slow
def test_the_served_package_without_frozen_files_is_valid(new_database: NewDatabase) -> None:
    with serving("--no-prepare", DATABASE_URL=loaded(new_database("sqlite"))) as (client, _):
        assert validate(f"{client.base_url}/v1/datapackage.json").valid


def test_resources_are_files_of_the_release_or_else_of_the_api(
    web: httpx.Client, service: str, new_database: NewDatabase
) -> None:
    release = web.get(f"{service}/v1").json()["data"]["release"]["id"]
    resources = web.get(f"{service}/v1/datapackage.json").json()["resources"]
    assert [each["name"] for each in resources] == list(COLLECTIONS)
    for each in resources:
        assert each["path"] == f"{service}/v1/releases/{release}/files/{each['name']}.csv"
        assert each["hash"].startswith("sha256:")
    with client_of(loaded(new_database("sqlite"))) as client:
        resources = client.get("/v1/datapackage.json").json()["resources"]
    assert [each["path"] for each in resources] == [f"http://testserver/v1/{slug}.csv" for slug in COLLECTIONS]


@pytest.mark.slow
@pytest.mark.databases("sqlite")
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_frictionless_reads_what_the_api_serves(
    package: Path, everything: Mapping[str, list[dict[str, Any]]], slug: str
) -> None:
    from frictionless import Package

    rows = Package(str(package / "datapackage.json")).get_table_resource(slug).read_rows()
    columns = COLLECTIONS[slug].columns()
    for row, record in zip(rows, everything[slug], strict=True):
        for name, column in columns.items():
            value = row[name]
            if column.is_list:
                items = value.split("|")
                value = items if column.items is str else [json.loads(item) for item in items]
            elif column.scalar is float and value is not None:
                value = float(value)
            elif column.kind == "date" and value is not None:
                value = value.isoformat()
            assert value == record[name], name


@pytest.mark.slow
def test_a_changed_digit_and_a_dropped_row_are_reported(copy: Path) -> None:
    figures, excluded = copy / "data/figures.csv", copy / "data/excluded-numerals.csv"
    figures.write_bytes(figures.read_bytes().replace(b"843", b"844", 1))
    assert errors(validate(copy)) == {"hash-count"}
    excluded.write_bytes(b"".join(excluded.read_bytes().splitlines(keepends=True)[:-1]))
    assert errors(validate(copy)) == {"hash-count", "byte-count", "row-count"}


FAULTS: dict[str, tuple[str, Change, set[str]]] = {
    "a word for a number": ("figures", replace("paragraph", "five"), {"type-error"}),
    "a word for an amount": ("figures", replace("value", "many"), {"type-error"}),
    "an impossible date": ("figures", replace("as_of", "2022-02-30"), {"type-error"}),
    "a dangling reference": ("figures", replace("indicator_id", "nothing"), {"foreign-key"}),
    "a dangling reference to the same table": ("programs", replace("parent_id", "nothing"), {"foreign-key"}),
    "no id": ("products", replace("id", ""), {"primary-key", "constraint-error"}),
    "a malformed id": ("excluded-numerals", replace("id", "Two Sides"), {"constraint-error"}),
    "a repeated id": ("products", repeat_record, {"primary-key", "unique-error"}),
    "a code that is too short": ("places", replace("code", "44"), {"constraint-error"}),
    "no name": ("enterprises", replace("name_zh", ""), {"constraint-error"}),
    "an unknown term": ("figures", replace("status", "imagined"), {"constraint-error"}),
    "a number below the minimum": ("figures", replace("paragraph", "0"), {"constraint-error"}),
    "a missing column": ("products", drop_column, {"missing-label"}),
}


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "change", "expected"), FAULTS.values(), ids=FAULTS)
def test_a_breach_of_the_schema_is_reported(copy: Path, slug: str, change: Change, expected: set[str]) -> None:
    rewrite(copy / f"data/{slug}.csv", change)
    document = read(copy)
    for resource in document["resources"]:  # so that neither length nor hash reveals the change
        content = (copy / resource["path"]).read_bytes()
        resource |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    (copy / "datapackage.json").write_text(json.dumps(document), "utf-8")
    assert errors(validate(copy)) == expected


@pytest.mark.parametrize(("slug", "entity"), COLLECTIONS.items())
def test_fields_and_foreign_keys_are_the_declared_ones(package: Path, slug: str, entity: type[Entity]) -> None:
    columns = entity.columns()
    (schema,) = (each["schema"] for each in read(package)["resources"] if each["name"] == slug)
    assert [field["name"] for field in schema["fields"]] == list(columns)
    assert schema["primaryKey"] == ["id"]
    for field in schema["fields"]:
        column = columns[field["name"]]
        assert (field["title_zh"], field["title"]) == column.declared.title
        assert field["description"].startswith(column.declared.about.en)
        assert field["description_zh"].startswith(column.declared.about.zh)
        assert field.get("constraints", {}).get("required", False) is not column.nullable
        terms = [(slug, label.en, label.zh) for slug, label in column.labels(LABELS).items()]
        categories = [(each["value"], each["label"], each["label_zh"]) for each in field.get("categories", [])]
        assert categories == terms
        assert len({label for _, label, _ in terms}) == len(terms)  # the standard requires distinct labels
        assert field.get("constraints", {}).get("enum", []) == [value for value, _, _ in terms]
        assert (field.get("unit"), field.get("unit_in")) == (column.declared.unit, column.declared.unit_in)
        assert isinstance(field.get("example", ""), str)
    keys = {key["fields"][0]: key["reference"].get("resource", slug) for key in schema.get("foreignKeys", [])}
    references = {name: column.declared.reference for name, column in columns.items()}
    assert keys == {name: each.table.replace("_", "-") for name, each in references.items() if each}


def test_it_refers_to_no_file_outside_the_package() -> None:
    only = [Resource(COLLECTIONS["figures"], "figures.csv", 1, "0" * 64)]
    document = datapackage(CATALOG, RELEASE, [], only, LABELS, homepage="https://example.org/")
    keys = document["resources"][0]["schema"]["foreignKeys"]
    own = ("part_of_id", "conflicts_with_id", "replaced_by_id")
    assert keys == [{"fields": [name], "reference": {"fields": ["id"]}} for name in own]
    assert document["homepage"] == "https://example.org/"
    assert "sources" not in document


def test_it_describes_the_dataset_as_the_catalogue_does(web: httpx.Client, service: str, package: Path) -> None:
    document, release = read(package), web.get(f"{service}/v1").json()["data"]["release"]
    assert document["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch("[a-z0-9-]+", document["name"])
    assert document["id"].endswith(release["id"])
    assert (document["title_zh"], document["title"]) == (CATALOG["title"]["zh"], CATALOG["title"]["en"])
    assert (document["version"], document["created"]) == (release["edition"], f"{release['released_on']}T00:00:00Z")
    licence = CATALOG["license"]
    assert document["licenses"] == [{"name": "CC-BY-4.0", "path": licence["url"], "title": licence["title"]}]
    assert document["contributors"][0]["title"] == CATALOG["publisher"]["en"]
    (source,) = document["sources"]
    assert source["version"] == "repost of 2022-08-06"
    assert "not for direct commercial use" in source["reuse"]
    assert "不可直接用于商业" in source["reuse_zh"]


def values(document: Any) -> Iterator[Any]:
    """Yield a value and all values inside it."""
    yield document
    if isinstance(document, dict | list):
        for each in document.values() if isinstance(document, dict) else document:
            yield from values(each)


def test_nothing_is_null_or_empty(package: Path) -> None:
    assert not [value for value in values(read(package)) if value in (None, [], {})]
