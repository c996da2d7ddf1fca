"""The Data Package of a release: Frictionless reads it without a fault, and finds every fault that is put in."""

import csv
import hashlib
import io
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app.db import Database
from app.entity import Entity
from app.formats import FORMATS, Options
from app.models import COLLECTIONS
from app.read.dataset import read_catalog, read_release
from app.read.export import read_table
from app.request.records import read_file_request
from app.standards.datapackage import Resource, datapackage
from tests.conftest import BOTH, NewDatabase, loaded

pytestmark = pytest.mark.databases("sqlite")

Rows = list[list[str]]
Document = dict[str, Any]


def write_package(address: str, folder: Path) -> Document:
    """Put a CSV file of every collection into the folder, and the descriptor."""
    form, resources = FORMATS["csv"], []
    with Database(address, "export") as database, database.transaction() as connection:
        for slug, entity in COLLECTIONS.items():
            table = read_table(connection, read_file_request(entity, [], form), form)
            content = b"".join(form.encode(table, Options()))
            (folder / f"{slug}.csv").write_bytes(content)
            resources.append(Resource(entity, f"{slug}.csv", len(content), hashlib.sha256(content).hexdigest()))
        sources = connection.execute(sa.select(COLLECTIONS["sources"].table())).mappings().all()
        descriptor = datapackage(
            read_catalog(connection), read_release(connection), [dict(each) for each in sources], resources
        )
    (folder / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), "utf-8")
    return descriptor


