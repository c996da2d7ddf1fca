"""The wheel has everything that a server needs, and serves the default seed in an otherwise empty environment."""

import csv
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from app import __version__
from app.settings import ROOT
from tests.running import answers, free_port, wait_until

BUNDLED = ("alembic", "alembic.ini", "docs", "seed")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip(sys.executable, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


def pip(python: Path | str, *arguments: object) -> None:
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def files(*paths: Path) -> set[Path]:
    every = {file for path in paths for file in (path.rglob("*") if path.is_dir() else [path]) if file.is_file()}
    return {file for file in every if "__pycache__" not in file.parts}


def test_a_wheel_has_the_code_the_migrations_the_seed_and_the_guides_only(wheel: Path) -> None:
    code = {str(file.relative_to(ROOT)) for file in files(ROOT / "app")}
    bundled = {f"app/bundled/{file.relative_to(ROOT)}" for file in files(*(ROOT / name for name in BUNDLED))}
    members = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert members == code | bundled
    assert wheel.name == f"shanhai-{__version__}-py3-none-any.whl"


@pytest.mark.slow
def test_a_wheel_serves_the_seed_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python, program = tmp_path / "venv" / "bin" / "python", tmp_path / "venv" / "bin" / "shanhai"
    pip(python, "install", "--require-hashes", "-r", ROOT / "requirements.txt")
    pip(python, "install", "--no-deps", wheel)
    pip(python, "check")
    with (ROOT / "seed" / "figures.csv").open(encoding="utf-8", newline="") as file:
        figures = len(list(csv.DictReader(file)))

    port = free_port()
    environment = {"PATH": os.environ["PATH"], "PORT": str(port)}
    version = subprocess.run([program, "--version"], env=environment, capture_output=True, text=True, check=True)
    assert version.stdout.strip() == __version__
    with (
        subprocess.Popen(
            [program, "serve"],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client,
    ):
        try:
            wait_until(lambda: answers(client) or process.poll() is not None)
            assert client.get("/readyz").json()["status"] == "ready"
            assert client.get("/v1/figures").json()["meta"]["total"] == figures
            for path in (
                "/zh",
                "/zh/docs/guides/api",
                "/en/docs/reference",
                "/v1/figures.parquet",
                "/v1/charts/money.svg",
            ):
                assert client.get(path).status_code == 200, path
        finally:
            process.terminate()
