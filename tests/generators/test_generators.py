"""The OpenAPI document as outside tools read it: linters, and generators whose clients are compiled and called.

The tools have an environment of their own, which `make test-slow` installs.
"""

import shutil
from pathlib import Path

import httpx
import pytest

from tests.generators.tools import NODE, TOOLS, needs_tools, run

HERE = Path(__file__).parent

pytestmark = needs_tools


@pytest.fixture(scope="module")
def document(service: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The document of the running service, which clients made from it call."""
    path = tmp_path_factory.mktemp("openapi") / "openapi.json"
    path.write_bytes(httpx.get(f"{service}/v1/openapi.json").raise_for_status().content)
    return path


def test_redocly_finds_nothing(document: Path) -> None:
    skipped = ("--skip-rule", "no-server-example.com")  # which refuses the test's own server
    output = run(NODE / "redocly", "lint", document, "--extends", "recommended", *skipped, folder=document.parent)
    assert "Warning was generated" not in output, output


def test_spectral_finds_nothing(document: Path) -> None:
    rules = document.with_name("spectral.yaml")
    rules.write_text('extends: ["spectral:oas"]\n')
    run(NODE / "spectral", "lint", document, "--ruleset", rules, "--fail-severity", "hint", folder=document.parent)


def test_a_strict_front_end_compiles(document: Path, tmp_path: Path) -> None:
    run(NODE / "openapi-typescript", document, "-o", "shanhai.d.ts", folder=tmp_path)
    shutil.copy(HERE / "front_end.ts", tmp_path)
    (tmp_path / "node_modules").symlink_to(TOOLS / "node_modules")
    options = ("--strict", "--noEmit", "--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler")
    run(NODE / "tsc", *options, "front_end.ts", folder=tmp_path)


def test_every_call_of_a_generated_python_client_works(document: Path, tmp_path: Path) -> None:
    generator = TOOLS / "bin" / "openapi-python-client"
    output = run(
        generator, "generate", "--path", document, "--meta", "none", "--output-path", "shanhai", folder=tmp_path
    )
    assert "warning" not in output.lower(), output
    output = run(TOOLS / "bin" / "python", HERE / "call_everything.py", tmp_path / "shanhai", document, folder=tmp_path)
    assert int(output.split()[0]) > 100, output