@pytest.fixture(scope="module")
def package(address: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a loaded database, once of each kind; no test changes it."""
    folder = tmp_path_factory.mktemp("package")
    write_package(address, folder)
    return folder


@pytest.fixture
def copy(package: Path, tmp_path: Path) -> Path:
    """A copy of the package, to be broken."""
    return Path(shutil.copytree(package, tmp_path / "package"))


def document(package: Path) -> Document:
    descriptor: Document = json.loads((package / "datapackage.json").read_text("utf-8"))
    return descriptor


def validated(package: Path) -> Any:
    from frictionless import validate

    return validate(str(package / "datapackage.json"))


def faults(report: Any) -> set[str]:
    return {fault.type for fault in [*report.errors, *(each for task in report.tasks for each in task.errors)]}


def test_frictionless_finds_no_fault(package: Path) -> None:
    report = validated(package)
    assert faults(report) == set()
    assert report.valid
    assert [(task.name, task.type) for task in report.tasks] == [(slug, "table") for slug in COLLECTIONS]
    assert not [warning for task in report.tasks for warning in task.warnings]


@pytest.mark.slow
@pytest.mark.parametrize("slug", COLLECTIONS)
def test_frictionless_reads_what_the_api_serves(
    package: Path, everything: Mapping[str, list[dict[str, Any]]], slug: str
) -> None:
    from frictionless import Package

    rows = Package(str(package / "datapackage.json")).get_table_resource(slug).read_rows()
    columns = COLLECTIONS[slug].columns()
    for row, record in zip(rows, everything[slug], strict=True):
        for name, column in columns.items():
            read = row[name]
            if column.is_list:
                items = read.split("|")
                read = items if column.items is str else [json.loads(item) for item in items]
            elif column.scalar is float and read is not None:
                read = float(read)
            elif column.kind == "date" and read is not None:
                read = read.isoformat()
            assert read == record[name], name


@pytest.mark.slow
def test_a_changed_digit_is_found(copy: Path) -> None:
    path = copy / "figures.csv"
    path.write_bytes(path.read_bytes().replace(b"843", b"844", 1))
    assert faults(validated(copy)) == {"hash-count"}


@pytest.mark.slow
def test_a_dropped_row_is_found(copy: Path) -> None:
    path = copy / "excluded-numerals.csv"
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert faults(validated(copy)) == {"hash-count", "byte-count", "row-count"}


def put(column: str, text: str) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        rows[1][rows[0].index(column)] = text

    return change


def repeat(rows: Rows) -> None:
    rows[2] = rows[1]


def drop_column(rows: Rows) -> None:
    for row in rows:
        row.pop()


FAULTS: dict[str, tuple[str, Callable[[Rows], None], set[str]]] = {
    "a word for a number": ("figures", put("paragraph", "five"), {"type-error"}),
    "a word for an amount": ("figures", put("value", "many"), {"type-error"}),
    "a day that is none": ("figures", put("as_of", "2022-02-30"), {"type-error"}),
    "a reference to nothing": ("figures", put("indicator_id", "nothing"), {"foreign-key"}),
    "a reference to nothing in itself": ("programs", put("parent_id", "nothing"), {"foreign-key"}),
    "no id": ("products", put("id", ""), {"primary-key", "constraint-error"}),
    "an id of another form": ("excluded-numerals", put("id", "Two Sides"), {"constraint-error"}),
    "an id twice": ("products", repeat, {"primary-key", "unique-error"}),
    "a code that is too short": ("places", put("code", "44"), {"constraint-error"}),
    "no name": ("enterprises", put("name_zh", ""), {"constraint-error"}),
    "no such term": ("figures", put("status", "imagined"), {"constraint-error"}),
    "less than the least": ("figures", put("paragraph", "0"), {"constraint-error"}),
    "a column missing": ("products", drop_column, {"missing-label"}),
}


@pytest.mark.slow
@pytest.mark.parametrize(("slug", "change", "expected"), FAULTS.values(), ids=FAULTS)
def test_what_breaks_the_schema_is_found(
    copy: Path, slug: str, change: Callable[[Rows], None], expected: set[str]
) -> None:
    path = copy / f"{slug}.csv"
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8"), newline="")))
    change(rows)
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    path.write_text(text.getvalue(), "utf-8", newline="")
    descriptor = document(copy)
    for resource in descriptor["resources"]:  # as if it had been made so: neither length nor hash gives it away
        content = (copy / resource["path"]).read_bytes()
        resource |= {"bytes": len(content), "hash": f"sha256:{hashlib.sha256(content).hexdigest()}"}
    (copy / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    assert faults(validated(copy)) == expected


def schemas(package: Path) -> dict[str, Document]:
    return {each["name"]: each["schema"] for each in document(package)["resources"]}


@pytest.mark.parametrize(("slug", "entity"), COLLECTIONS.items())
def test_fields_are_the_declared_columns(package: Path, slug: str, entity: type[Entity]) -> None:
    columns, schema = entity.columns(), schemas(package)[slug]
    assert [field["name"] for field in schema["fields"]] == list(columns)
    assert schema["primaryKey"] == ["id"]
    for field in schema["fields"]:
        column = columns[field["name"]]
        assert (field["title_zh"], field["title"]) == column.declared.title
        assert field["description"].startswith(column.declared.about.en)
        assert field["description_zh"].startswith(column.declared.about.zh)
        assert field.get("constraints", {}).get("required", False) is not column.nullable
        terms = [(term.value, term.label.en, term.label.zh) for term in column.vocabulary or ()]
        categories = [(each["value"], each["label"], each["label_zh"]) for each in field.get("categories", [])]
        assert categories == terms
        assert len({label for _, label, _ in categories}) == len(
            categories
        )  # or the standard could not tell them apart
        assert field.get("constraints", {}).get("enum", []) == [value for value, _, _ in terms]
        assert (field.get("unit"), field.get("unit_in")) == (column.declared.unit, column.declared.unit_in)
        assert isinstance(field.get("example", ""), str)


@pytest.mark.parametrize(("slug", "entity"), COLLECTIONS.items())
def test_foreign_keys_are_the_declared_references(package: Path, slug: str, entity: type[Entity]) -> None:
    descriptor = {
        key["fields"][0]: key["reference"].get("resource", slug)
        for key in schemas(package)[slug].get("foreignKeys", [])
    }
    assert descriptor == {
        name: column.declared.reference.table.replace("_", "-")
        for name, column in entity.columns().items()
        if column.declared.reference
    }


def test_it_refers_to_no_file_outside_the_package(address: str) -> None:
    with Database(address) as database, database.engine.connect() as connection:
        catalog, release = read_catalog(connection), read_release(connection)
    alone = [Resource(COLLECTIONS["figures"], "figures.csv", 1, "0" * 64)]
    descriptor = datapackage(catalog, release, [], alone, homepage="https://example.org/")
    keys = descriptor["resources"][0]["schema"]["foreignKeys"]
    assert keys == [{"fields": ["part_of_id"], "reference": {"fields": ["id"]}}]
    assert descriptor["homepage"] == "https://example.org/"
    assert "sources" not in descriptor


def test_it_tells_what_the_catalogue_tells(package: Path, address: str) -> None:
    descriptor = document(package)
    with Database(address) as database, database.engine.connect() as connection:
        catalog, release = read_catalog(connection), read_release(connection)
    assert descriptor["$schema"] == "https://datapackage.org/profiles/2.0/datapackage.json"
    assert re.fullmatch("[a-z0-9-]+", descriptor["name"])
    assert descriptor["id"].endswith(release["id"])
    assert (descriptor["title_zh"], descriptor["title"]) == (catalog["title"]["zh"], catalog["title"]["en"])
    assert (descriptor["version"], descriptor["created"]) == (release["edition"], f"{catalog['released_on']}T00:00:00Z")
    assert descriptor["licenses"] == [
        {"name": "CC-BY-4.0", "path": catalog["license"]["url"], "title": catalog["license"]["title"]}
    ]
    assert descriptor["contributors"][0]["title"] == catalog["publisher"]["en"]
    (source,) = descriptor["sources"]
    assert source["version"] == "repost of 2022-08-06"
    assert "not for direct commercial use" in source["reuse"]
    assert "不可直接用于商业" in source["reuse_zh"]


def inside(value: Any) -> Iterator[Any]:
    """The value and all that it holds."""
    yield value
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from inside(each)


def test_nothing_is_null_or_empty(package: Path) -> None:
    assert not [value for value in inside(document(package)) if value in (None, [], {})]


def test_it_is_the_same_from_every_database(new_database: NewDatabase, tmp_path: Path) -> None:
    one, other = (write_package(loaded(new_database(kind)), tmp_path) for kind in BOTH)
    assert one == other
