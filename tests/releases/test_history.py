"""A record over the releases: as it was in each, what changed, and where there was none."""

import pytest

from app.db import Database
from app.models import COLLECTIONS
from app.releases.history import read_versions
from app.releases.store import ReleaseStore
from tests.releases.conftest import Editions

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
        ("indicators/synthetic", "first recorded", "no such record"),
        ("places/bijiang", "unchanged", "first recorded"),
    ],
)
def test_the_page_of_a_record_says_when_it_was_first_recorded(
    editions: Editions, path: str, now: str, before: str
) -> None:
    page = editions.client.get(f"/en/{path}").text
    history = [
        line.partition("—")[2].strip() for line in page.split('id="history"')[1].split("</ul>")[0].split("<li>")[1:]
    ]
    assert [line.removesuffix("</li>").strip() for line in history] == [now, before]
