"""The diff of two releases lists records and values."""

from hashlib import sha256
from pathlib import Path

import msgspec
import pytest
from typer.testing import CliRunner

from app.api.models.releases import DiffAnswer, ReleasesAnswer
from app.cli import cli
from app.releases.diff import as_text, compare
from app.releases.store import Edition, FrozenFile, FrozenRelease
from tests.releases.conftest import Editions
from tests.terms import LABELS

pytestmark = pytest.mark.databases("sqlite")

CHANGED = [
    ("products", "yellow-peach", "summary_en", "Changed, for a test."),
    ("products", "yellow-peach", "summary_zh", "为测试而改。"),
]


def test_every_change_is_found(editions: Editions) -> None:
    diff = compare(editions.old, editions.new)
    assert [(each.collection, each.id) for each in diff.added] == [("indicators", "synthetic")]
    assert [each.collection for each in diff.removed] == ["excluded-numerals"]
    *changed, paragraphs = sorted((each.collection, each.id, each.field, each.after) for each in diff.changed)
    assert changed == CHANGED
    assert paragraphs[:3] == ("sources", "tongren-daily-2022-08-06", "paragraphs")
    assert [len(each["unaccounted"]) for each in paragraphs[3] if each["unaccounted"]] == [
        1
    ]  # of the removed exclusion
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
    assert first == f"{editions.old.edition.id} → {editions.new.edition.id}: 1 added, 1 removed, 3 values changed"
    assert sorted(line[0] for line in lines) == ["+", "-", "~", "~", "~"]
    assert "+ indicators/synthetic  合成 Synthetic" in lines


def test_the_api_tells_the_same(editions: Editions) -> None:
    old, new = editions.old.edition.id, editions.new.edition.id
    response = editions.client.get(f"/v1/releases/{old}/diff/{new}")
    diff = compare(editions.old, editions.new)
    DiffAnswer.model_validate_json(response.content, strict=True)
    ReleasesAnswer.model_validate_json(editions.client.get("/v1/releases").content, strict=True)
    data = response.json()["data"]
    assert (data["old"], data["new"]) == (old, new)
    for name in ("added", "removed", "changed"):
        assert data[name] == [each._asdict() for each in getattr(diff, name)]
    assert response.json()["meta"] == {"release": new, "license": "CC-BY-4.0"}
    assert response.headers["cache-control"].endswith("immutable")
    assert (
        editions.client.get(response.request.url, headers={"If-None-Match": response.headers["etag"]}).status_code
        == 304
    )
    text = editions.client.get(f"/v1/releases/{old}/diff/{new}", headers={"Accept": "text/plain"})
    assert text.text == as_text(diff)
    assert text.headers["etag"] != response.headers["etag"]
    refused = editions.client.get(f"/v1/releases/{old}/diff/{new}", headers={"Accept": "image/png"})
    assert (refused.status_code, refused.json()["errors"][0]["allowed"]) == (406, ["application/json", "text/plain"])


def test_a_release_without_files_is_not_found(editions: Editions) -> None:
    for pair in (f"{editions.old.edition.id}/diff/2020-01-00000000", "2020-01-00000000/diff/x"):
        response = editions.client.get(f"/v1/releases/{pair}")
        assert (response.status_code, editions.new.edition.id in response.json()["detail"]) == (404, True)


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


# What the first edition called these: terms belong to an edition, and may be others in the next.
FORMER = [
    ("enterprises", "tongren-guanxing", "role", "subsidiary", "local-company"),
    ("enterprises", "huaqin", "role", "employer", "class-namesake"),
    ("training-partners", "xuda-zhuoyuan", "kind", "operator", "brought-in"),
    ("training-partners", "huaqin-class-sponsor", "kind", "class-sponsor", "class-namesake"),
    ("training-partners", "byd", "kind", "employer", "training-agreement"),
    ("figures", "paired-party-officials", "status", "achieved", "not-stated"),
]


def first_edition(of: FrozenRelease, folder: Path) -> FrozenRelease:
    """The records of an edition with the terms of the first one; a column that it did not have is left out."""
    files = []
    for slug in dict.fromkeys(former[0] for former in FORMER):
        terms = {(record_id, field): before for other, record_id, field, before, _ in FORMER if other == slug}
        rows = [msgspec.json.decode(line) for line in of.path(f"{slug}.ndjson").read_bytes().splitlines()]
        for row in rows:
            row |= {field: before for (record_id, field), before in terms.items() if record_id == row["id"]}
            row.pop("came_with_id", None)
        content = b"".join(msgspec.json.encode(row) + b"\n" for row in rows)
        (folder / f"{slug}.ndjson").write_bytes(content)
        files.append(
            FrozenFile(f"{slug}.ndjson", "application/x-ndjson", len(content), sha256(content).hexdigest(), len(rows))
        )
    counts = {file.name.removesuffix(".ndjson"): file.rows or 0 for file in files}
    return FrozenRelease(Edition("2026-11-00000000", "2026.11", "2026-11-23", "", "", counts, tuple(files)), folder)


def test_terms_that_are_no_longer_known_are_listed_as_changes(editions: Editions, tmp_path: Path) -> None:
    assert "subsidiary" not in LABELS["role"]
    old = first_edition(editions.old, tmp_path)
    new = editions.old._replace(edition=editions.old.edition._replace(counts=old.edition.counts))
    diff = compare(old, new)
    changed = {tuple(each) for each in diff.changed}
    assert changed >= set(FORMER)
    assert ("enterprises", "tongren-guanxing", "came_with_id", None, "huaqin") in changed
    assert len(changed) == len(FORMER) + 1
    assert '~ enterprises/tongren-guanxing  role: "subsidiary" → "local-company"\n' in as_text(diff)
