"""What people look for in a repository: documents that agree with the code, and licences that agree with the lock."""

import datetime as dt
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from app import __version__
from app.settings import ROOT

DOCUMENTS = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md"))
    if "node_modules" not in path.parts
)
# What Citation File Format 1.2.0 requires, and the form of what we add.
CFF_REQUIRED = {"cff-version", "message", "title", "authors"}


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def releases() -> dict[str, dt.date]:
    """The versions of the changelog and their days, newest first."""
    headings = re.findall(r"^## (\S+) \((\d{4}-\d\d-\d\d)\)$", text("CHANGELOG.md"), re.MULTILINE)
    return {version: dt.date.fromisoformat(day) for version, day in headings}


def test_the_changelog_ends_at_the_version_that_the_code_tells() -> None:
    assert next(iter(releases())) == __version__
    days = list(releases().values())
    assert days == sorted(days, reverse=True)
    headings = re.findall(r"^## (.*)$", text("CHANGELOG.md"), re.MULTILINE)
    assert headings.count("Unreleased") == len(headings) - len(releases()) <= 1


def test_the_citation_names_that_version_and_its_day() -> None:
    citation = yaml.safe_load(text("CITATION.cff"))
    assert set(citation) >= CFF_REQUIRED
    assert citation["cff-version"] == "1.2.0"
    assert citation["type"] == "software"
    assert (citation["version"], citation["date-released"]) == (__version__, releases()[__version__])
    assert citation["authors"] == [{"name": "Shanhai Open Data"}]
    assert citation["license"] in text("LICENSE").splitlines()[0]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_that_a_document_links_to_is_there(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)\)", document.read_text("utf-8"))
    missing = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert missing == []


def test_every_goal_that_the_documents_name_is_one_of_make() -> None:
    goals = set(re.findall(r"^([a-z-]+):", text("Makefile"), re.MULTILINE))
    for name in ("CONTRIBUTING.md", "ARCHITECTURE.md"):
        code = re.findall(r"`([^`]+)`|^ *(make .*)$", text(name), re.MULTILINE)
        for command in (inline or block for inline, block in code):
            if command.startswith("make "):
                named = {word for word in command.partition("#")[0].split()[1:] if word.isalpha()}
                assert named <= goals, (name, command)


def test_the_licences_are_those_of_what_the_lock_installs() -> None:
    locked = [
        Requirement(line.rstrip(" \\")) for line in re.findall(r"^\S+==.*$", text("requirements.txt"), re.MULTILINE)
    ]
    here = {
        each.name: each.specifier
        for each in locked
        if not each.marker or each.marker.evaluate({"sys_platform": "linux"})
    }
    written = text("docs/licences.md").split("<!-- written by make licences -->")[1]
    rows = re.findall(r"^\| ([\w.-]+) +\| (\d[\w.]*) +\|", written, re.MULTILINE)
    listed = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in rows}
    assert {name: str(specifier).removeprefix("==") for name, specifier in here.items()} == listed
    assert "UNKNOWN" not in written


def test_what_ci_runs_is_a_script_that_bash_reads() -> None:
    subprocess.run(["bash", "-n", ROOT / ".ci" / "run"], check=True)
    workflow = yaml.safe_load(text(".github/workflows/ci.yml"))
    assert {"run": ".ci/run", "env": {"PYTHONS": ""}} in workflow["jobs"]["ci"]["steps"]
    supported = re.findall(r"\d\.\d+", re.findall(r"PYTHONS-([^}]*)\}", text(".ci/run"))[0])
    assert set(workflow["jobs"]["ci"]["strategy"]["matrix"]["python"]) <= set(supported)
    assert "{}.{}".format(*sys.version_info) in supported


def test_what_compose_starts_is_complete_and_has_no_password_in_it() -> None:
    services = yaml.safe_load(text("compose.yaml"))["services"]
    by_profile: dict[str, set[str]] = {}
    for name, service in services.items():
        for profile in service["profiles"]:
            by_profile.setdefault(profile, set()).add(name)
        for source in (volume.split(":")[0] for volume in service["volumes"]):
            assert not source.startswith(".") or (ROOT / source).is_file(), (name, source)
        for variable, value in service.get("environment", {}).items():
            assert "PASSWORD" not in variable or re.fullmatch(r"\$\{\w+:-\}", value), (name, variable)
        assert service["logging"] == {"driver": "local"}, f"the log of {name} grows without bound"
    for name, service in services.items():
        for profile in service["profiles"] if "depends_on" in service else ():
            assert by_profile[profile] >= set(service["depends_on"]), (name, profile)
    assert text(".env").splitlines()[-1] == "COMPOSE_PROFILES=single"
    assert by_profile["single"] == {"shanhai"}
    assert by_profile["scale"] == {"database", "replica", "load", "api", "front"}
    for script in (ROOT / "deploy").glob("*.sh"):
        subprocess.run(["bash", "-n", script], check=True)
