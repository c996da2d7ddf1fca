"""The examples of README and of the guides in docs/ run, and the settings, collections and commands that they name exist."""

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.http.headers import POST_PATHS
from app.models import COLLECTIONS
from app.settings import ROOT, Settings
from tests.running import HANGS_S

BASE = "http://127.0.0.1:8000"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
MEASURED = re.compile(r"<!-- written by make bench -->.*?<!-- until here -->", re.DOTALL)

TRANSLATIONS = {"README.md": "README.zh.md"} | {
    f"docs/{path.name}": f"docs/zh/{path.name}" for path in sorted((ROOT / "docs" / "zh").glob("*.md"))
}
NAMES = (*TRANSLATIONS, *TRANSLATIONS.values(), "docs/speed.md", "docs/licences.md")
DOCUMENTS = {name: (ROOT / name).read_text("utf-8") for name in NAMES}
TEXT = "\n".join(DOCUMENTS.values())


def examples(language: str) -> list[tuple[str, str]]:
    """Each code block of a language, with the document that holds it."""
    return [
        (name, block) for name, text in DOCUMENTS.items() for kind, block in BLOCK.findall(text) if kind == language
    ]


# What a Python example prints, by a part of its text.
PRINTED = {
    'groupby("unit")': r"(?s)unit\nCNY +9\n.*",
    "httpx.get": r"32 figures; 8 of them not exact\n",
    "json_normalize": r"Reported as achieved 32 29\n",
    "read_parquet": r"32 figures in \d+ units\n",
    "import polars": r"(?s)shape: \(3, 2\).*industry.*",
    "import duckdb": r"(?s)┌.*theme.*figures.*largest.*industry.*350000000.*",
}

# On a busy machine a process that has read Parquet by Arrow may abort as it ends: https://github.com/apache/arrow/issues/34314
ARROW_ABORTS = "terminate called without an active exception\n"


@pytest.mark.slow
@pytest.mark.parametrize("part", PRINTED)
def test_a_python_example_runs(service: str, duckdb_home: Path, part: str) -> None:
    (example,) = (block for name, block in examples("python") if name in TRANSLATIONS and part in block)

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", example.replace(BASE, service)],
            env={**os.environ, "HOME": str(duckdb_home)},
            capture_output=True,
            text=True,
            check=False,
        )

    done = run()
    if done.stderr == ARROW_ABORTS:
        assert re.fullmatch(PRINTED[part], done.stdout), done.stdout
        done = run()
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(PRINTED[part], done.stdout), done.stdout


def test_every_python_example_is_one_that_runs() -> None:
    for name, block in examples("python"):  # a translation has the same examples
        assert sum(part in block for part in PRINTED) == 1, (name, block)


def test_every_address_in_the_documents_answers(service: str) -> None:
    full = set(re.findall(rf"{BASE}(/[^'\"\s`]*)", TEXT)) - POST_PATHS
    paths = set(re.findall(r"`(/(?:v1|en|zh|docs|conformance|healthz|readyz|metrics)[^`\s]*)`", TEXT))
    assert len(full) >= 15
    assert len(paths) >= 40
    paths |= {f"/v1/figures{query}" for query in re.findall(r"`(\?[^`\s]+)`", TEXT)}
    with httpx.Client(base_url=service, trust_env=False, follow_redirects=True, timeout=HANGS_S) as client:
        (release,) = (each["id"] for each in client.get("/v1/releases").json()["data"])
        statuses = {
            path: client.get(
                path.replace("{old}", release).replace("{new}", release).replace(BASE, service)
            ).status_code
            for path in full | paths
        }
    assert {path: status for path, status in statuses.items() if status != 200} == {}


