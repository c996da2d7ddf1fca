"""A start: nothing is imported that a server does not need for its first answers."""

from pathlib import Path

import httpx
import pytest

from tests.running import serving

# What each is for; all of them together would double the time and the memory that a start takes.
HEAVY = {
    "alembic": "migrations",
    "jinja2": "pages",
    "mako": "new migrations",
    "markdown_it": "guides",
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
TELL = """
import sys

class Tell:
    def find_spec(self, name, path=None, target=None):
        with open({file!r}, "a") as file:
            file.write(name + "\\n")

sys.meta_path.insert(0, Tell())
"""


@pytest.fixture(scope="module")
def imported(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """What a server imports whose data lie ready, until it has given a page."""
    told = tmp_path_factory.mktemp("imports")
    (told / "sitecustomize.py").write_text(TELL.format(file=str(told / "modules")), "utf-8")
    with serving(SHANHAI_DATA_DIR=str(ready), PYTHONPATH=str(told)) as (client, _):
        assert client.get("/v1/figures").raise_for_status().json()["meta"]["total"] == 32
        return set((told / "modules").read_text("utf-8").split())


@pytest.mark.parametrize("module", HEAVY)
def test_a_server_imports_nothing_that_it_may_never_need(imported: set[str], module: str) -> None:
    assert "fastapi" in imported  # it was seen at all
    assert module not in imported


def test_a_service_runs_on_what_lies_ready(web: httpx.Client, service: str) -> None:
    assert web.get(f"{service}/readyz").json()["status"] == "ready"
