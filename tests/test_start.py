"""A start imports nothing that the first requests do not need."""

from pathlib import Path

import httpx
import pytest

from tests.running import serving

# Packages and their use; together they would double the time and memory of a start.
HEAVY = {
    "alembic": "migrations",
    "cryptography": "assistants, of packages that they depend on",
    "httpx": "the client of other servers",
    "httpx2": "assistants",
    "jinja2": "pages",
    "mako": "new migrations",
    "markdown_it": "guides",
    "mcp": "assistants",
    "psycopg": "PostgreSQL",
    "pyarrow": "Parquet",
    "pygments": "colours in a terminal",
    "pypinyin": "the search index, and what sounds alike",
    "rdflib": "Turtle",
    "rich": "a terminal",
    "snowballstemmer": "searches",
    "vl_convert": "charts",
    "xlsxwriter": "workbooks",
}
RECORD = """
import sys

class Recorder:
    def find_spec(self, name, path=None, target=None):
        with open({file!r}, "a") as file:
            file.write(name + "\\n")

sys.meta_path.insert(0, Recorder())
"""


@pytest.fixture(scope="module")
def imported(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The modules that a server with existing data imports until it has served a page."""
    folder = tmp_path_factory.mktemp("imports")
    (folder / "sitecustomize.py").write_text(RECORD.format(file=str(folder / "modules")), "utf-8")
    with serving(SHANHAI_DATA_DIR=str(ready), PYTHONPATH=str(folder)) as (client, _):
        assert client.get("/v1/figures").raise_for_status().json()["meta"]["total"] == 32
        return set((folder / "modules").read_text("utf-8").split())


@pytest.mark.parametrize("module", HEAVY)
def test_a_start_does_not_import(imported: set[str], module: str) -> None:
    assert "fastapi" in imported  # the recorder works
    assert module not in imported


def test_a_service_is_ready_with_existing_data(web: httpx.Client, service: str) -> None:
    assert web.get(f"{service}/readyz").json()["status"] == "ready"
