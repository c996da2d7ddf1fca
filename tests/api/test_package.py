"""The Data Package, as it is served and as it lies in the zip of a release: what an independent validator says of both."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.models import COLLECTIONS
from tests.conftest import NewDatabase, client_of, loaded
from tests.running import HANGS_S, serving

FRICTIONLESS = Path(sys.executable).with_name("frictionless")


def validate(address: str | Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [FRICTIONLESS, "validate", *options, address]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=HANGS_S)


def descriptor(web: httpx.Client, service: str) -> dict[str, Any]:
    told: dict[str, Any] = web.get(f"{service}/v1/datapackage.json").raise_for_status().json()
    return told


@pytest.mark.slow
def test_the_served_package_is_valid(service: str) -> None:
    done = validate(f"{service}/v1/datapackage.json")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("VALID") >= len(COLLECTIONS)


def test_its_files_are_those_of_the_release(web: httpx.Client, service: str) -> None:
    release = web.get(f"{service}/v1").json()["data"]["release"]["id"]
    resources = descriptor(web, service)["resources"]
    assert [each["name"] for each in resources] == list(COLLECTIONS)
    for each in resources:
        assert each["path"] == f"{service}/v1/releases/{release}/files/{each['name']}.csv"
        assert each["hash"].startswith("sha256:")


@pytest.mark.slow
def test_the_package_in_the_zip_is_valid(web: httpx.Client, service: str, tmp_path: Path) -> None:
    target = tmp_path / "dataset.zip"
    answer = web.get(f"{service}/v1/releases/latest/files/dataset.zip", follow_redirects=True)
    target.write_bytes(answer.raise_for_status().content)
    done = validate(target, "--type", "package")
    assert done.returncode == 0, done.stdout
    content = target.read_bytes()
    changed = content.replace(b",843,", b",844,", 1)  # stored as it is, a digit can be changed in the archive
    assert changed != content
    target.write_bytes(changed)
    assert validate(target, "--type", "package").returncode == 1


def test_without_frozen_files_it_leads_to_living_ones(new_database: NewDatabase) -> None:
    with client_of(loaded(new_database("sqlite"))) as client:
        resources = client.get("/v1/datapackage.json").json()["resources"]
    assert [each["path"] for each in resources] == [f"http://testserver/v1/{slug}.csv" for slug in COLLECTIONS]


@pytest.mark.slow
def test_the_package_of_living_files_is_valid(new_database: NewDatabase) -> None:
    with serving("--no-prepare", DATABASE_URL=loaded(new_database("sqlite"))) as (client, _):
        done = validate(f"{client.base_url}/v1/datapackage.json")
        assert done.returncode == 0, done.stdout
