"""Large tables of a release in files by the year of their sources."""

import shutil
from pathlib import Path
from unittest.mock import patch

import duckdb
import pyarrow as pa
import pytest
from pyarrow import dataset, parquet

from app.db import Database
from app.formats import FORMATS
from app.models import COLLECTIONS
from app.releases import partitions
from app.releases.freeze import freeze
from app.releases.store import FrozenRelease, ReleaseStore
from app.request.conditions import Filter
from tests.conftest import SEED, NewDatabase, loaded
from tests.load.second_source import SOURCE, add_source
from tests.releases.conftest import FEW, Editions, frozen

pytestmark = pytest.mark.databases("sqlite")

UNDATED = "figures/source_year=__HIVE_DEFAULT_PARTITION__/part-0.parquet"
YEARS = dataset.partitioning(pa.schema({"source_year": pa.int32()}), flavor="hive")
DATES = {"a": "2023-08-10", "b": None, "c": "0987-01-02", "d": "2023-01-01"}


def ways(name: str) -> list[str]:
    """Addresses of a file as clients write them."""
    return [name, name.replace("=", "%3D"), name.replace("/", "%2F")]


def assert_whole(release: FrozenRelease) -> None:
    whole = parquet.read_table(release.path("figures.parquet"), partitioning=None)
    parts = dataset.dataset(release.path("figures"), partitioning=YEARS).to_table().sort_by("id")
    assert parts.drop_columns("source_year") == whole
    assert sum(file.rows or 0 for file in release.edition.files if file.name.startswith("figures/")) == len(whole)


def test_there_is_one_of_each_year() -> None:
    sources = [{"id": source, "published_on": date} for source, date in DATES.items()]
    requests = dict(partitions.requests(COLLECTIONS["figures"], FORMATS["parquet"], sources))
    assert {
        name: [each.value for each in request.filters if isinstance(each, Filter)] for name, request in requests.items()
    } == {
        "figures/source_year=0987/part-0.parquet": [["c"]],
        "figures/source_year=2023/part-0.parquet": [["a", "d"]],
        UNDATED: [["b"]],
    }
    assert not [*partitions.requests(COLLECTIONS["indicators"], FORMATS["parquet"], sources)]


def test_they_have_the_rows_of_the_whole_table_in_the_order_of_the_source(editions: Editions) -> None:
    assert_whole(editions.new)
    part = parquet.read_table(editions.new.path(UNDATED), partitioning=None)
    order = [(row["source_id"], row["paragraph"], row["start"], row["id"]) for row in part.to_pylist()]
    assert order == sorted(order)


@pytest.mark.parametrize("name", ways(UNDATED))
def test_addresses_and_catalogues_have_them(editions: Editions, name: str) -> None:
    folder = f"/v1/releases/{editions.new.edition.id}/files"
    answer = editions.client.get(f"{folder}/{name}")
    assert answer.content == editions.new.path(UNDATED).read_bytes()
    assert answer.headers["content-type"] == "application/vnd.apache.parquet"
    latest = editions.client.get(f"/v1/releases/latest/files/{name}", follow_redirects=False)
    assert latest.headers["location"] == f"http://testserver{folder}/{UNDATED}"
    graph = editions.client.get("/v1/dcat.jsonld").json()["@graph"]
    (listed,) = (each for each in graph if UNDATED in each.get("dcat:downloadURL", {}).get("@id", ""))
    assert listed["dcat:downloadURL"]["@id"] == f"http://testserver{folder}/{UNDATED}"
    assert f"Figures ({UNDATED})" in [title["@value"] for title in listed["dct:title"]]


def test_a_table_of_too_many_years_is_only_whole(address: str, tmp_path: Path) -> None:
    reports: list[str] = []
    with Database(address, "export") as database, patch.multiple(partitions, MIN_ROWS=FEW, MAX_YEARS=0):
        release = freeze(database, ReleaseStore(tmp_path), reports.append)
    assert not [path for path in release.folder.iterdir() if path.is_dir()]
    assert "figures is not partitioned: its sources are of more than 0 years" in reports


@pytest.mark.slow
def test_engines_read_the_year_as_a_column(new_database: NewDatabase, tmp_path: Path) -> None:
    """Of two sources, one of 2023, and one whose date of publication is not known."""
    seed = add_source(Path(shutil.copytree(SEED, tmp_path / "seed")))
    release = frozen(loaded(new_database("sqlite"), seed), tmp_path)
    assert_whole(release)
    parts = f"read_parquet('{release.path('figures')}/*/*.parquet', hive_partitioning = true)"
    read = duckdb.sql(f"SELECT DISTINCT source_year, source_id FROM {parts}").fetchall()
    assert sorted(read, key=str) == [(2023, SOURCE), (None, "tongren-daily-2022-08-06")]
