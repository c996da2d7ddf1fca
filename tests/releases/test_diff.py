"""What changed between two editions is told record by record and value by value."""

import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.releases.diff import as_text, compare
from tests.releases.conftest import Editions

pytestmark = pytest.mark.databases("sqlite")

CHANGED = [
    ("products", "yellow-peach", "summary_en", "Changed, for a test."),
    ("products", "yellow-peach", "summary_zh", "为测试而改。"),
]


def test_every_change_is_found(editions: Editions) -> None:
    diff = compare(editions.old, editions.new)
    assert [(each.collection, each.id) for each in diff.added] == [("indicators", "synthetic")]
    assert [each.collection for each in diff.removed] == ["excluded-numerals"]
    assert sorted((each.collection, each.id, each.field, each.after) for each in diff.changed) == CHANGED
    assert all(each.before and each.before != each.after for each in diff.changed)


def test_the_way_back_is_the_mirror(editions: Editions) -> None:
    there, back = compare(editions.old, editions.new), compare(editions.new, editions.old)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert [(each.before, each.after) for each in there.changed] == [(each.after, each.before) for each in back.changed]


def test_an_edition_does_not_differ_from_itself(editions: Editions) -> None:
    diff = compare(editions.new, editions.new)
    assert (diff.added, diff.removed, diff.changed) == ([], [], [])


def test_the_text_has_a_line_for_each_change(editions: Editions) -> None:
    first, *lines = as_text(compare(editions.old, editions.new)).splitlines()
    assert first == f"{editions.old.edition.id} → {editions.new.edition.id}: 1 added, 1 removed, 2 values changed"
    assert sorted(line[0] for line in lines) == ["+", "-", "~", "~"]
    assert "+ indicators/synthetic  合成 Synthetic" in lines


def test_the_api_tells_the_same(editions: Editions) -> None:
    old, new = editions.old.edition.id, editions.new.edition.id
    told = editions.client.get(f"/v1/releases/{old}/diff/{new}")
    diff = compare(editions.old, editions.new)
    data = told.json()["data"]
    assert (data["old"], data["new"]) == (old, new)
    for name in ("added", "removed", "changed"):
        assert data[name] == [each._asdict() for each in getattr(diff, name)]
    assert told.json()["meta"] == {"release": new, "license": "CC-BY-4.0"}
    assert told.headers["cache-control"].endswith("immutable")
    assert editions.client.get(told.request.url, headers={"If-None-Match": told.headers["etag"]}).status_code == 304
    text = editions.client.get(f"/v1/releases/{old}/diff/{new}", headers={"Accept": "text/plain"})
    assert text.text == as_text(diff)
    assert text.headers["etag"] != told.headers["etag"]
    refused = editions.client.get(f"/v1/releases/{old}/diff/{new}", headers={"Accept": "image/png"})
    assert (refused.status_code, refused.json()["errors"][0]["allowed"]) == (406, ["application/json", "text/plain"])


def test_an_edition_that_is_not_kept_is_told(editions: Editions) -> None:
    for pair in (f"{editions.old.edition.id}/diff/2020-01-00000000", "2020-01-00000000/diff/x"):
        told = editions.client.get(f"/v1/releases/{pair}")
        assert (told.status_code, editions.new.edition.id in told.json()["detail"]) == (404, True)


def test_the_command_tells_it_too(editions: Editions) -> None:
    data = editions.old.folder.parent.parent
    ids = (editions.old.edition.id, editions.new.edition.id)
    done = CliRunner().invoke(cli, ["diff", *ids], env={"SHANHAI_DATA_DIR": str(data)})
    assert (done.exit_code, done.stdout) == (0, as_text(compare(editions.old, editions.new)))
    environment = {"SHANHAI_DATA_DIR": str(data), "DATABASE_URL": editions.address}
    newest = CliRunner().invoke(cli, ["diff", ids[0], "latest"], env=environment)
    assert (newest.exit_code, newest.stdout) == (0, done.stdout)
    unknown = CliRunner().invoke(cli, ["diff", ids[0], "nothing"], env={"SHANHAI_DATA_DIR": str(data)})
    assert unknown.exit_code == 3
    assert ids[1] in unknown.stderr
