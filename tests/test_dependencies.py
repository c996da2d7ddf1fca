"""The declared dependencies are exactly those that the code imports."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from app.settings import ROOT

DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# Imported by another package that our code configures: the file and the words that do.
BY_NAME = {
    "httptools": ("app/gateway/protocol.py", "uvicorn.protocols.http.httptools_impl"),
    "psycopg": ("app/db/engines.py", "postgresql+psycopg"),
    "uvloop": ("app/server.py", "uvicorn.Config"),  # whose `loop` is "auto" by default: uvloop, if there is one
}


def normalized(requirement: str) -> str:
    """Return the normalized distribution name of a requirement."""
    (name,) = re.findall(r"^[\w.-]+", requirement)
    return re.sub(r"[-_.]+", "-", name).lower()


RUNTIME = {normalized(each) for each in DECLARED["project"]["dependencies"]}
# Of whoever wants assistants; what is installed from the lock, such as the image, has them.
ASSISTANTS = {normalized(each) for each in DECLARED["project"]["optional-dependencies"]["mcp"]}


def imported() -> Iterator[tuple[str, str]]:
    """Yield each third-party module that app/ and the migrations import anywhere, with the importing file."""
    for folder in ("app", "alembic"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module:
                    names = [node.module]
                for name in names:
                    module = name.partition(".")[0]
                    if module not in sys.stdlib_module_names and module != "app":
                        yield module, str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def used() -> dict[str, set[str]]:
    """The imported distributions with the files that import them."""
    distributions, files = packages_distributions(), dict[str, set[str]]()
    for module, path in imported():
        files.setdefault(normalized(distributions[module][0]), set()).add(path)
    return files


@pytest.mark.parametrize("name", sorted(RUNTIME | ASSISTANTS))
def test_a_dependency_is_imported_by_the_code(used: dict[str, set[str]], name: str) -> None:
    if name in BY_NAME:
        file, words = BY_NAME[name]
        assert words in (ROOT / file).read_text("utf-8")
    else:
        assert name in used


def test_an_imported_package_is_declared(used: dict[str, set[str]]) -> None:
    assert {name: files for name, files in used.items() if name not in RUNTIME | ASSISTANTS} == {}


@pytest.mark.parametrize("name", sorted(ASSISTANTS))
def test_an_extra_is_imported_only_by_what_needs_it(used: dict[str, set[str]], name: str) -> None:
    assert all(file.startswith(("app/mcp/", "app/cli/assistants.py")) for file in used[name])


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-build.txt", "requirements-dev.txt"])
def test_a_lock_has_all_requirements_with_hashes_and_no_index(lock: str) -> None:
    text = Path(ROOT / lock).read_text("utf-8")
    project, build = DECLARED["project"], DECLARED["build-system"]["requires"]
    required = {
        "requirements.txt": [*project["dependencies"], *project["optional-dependencies"]["mcp"]],
        "requirements-build.txt": build,
        "requirements-dev.txt": [*project["dependencies"], *project["optional-dependencies"]["dev"]],
    }[lock]
    pinned = {normalized(line) for line in re.findall(r"^[\w.-]+==", text, re.MULTILINE)}
    assert {normalized(each) for each in required} <= pinned
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(pinned)
    assert "://" not in text
    if lock == "requirements.txt":
        assert not {normalized(each) for each in build} & pinned
