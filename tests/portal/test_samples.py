"""The code samples on pages work as copied."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.portal.conftest import Site
from tests.portal.html import Document
from tests.portal.pages import FILTERED

PATHS = [
    "/zh",
    "/en/docs",
    "/zh/figures/{id}",
    f"/en{FILTERED}",
    "/zh/programs?q=O%27Brien+%E7%AF%AE%E7%90%83",
    "/zh/sources/{id}/evidence",
]


def samples(page: Document) -> dict[str, str]:
    """Return the code samples on a page by language."""
    return {str(each.get("aria-label")): "".join(each.itertext()) for each in page.all("pre")}


def run(*command: str | Path) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin", "NO_PROXY": "*"}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("path", [path for path in PATHS if "evidence" not in path])
def test_the_curl_sample_gets_the_response(site: Site, path: str) -> None:
    program, address = shlex.split(samples(site.read(path))["curl"])
    assert program == "curl"
    assert json.loads(run(program, "-sS", address)) == site.client.get(address).raise_for_status().json()


@pytest.mark.parametrize("path", ["/zh", "/zh/figures/{id}", "/en/search?q=%E7%AF%AE%E7%90%83"])
def test_the_python_sample_prints_the_data(site: Site, path: str) -> None:
    code = samples(site.read(path))
    (address,) = shlex.split(code["curl"])[1:]
    assert run(sys.executable, "-c", code["Python"]) == f"{site.client.get(address).json()['data']}\n"


def test_the_python_sample_of_a_table_reads_all_of_it(site: Site) -> None:
    page = site.read(f"/en{FILTERED}")
    output = run(sys.executable, "-c", f"{samples(page)['Python']}\nprint(len(table), *table.columns)")
    assert output.splitlines()[-1].split() == [str(page.total()), "as_stated", "value", "status", "indicator_id"]


def test_the_python_sample_of_the_documentation_counts_units(site: Site) -> None:
    assert "CNY" in run(sys.executable, "-c", samples(site.read("/en/docs"))["Python"])


@pytest.mark.parametrize("path", PATHS)
def test_every_sample_names_an_address_of_the_api(site: Site, path: str) -> None:
    page = site.read(path)
    code = samples(page)
    code.pop("HTML", None)  # which embeds the page
    assert all(f"{site.base}/v1" in sample for sample in code.values())
    if "evidence" not in path:
        assert {"curl", "JavaScript", "Python", "R"} <= code.keys()