@pytest.mark.parametrize(
    "example",
    [
        pytest.param(block, id=f"{name}-{number}")
        for number, (name, block) in enumerate(examples("sh"))
        if "curl " in block
    ],
)
def test_a_curl_example_runs(service: str, tmp_path: Path, example: str) -> None:
    script = example.replace(BASE, service).replace("curl ", "curl -sSf ")
    done = subprocess.run(["sh", "-euc", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert bool(list(tmp_path.iterdir())) == ("-o" in example.lower())


def test_a_script_reads_keys_that_the_answer_has(web: httpx.Client, service: str) -> None:
    for _, example in examples("js"):
        (path,) = re.findall(rf'{BASE}(/[^"]+)"', example)
        (keys,) = re.findall(r"const \{ ([\w, ]+) \}", example)
        answer = web.get(service + path).json()
        assert set(keys.split(", ")) <= set(answer)
        if "facets" in keys:
            assert all({"label_en", "count"} <= set(value) for value in answer["facets"]["theme"])


def test_an_answer_in_a_document_is_that_of_the_request_before_it(web: httpx.Client, service: str) -> None:
    pairs = [
        (request, answer)
        for text in DOCUMENTS.values()
        for (_, request), (kind, answer) in itertools.pairwise(BLOCK.findall(text))
        if kind == "json"
    ]
    assert len(pairs) == 4
    for request, answer in pairs:
        address = re.findall(rf"{BASE}(/[^'\s]*)", request)[-1]
        assert is_shown(json.loads(answer), web.get(service + address).json()), address


def is_shown(shown: Any, actual: Any) -> bool:
    """Whether a value is the actual one; "…" leaves out the rest of a text or other keys."""
    if isinstance(shown, dict):
        return all(key == "…" or is_shown(value, actual[key]) for key, value in shown.items())
    if isinstance(shown, str) and shown.endswith("…"):
        return bool(actual.startswith(shown[:-1]))
    return bool(shown == actual)


def test_an_answer_that_differs_is_noticed() -> None:
    assert is_shown({"a": "cfd…", "b": [1], "…": "…"}, {"a": "cfdf", "b": [1], "c": 2})
    assert not is_shown({"a": "cfd…"}, {"a": "cfe"})
    assert not is_shown({"b": [1]}, {"b": [1, 2]})


def test_every_collection_named_is_one_and_every_setting_is_named() -> None:
    (row,) = re.findall(r"^\| a collection \|(.*)\|$", DOCUMENTS["docs/api.md"], re.MULTILINE)
    assert {name.removeprefix("/v1/") for name in re.findall(r"`([^`]+)`", row)} == set(COLLECTIONS)
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias.choices[0] if field.validation_alias else f"SHANHAI_{name.upper()}"  # type: ignore[union-attr]
        assert f"`{alias}`" in DOCUMENTS["docs/operating.md"], alias


def test_every_goal_named_is_one_of_make() -> None:
    goals = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = re.findall(r"`make ([a-z-]+)|^make ([a-z-]+)", TEXT, re.MULTILINE)
    assert {inline or line for inline, line in named} <= goals
    assert f"{BASE}/".endswith(f":{Settings().port}/")


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_a_translation_has_the_same_examples_links_tables_and_measurements(name: str) -> None:
    def parts(text: str) -> list[object]:
        code = [re.sub(r" *#.*", "", block) for _, block in BLOCK.findall(text)]
        links = {
            link.replace("docs/zh/", "docs/").replace("../../", "../") for link in re.findall(r"\]\(([^)]+)\)", text)
        }
        prose = BLOCK.sub("", text)
        lines = [len(re.findall(start, prose, re.MULTILINE)) for start in ("^#", r"^\|", "^- ", r"^\d\. ")]
        measured = re.findall(r"\| ([\d,.]+) ", "".join(MEASURED.findall(text)))
        return [code, links - {"README.md", "README.zh.md"}, lines, measured]

    assert parts(DOCUMENTS[name]) == parts(DOCUMENTS[TRANSLATIONS[name]])


def test_the_readme_is_short() -> None:
    assert len(DOCUMENTS["README.md"].splitlines()) <= 100


def test_the_tree_of_the_architecture_is_the_tree() -> None:
    text = Path(ROOT / "ARCHITECTURE.md").read_text("utf-8")
    tree = text.split("```")[1]
    rooms = {room.strip("/") for room in re.findall(r"^  ([\w./ ]+?)  ", tree, re.MULTILINE) for room in room.split()}
    there = {path.name for path in (ROOT / "app").iterdir() if path.name not in {"__pycache__", "__init__.py"}}
    assert rooms == there
