"""The examples that are programs, run against a server as their users run them, and the columns that the others name."""

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
import pytest
from starlette.testclient import TestClient

from app.settings import ROOT
from tests.generators.tools import TOOLS, needs_tools
from tests.test_readme import BASE

EXAMPLES = ROOT / "examples"
NOTEBOOK = json.loads((EXAMPLES / "notebook" / "figures.ipynb").read_text("utf-8"))
DUCKDB = """
import sys, duckdb
connection = duckdb.connect()
for statement in connection.extract_statements(sys.stdin.read()):
    print(connection.execute(statement).fetchall())
"""


def in_jupyter(server: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Execute the notebook in a kernel. What it shows is what it prints here."""
    output = folder / "executed.ipynb"
    program = TOOLS / "bin" / "jupyter-execute"
    done = finished(
        [program, EXAMPLES / "notebook" / "figures.ipynb", f"--output={output}"],
        SHANHAI_URL=server,
        IPYTHONDIR=str(folder),
        JUPYTER_CONFIG_DIR=str(folder),
    )
    if done.returncode == 0:
        done.stdout = "\n".join(shown(json.loads(output.read_text("utf-8"))))
    return done


def shown(notebook: dict[str, list[dict[str, list[dict[str, dict[str, list[str]]]]]]]) -> Iterator[str]:
    """Yield what the cells print or draw."""
    for output in (output for cell in notebook["cells"] for output in cell.get("outputs", [])):
        yield "".join(output.get("text", []))
        for part in output.get("data", {}).values():
            yield "".join(part)


def in_r(server: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the script in R."""
    done = finished(["Rscript", EXAMPLES / "r" / "figures.R"], folder, SHANHAI_URL=server, LC_ALL="C.UTF-8")
    if done.returncode == 0:
        done.stdout += (folder / "areas.svg").read_text("utf-8")
    return done


def in_duckdb(server: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the statements in DuckDB, in a process of its own: its home has the extension."""
    sql = (EXAMPLES / "duckdb" / "figures.sql").read_text("utf-8").replace(BASE, server)
    return finished([sys.executable, "-c", DUCKDB], folder, sql)


def finished(
    command: list[str | Path], folder: Path | None = None, sent: str | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=folder,
        input=sent,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


needs_r = pytest.mark.skipif(not shutil.which("Rscript"), reason="apt install r-cran-digest r-cran-jsonlite")
programs = pytest.mark.parametrize(
    "run",
    [
        pytest.param(in_jupyter, id="notebook", marks=needs_tools),
        pytest.param(in_r, id="r", marks=needs_r),
        pytest.param(in_duckdb, id="duckdb"),
    ],
)


@pytest.fixture
def home(duckdb_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A home in which DuckDB has its extension."""
    monkeypatch.setenv("HOME", str(duckdb_home))


@pytest.fixture
def forger(service: str) -> Iterator[str]:
    """The address of a server whose release states other hashes; the rest is the service's."""

    class Forger(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path.endswith("SHA256SUMS"):
                sums = httpx.get(service + self.path, trust_env=False, follow_redirects=True).content
                body = re.sub(rb"^\w+", b"0" * 64, sums, flags=re.MULTILINE)
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
            else:
                body = b""
                self.send_response(307)
                self.send_header("Location", service + self.path)
                self.send_header("Content-Length", "0")
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def do_HEAD(self) -> None:
            self.do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), Forger) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.slow
@pytest.mark.usefixtures("home")
@programs
def test_a_program_shows_amounts_with_their_qualifiers_words_and_citation(
    run: Callable[[str, Path], subprocess.CompletedProcess[str]], service: str, web: httpx.Client, tmp_path: Path
) -> None:
    done = run(service, tmp_path)
    assert done.returncode == 0, done.stderr
    page = web.get(f"{service}/v1/figures?si_unit=m2").json()
    for area in page["data"]:
        assert all(area[name] in done.stdout for name in ("name_en", "text_en", "status", "as_stated", "note_en"))
    largest = max(page["data"], key=lambda area: area["si_value"])
    assert largest["source_url"] in done.stdout
    assert f"{service}/v1/releases/{page['meta']['release']}" in done.stdout


@pytest.mark.slow
@pytest.mark.usefixtures("home")
@programs
def test_a_program_refuses_a_file_that_the_release_does_not_state(
    run: Callable[[str, Path], subprocess.CompletedProcess[str]], forger: str, tmp_path: Path
) -> None:
    done = run(forger, tmp_path)
    assert done.returncode != 0
    assert re.search(r"figures\.\w+ (is not the file|differs from SHA256SUMS)", done.stderr), done.stderr


def test_the_notebook_has_no_outputs() -> None:
    code = [cell for cell in NOTEBOOK["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in code)


@pytest.mark.databases("sqlite")
def test_the_columns_that_spreadsheets_ask_for_are_there(client: TestClient) -> None:
    script = (EXAMPLES / "google-sheets" / "shanhai.gs").read_text("utf-8")
    columns = re.findall(r'"([^"]+)"', script.partition("COLUMNS = [")[2].partition("]")[0])
    assert client.get(f"/v1/figures?fields={','.join(columns)}").status_code == 200
    query = (EXAMPLES / "power-query" / "figures.pq").read_text("utf-8")
    header = client.get("/v1/figures.csv").text.splitlines()[0].split(",")
    chosen = re.findall(r'"(\w+)"', query.partition("Table.SelectColumns(")[2])
    assert {*chosen} <= {*header, "citation"}


@pytest.mark.parametrize("guide", ["examples/README.md", "docs/tools.md", "docs/zh/tools.md"])
def test_every_example_is_listed(guide: str) -> None:
    text = (ROOT / guide).read_text("utf-8")
    folders = {path.name for path in EXAMPLES.iterdir() if path.is_dir()}
    assert {name for name in folders if f"{name}/" not in text and f"examples/{name}" not in text} == set()
