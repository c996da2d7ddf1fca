"""The README's examples run, and what it promises of settings and commands is there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from app.models import COLLECTIONS
from app.settings import ROOT, Settings
from tests.conftest import NewDatabase, loaded
from tests.test_cli import serving

README = (ROOT / "README.md").read_text("utf-8")
SHOWN = "http://127.0.0.1:8000"


def examples(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def service(new_database: NewDatabase) -> Iterator[str]:
    with serving("--no-prepare", DATABASE_URL=loaded(new_database("sqlite"))) as (client, _):
        yield str(client.base_url).rstrip("/")


def test_there_are_examples_for_everyone() -> None:
    assert all(examples(language) for language in ("sh", "json", "js", "python", "r"))


def test_every_address_shown_answers(service: str) -> None:
    shown = set(re.findall(rf"{SHOWN}(/[^'\"\s`]*)", README))
    assert len(shown) >= 5
    for address in shown | set(re.findall(r"`(/v1[^`\s]*)`", README)) | {"/healthz", "/readyz", "/docs"}:
        assert httpx.get(service + address).status_code == 200, address


def test_the_python_example_runs(service: str) -> None:
    for example in examples("python"):
        done = subprocess.run(
            [sys.executable, "-c", example.replace(SHOWN, service)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert re.fullmatch(r"32 figures; 5 of them not exact\n", done.stdout), done.stdout


def test_the_script_reads_what_is_there(service: str) -> None:
    (example,) = examples("js")
    (path,) = re.findall(rf'{SHOWN}(/[^"]+)"', example)
    answer = httpx.get(service + path).json()
    assert {"data", "facets", "links"} <= set(answer)
    assert all({"label_en", "count"} <= set(each) for each in answer["facets"]["theme"])


def test_the_answer_shown_is_the_answer_given(service: str) -> None:
    (shown,) = examples("json")
    address = next(path for path in re.findall(rf"{SHOWN}(/[^'\s]*evidence)", README))
    given = httpx.get(service + address).text
    for part in re.findall(r'"(?:as_stated|figure_id)": "[^"]+"|"steps": \[[^]]+\]', shown):
        assert re.sub(r'([:,]) (?=["\[0-9])', r"\1", part) in given


def test_every_collection_named_is_one_and_every_setting_is_named() -> None:
    (row,) = re.findall(r"^\| a collection \|(.*)\|$", README, re.MULTILINE)
    assert {name.removeprefix("/v1/") for name in re.findall(r"`([^`]+)`", row)} <= set(COLLECTIONS)
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias.choices[0] if field.validation_alias else f"SHANHAI_{name.upper()}"  # type: ignore[union-attr]
        assert f"`{alias}`" in README, alias


def test_every_goal_shown_is_one_of_make() -> None:
    goals = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"make ([a-z]+)", README)) - {"are"} <= goals
    assert urlsplit(SHOWN).port == Settings().port


def test_the_tree_of_the_architecture_is_the_tree() -> None:
    text = Path(ROOT / "ARCHITECTURE.md").read_text("utf-8")
    tree = text.split("```")[1]
    rooms = {room.strip("/") for room in re.findall(r"^  ([\w./ ]+?)  ", tree, re.MULTILINE) for room in room.split()}
    there = {path.name for path in (ROOT / "app").iterdir() if path.name not in {"__pycache__", "__init__.py"}}
    assert rooms == there
