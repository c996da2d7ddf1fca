"""Every recipe of ARCHITECTURE, followed in a copy of the project: its commands as they stand there, and what comes of them.

What each costs: an entity 10 s, a column 20 s, a format, a page and an error's text 2 s (beside other work).
"""

import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from app.settings import ROOT

# Requests pages of the copied application, and prints status, text and ETag of each.
ASK = """
import json, sys
from starlette.testclient import TestClient
from app.main import create_app

with TestClient(create_app(), raise_server_exceptions=False) as client:
    answers = [client.get(path, headers={"Accept": "*/*"}) for path in sys.argv[1:]]
    print(json.dumps([[answer.status_code, answer.text, answer.headers.get("etag")] for answer in answers]))
"""
COPIED = ("app", "alembic", "docs", "seed", "alembic.ini", "Makefile", "pyproject.toml", "requirements.txt", "requirements-build.txt", "requirements-dev.txt")  # fmt: skip
UP_TO_DATE = "-o .venv/.run -o .venv/.dev"  # this very environment: make must not install the copy into it


class Answer(NamedTuple):
    status: int
    text: str
    etag: str | None


class Project:
    """A copy of the project, in which commands run as in a checkout."""

    def __init__(self, folder: Path, data: Path | None = None) -> None:
        self.folder = folder
        for name in COPIED:
            copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
            copy(ROOT / name, folder / name)
        (folder / ".venv").symlink_to(sys.prefix)
        # The copy's `app` goes before the one that this environment has installed.
        self._environment = {
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(folder),
            "SHANHAI_DATA_DIR": str(data or folder / "data"),
        }

    def run(self, commands: str) -> str:
        """What commands print to stdout."""
        script = commands.replace("make ", f"make {UP_TO_DATE} ")
        done = subprocess.run(
            ["sh", "-euc", script],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(self, *paths: str) -> list[Answer]:
        """What the copied application answers."""
        done = subprocess.run(
            [sys.executable, "-c", ASK, *paths],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return [Answer(*each) for each in json.loads(done.stdout.splitlines()[-1])]

    def write(self, path: str, text: str) -> None:
        (self.folder / path).write_text(textwrap.dedent(text).lstrip("\n"), "utf-8")

    def edit(self, path: str, old: str, new: str) -> None:
        """Put `new` for `old`, which must stand there once."""
        text = (self.folder / path).read_text("utf-8")
        assert text.count(old) == 1, (path, old)
        (self.folder / path).write_text(text.replace(old, new), "utf-8")

    def rows(self, file: str) -> list[dict[str, str]]:
        with (self.folder / "seed" / file).open(encoding="utf-8", newline="") as opened:
            return list(csv.DictReader(opened))

    def write_rows(self, file: str, rows: list[dict[str, str]]) -> None:
        with (self.folder / "seed" / file).open("w", encoding="utf-8", newline="") as opened:
            writer = csv.DictWriter(opened, rows[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)


def commands(recipe: str) -> list[str]:
    """The blocks of commands in a recipe of ARCHITECTURE, in their order."""
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    section = text.split(f"## {recipe}\n")[1].split("\n## ")[0]
    return [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```", section, re.MULTILINE | re.DOTALL)]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


@pytest.fixture
def loaded_project(tmp_path: Path, ready: Path) -> Project:
    """A copy over a database that is loaded already."""
    return Project(tmp_path, ready)


THING = '''
    """Things, which no source names: an entity of this test."""

    from typing import ClassVar

    from app.entity import Bilingual, Collection, NamedInSource, column


    class Thing(NamedInSource, table=True):
        """A thing."""

        collection: ClassVar = Collection("things", "thing", Bilingual("物件", "Things"), Bilingual("物件。", "Things."))

        colour: str = column(("颜色", "Colour"), ("它的颜色。", "Which colour it has."), facet=True)
'''


@pytest.mark.slow
def test_an_entity_is_added(project: Project, article: Path) -> None:
    generate, load = commands("To add an entity")
    project.write("app/models/thing.py", THING)
    project.run(generate)
    for way in ("upgrade head", "downgrade -1"):
        project.run(f".venv/bin/alembic {way}")

    example = next(row for row in project.rows("products.csv"))
    names = ("name_zh", "name_en", "summary_zh", "summary_en", "as_named", "source_id", "paragraph", "occurrence")
    project.write_rows("things.csv", [{"id": "made-up", "colour": "green", **{name: example[name] for name in names}}])
    figures = project.rows("figures.csv")
    figure = next(row for row in figures if not row["field"])
    figure |= {"subject_kind": "thing", "subject_id": "made-up"}
    project.write_rows("figures.csv", figures)
    project.run(load.replace("article.txt", str(article)))

    with closing(sqlite3.connect(project.folder / "data" / "shanhai.sqlite")) as database:
        for table in ("figures", "mentions"):
            (made,) = database.execute(f"SELECT sql FROM sqlite_master WHERE name = '{table}'").fetchone()
            assert made.count(f"ck_{table}_subject") == 1
            assert made.count("subject_kind = 'thing'") == 1

    things, record, figure_answer, facet, document = project.get(
        "/v1/things?colour=green",
        "/v1/things/made-up",
        f"/v1/figures/{figure['id']}?include=subject",
        "/v1/things?facet=colour",
        "/v1/openapi.json",
    )
    assert [each["id"] for each in json.loads(things.text)["data"]] == ["made-up"], things.text
    assert json.loads(record.text)["data"]["colour"] == "green"
    assert json.loads(figure_answer.text)["data"]["subject"]["id"] == "made-up"
    assert json.loads(facet.text)["facets"]["colour"][0]["count"] == 1
    assert "/v1/things" in json.loads(document.text)["paths"]


@pytest.mark.slow
def test_a_column_is_added_and_yesterdays_seed_still_loads(project: Project) -> None:
    (generate,) = commands("To add a column")
    declared = '    website: str | None = column(("网站", "Website"), ("它的网站。", "Where it is on the web."))\n'
    anchor = "    program_id: str = reference("
    project.edit("app/models/product.py", anchor, declared + anchor)
    project.run(generate)
    project.run("make load")
    (before,) = project.get("/v1/products")
    assert {each["website"] for each in json.loads(before.text)["data"]} == {None}

    rows = [{**row, "website": f"https://{row['id']}.example"} for row in project.rows("products.csv")]
    project.write_rows("products.csv", rows)
    project.run("make load")
    after, unknown = project.get(f"/v1/products?website=https://{rows[0]['id']}.example", "/v1/products?websit=x")
    assert [each["id"] for each in json.loads(after.text)["data"]] == [rows[0]["id"]]
    assert json.loads(unknown.text)["errors"][0]["parameter"] == "websit"
    assert "website" in unknown.text

    project.edit("app/models/product.py", "website: str | None", "website: str")
    project.run(generate)
    project.write_rows("products.csv", [{name: row[name] for name in row if name != "website"} for row in rows])
    assert "products.csv:1: website: Column missing" in project.run("make load 2>&1 || true")


TSV = '''
    """TSV: tabs between cells; a tab or a line end in a text is a space. An example of a test, and no standard."""

    from collections.abc import Iterator

    from app.entity import Table
    from app.formats.format import Format, Options


    def encode(table: Table, options: Options) -> Iterator[bytes]:
        """The header, then a line for each record."""
        yield ("\\t".join(options.header(table)) + "\\n").encode()
        for batch in table.rows:
            for row in batch:
                cells = ("" if cell is None else " ".join(str(cell).split()) for cell in row[: len(table.columns)])
                yield ("\\t".join(cells) + "\\n").encode()


    FORMAT = Format("tsv", "text/tab-separated-values; charset=utf-8", encode)
'''


@pytest.mark.slow
def test_a_format_is_added(loaded_project: Project) -> None:
    loaded_project.write("app/formats/tsv.py", TSV)
    file, refused, document, page = loaded_project.get(
        "/v1/places.tsv?fields=id,level", "/v1/places?format=pdf", "/v1/openapi.json", "/zh/places"
    )
    places = (ROOT / "seed" / "places.csv").read_text("utf-8").splitlines()[1:]
    header, *lines = file.text.splitlines()
    assert header == "id\tlevel"
    assert sorted(line.split("\t")[0] for line in lines) == sorted(line.split(",")[0] for line in places)
    assert "tsv" in json.loads(refused.text)["errors"][0]["allowed"]
    assert "text/tab-separated-values" in document.text
    assert "places.tsv" in page.text


def test_a_page_is_added(loaded_project: Project) -> None:
    loaded_project.write(
        "app/portal/counts.py",
        '''
        """How many records there are: a page of this test."""

        from fastapi.responses import HTMLResponse
        from sqlalchemy.engine import Connection

        from app.portal.page import Context, RequestedPage, page_router, render_page
        from app.read.dataset import read_release

        router = page_router()


        @router.get("/counts")
        async def counts(page: RequestedPage) -> HTMLResponse:
            """Show how many records there are."""

            def read(connection: Connection) -> Context:
                return {"counts": read_release(connection)["counts"], "api": page.api_url("")}

            return await render_page(page, "counts", read)
        ''',
    )
    loaded_project.write(
        "app/portal/templates/counts.html.jinja",
        """
        {% extends "base.html.jinja" %}
        {% block title %}{{ say("记录数", "Counts") }}{% endblock %}
        {% block main %}
        <h1>{{ say("记录数", "Counts") }}</h1>
        <p>{{ say("共", "In all:") }} {{ counts.values() | sum }}</p>
        {% endblock %}
        """,
    )
    site = "app/portal/__init__.py"
    loaded_project.edit(site, "    collection,\n    docs,", "    collection,\n    counts,\n    docs,")
    loaded_project.edit(site, "    home.router,\n", "    home.router,\n    counts.router,\n")
    loaded_project.edit("app/standards/sitemap.py", '    "", "/data",', '    "", "/data", "/counts",')
    chinese, english, sitemap = loaded_project.get("/zh/counts", "/en/counts", "/sitemap.xml")
    records = sum(
        len(list(csv.DictReader(file.read_text("utf-8").splitlines())))
        for file in (ROOT / "seed").glob("*.csv")
        if file.name not in {"locators.csv", "synonyms.csv"}
    )
    assert f"共 {records}" in chinese.text
    assert f"In all: {records}" in english.text
    assert chinese.etag
    assert "/zh/counts<" in sitemap.text
    assert "/en/counts<" in sitemap.text


def test_what_an_error_says_is_changed(loaded_project: Project) -> None:
    words = "There is no problem "
    (found,) = loaded_project.run(f'grep -rn "{words}" app --include=*.py').splitlines()
    loaded_project.edit(found.split(":")[0], words, "No problem has the code ")
    (answer,) = loaded_project.get("/v1/problems/nope")
    problem = json.loads(answer.text)
    assert (answer.status, problem["code"]) == (404, "not-found")
    assert problem["detail"].startswith("No problem has the code 'nope'")
