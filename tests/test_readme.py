"""The README's examples run, and what it promises of settings and commands is there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.models import COLLECTIONS
from app.settings import ROOT, Settings
from tests.running import HANGS_S

README = (ROOT / "README.md").read_text("utf-8")
SHOWN = "http://127.0.0.1:8000"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which DuckDB has fetched its httpfs extension, which here comes from a package."""
    import duckdb
    import duckdb_extension_httpfs

    home = tmp_path_factory.mktemp("home")
    (platform,) = duckdb.sql("PRAGMA platform").fetchone() or ("",)
    version = f"v{duckdb.__version__}"
    package = Path(duckdb_extension_httpfs.__file__).parent / "extensions" / version
    shutil.copytree(package, home / ".duckdb" / "extensions" / version / platform)
    return home


# What each Python example prints, in their order.
PRINTED = [
    r"32 figures; 8 of them not exact\n",
    r"32 figures in \d+ units\n",
    r"(?s)shape: \(3, 2\).*industry.*",
    r"(?s)┌.*theme.*figures.*largest.*industry.*350000000.*",
]


def test_there_are_examples_for_everyone() -> None:
    assert all(examples(language) for language in ("sh", "json", "js", "python", "r"))


def test_every_address_shown_answers(service: str) -> None:
    shown = set(re.findall(rf"{SHOWN}(/[^'\"\s`]*)", README))
    assert len(shown) >= 5
    with httpx.Client(base_url=service, trust_env=False, follow_redirects=True, timeout=HANGS_S) as client:
        (release,) = (each["id"] for each in client.get("/v1/releases").json()["data"])
        for address in shown | set(re.findall(r"`(/v1[^`\s]*)`", README)) | {"/healthz", "/readyz", "/docs"}:
            assert client.get(address.replace("{old}", release).replace("{new}", release)).status_code == 200, address


@pytest.mark.slow
def test_the_python_examples_run(service: str, home: Path) -> None:
    for example, printed in zip(examples("python"), PRINTED, strict=True):
        done = subprocess.run(
            [sys.executable, "-c", example.replace(SHOWN, service)],
            env={**os.environ, "HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(printed, done.stdout), done.stdout


def test_the_curl_examples_run(service: str, tmp_path: Path) -> None:
    for number, example in enumerate(examples("sh")):
        if "curl" in example:
            folder = tmp_path / str(number)
            folder.mkdir()
            script = example.replace(SHOWN, service).replace("curl ", "curl -sSf ")
            done = subprocess.run(["sh", "-euc", script], cwd=folder, capture_output=True, text=True, check=False)
            assert done.returncode == 0, (example, done.stderr)
            assert bool(list(folder.iterdir())) == ("-o" in example.lower())


def test_the_script_reads_what_is_there(web: httpx.Client, service: str) -> None:
    (example,) = examples("js")
    (path,) = re.findall(rf'{SHOWN}(/[^"]+)"', example)
    answer = web.get(service + path).json()
    assert {"data", "facets", "links"} <= set(answer)
    assert all({"label_en", "count"} <= set(each) for each in answer["facets"]["theme"])


def test_the_answer_shown_is_the_answer_given(web: httpx.Client, service: str) -> None:
    (shown,) = examples("json")
    address = next(path for path in re.findall(rf"{SHOWN}(/[^'\s]*evidence)", README))
    given = web.get(service + address).text
    for part in re.findall(r'"(?:as_stated|figure_id)": "[^"]+"|"steps": \[[^]]+\]', shown):
        assert re.sub(r'([:,]) (?=["\[0-9])', r"\1", part) in given


def test_every_collection_named_is_one_and_every_setting_is_named() -> None:
    (row,) = re.findall(r"^\| a collection \|(.*)\|$", README, re.MULTILINE)
    assert {name.removeprefix("/v1/") for name in re.findall(r"`([^`]+)`", row)} <= set(COLLECTIONS)
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias.choices[0] if field.validation_alias else f"SHANHAI_{name.upper()}"  # type: ignore[union-attr]
        assert f"`{alias}`" in README, alias


def test_every_goal_shown_is_one_of_make() -> None:
    goals = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", README)) - {"are"} <= goals
    assert urlsplit(SHOWN).port == Settings().port


def test_the_tree_of_the_architecture_is_the_tree() -> None:
    text = Path(ROOT / "ARCHITECTURE.md").read_text("utf-8")
    tree = text.split("```")[1]
    rooms = {room.strip("/") for room in re.findall(r"^  ([\w./ ]+?)  ", tree, re.MULTILINE) for room in room.split()}
    there = {path.name for path in (ROOT / "app").iterdir() if path.name not in {"__pycache__", "__init__.py"}}
    assert rooms == there
