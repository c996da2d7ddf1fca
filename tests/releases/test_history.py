"""A record over the releases: as it was in each, what changed, and where there was none."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.models import COLLECTIONS
from app.releases.history import read_versions
from app.releases.store import ReleaseStore
from tests.conftest import NewDatabase, client_of, loaded
from tests.releases.conftest import Editions, edit, frozen

pytestmark = pytest.mark.databases("sqlite")


@pytest.mark.parametrize(
    ("slug", "record_id", "there", "changed"),
    [
        ("products", "yellow-peach", [True, True], ["summary_zh", "summary_en"]),
        ("places", "bijiang", [True, True], []),
        ("indicators", "synthetic", [True, False], []),
    ],
)
def test_a_record_has_its_values_in_each_release(
    editions: Editions, slug: str, record_id: str, there: list[bool], changed: list[str]
) -> None:
    with Database(editions.address, "read") as database, database.transaction() as connection:
        shelf = ReleaseStore(editions.new.folder.parent)
        new, old = read_versions(connection, shelf, COLLECTIONS[slug], record_id)
    assert [new.release["id"], old.release["id"]] == [editions.new.edition.id, editions.old.edition.id]
    assert [new.record is not None, old.record is not None] == there
    assert new.changed == changed
    assert old.changed == []


def test_a_release_without_files_is_marked(editions: Editions) -> None:
    with Database(editions.address, "read") as database, database.transaction() as connection:
        versions = read_versions(
            connection, ReleaseStore(editions.new.folder / "nothing"), COLLECTIONS["places"], "bijiang"
        )
    assert [(version.available, version.record) for version in versions] == [(False, None), (False, None)]


@pytest.mark.parametrize(("language", "word"), [("zh", "改动"), ("en", "changed")])
def test_a_records_page_tells_its_history(editions: Editions, language: str, word: str) -> None:
    page = editions.client.get(f"/{language}/products/yellow-peach").text
    assert word in page
    assert f"<code>summary_{language}</code>" in page
    releases = editions.client.get(f"/{language}/releases").text
    assert f"/v1/releases/{editions.old.edition.id}/diff/{editions.new.edition.id}" in releases
    assert "indicators/synthetic" in releases


@pytest.mark.parametrize(
    ("path", "now", "before"),
    [
        ("indicators/synthetic", "added since {old}", "no such record"),
        ("places/bijiang", "unchanged since {old}", "first recorded"),
        (
            "products/yellow-peach",
            "changed since {old}: <code>summary_zh</code> <code>summary_en</code>",
            "first recorded",
        ),
    ],
)
def test_the_page_of_a_record_says_when_it_was_first_recorded(
    editions: Editions, path: str, now: str, before: str
) -> None:
    assert history_on(editions.client, f"/en/{path}") == [now.format(old=editions.old.edition.id), before]


def test_the_history_of_an_older_edition_that_is_loaded_again(
    new_database: NewDatabase, tmp_path: Path, seed: Path
) -> None:
    """It comes first, is the first release as before, and the other one still follows it."""
    address = new_database("sqlite")
    old = frozen(loaded(address), tmp_path)
    edit(seed)
    frozen(loaded(address, seed), tmp_path)
    loaded(address)
    with client_of(address, data_dir=tmp_path) as client:
        releases = client.get("/v1/releases").json()["data"]
        assert [each["previous_id"] for each in releases] == [None, old.edition.id]
        changed = f"changed since {old.edition.id}: <code>summary_zh</code> <code>summary_en</code>"
        assert history_on(client, "/en/products/yellow-peach") == ["first recorded", changed]
        assert f"What changed since {old.edition.id}" in client.get("/en/releases").text


def test_an_older_edition_that_is_loaded_later_follows_the_newer_one(
    new_database: NewDatabase, tmp_path: Path, seed: Path
) -> None:
    address = new_database("sqlite")
    edit(seed)
    newer = frozen(loaded(address, seed), tmp_path)
    frozen(loaded(address), tmp_path)
    with client_of(address, data_dir=tmp_path) as client:
        assert [each["previous_id"] for each in client.get("/v1/releases").json()["data"]] == [newer.edition.id, None]
        assert history_on(client, "/en/places/bijiang") == [f"unchanged since {newer.edition.id}", "first recorded"]


def history_on(client: TestClient, path: str) -> list[str]:
    """Return what a record's page says of each release."""
    lines = client.get(path).text.split('id="history"')[1].split("</ul>")[0].split("<li>")[1:]
    return [" ".join(line.partition("—")[2].removesuffix("</li>\n").split()) for line in lines]
