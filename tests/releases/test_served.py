"""The releases as they are served: the list, each one's files, resumed downloads, and the feed."""

import base64
import hashlib
import subprocess
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import feedparser
import httpx
import pytest

from app.db import Database
from app.releases.dataset import read_dataset
from app.releases.store import ReleaseStore
from tests.conftest import NewDatabase, client_of, loaded
from tests.http.wire import DECODE, raw
from tests.problems import problem
from tests.releases.conftest import Editions, frozen

pytestmark = pytest.mark.databases("sqlite")

IMMUTABLE = "public, max-age=31536000, immutable"
PLAIN = {"Accept-Encoding": "identity"}


def test_the_list_tells_every_edition_newest_first(editions: Editions) -> None:
    answer = editions.client.get("/v1/releases")
    new, old = answer.json()["data"]
    assert [new["id"], old["id"]] == [editions.new.edition.id, editions.old.edition.id]
    assert (new["previous_id"], old["previous_id"]) == (old["id"], None)
    for listed, edition in ((new, editions.new.edition), (old, editions.old.edition)):
        assert listed["content_hash"] == edition.content_hash
        assert listed["counts"] == edition.counts
        assert [{key: file[key] for key in file if key != "url"} for file in listed["files"]] == [
            file._asdict() for file in edition.files
        ]
        assert editions.client.get(listed["links"]["self"]).json()["data"] == listed
    assert editions.client.get(new["links"]["diff"]).status_code == 200
    assert old["links"]["diff"] is None
    assert editions.client.get("/v1/releases", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_a_release_from_before_a_collection_is_described_without_it(address: str) -> None:
    file = SimpleNamespace(name="places.csv", media_type="text/csv", bytes=1, sha256="0", rows=1)
    store = Mock(**{"find.return_value.edition": SimpleNamespace(id="old", files=[file])})
    with Database(address) as database, database.transaction() as connection:
        dataset = read_dataset(connection, store, "http://testserver", is_public=False)
    assert [entity.collection.slug for entity in dataset.entities] == ["places"]
    assert dataset.csv_of(dataset.entities[0]).sha256 == "0"


def test_every_file_of_every_edition_can_be_had_and_checked(editions: Editions) -> None:
    for release in editions.client.get("/v1/releases").json()["data"]:
        for file in release["files"]:
            answer = editions.client.get(file["url"], headers=PLAIN)
            assert answer.status_code == 200
            assert "content-encoding" not in answer.headers
            digest = hashlib.sha256(answer.content)
            assert (len(answer.content), digest.hexdigest()) == (file["bytes"], file["sha256"])
            assert answer.headers["repr-digest"] == f"sha-256=:{base64.b64encode(digest.digest()).decode()}:"
            assert answer.headers["cache-control"] == IMMUTABLE
            assert answer.headers["content-type"] == file["media_type"]
            assert answer.headers["content-disposition"] == f'attachment; filename="{file["name"].replace("/", "_")}"'
            head = editions.client.head(file["url"], headers=PLAIN)
            assert head.content == b""
            assert int(head.headers["content-length"]) == file["bytes"]
            assert {name: head.headers[name] for name in ("etag", "accept-ranges", "repr-digest")} == {
                name: answer.headers[name] for name in ("etag", "accept-ranges", "repr-digest")
            }


@pytest.mark.parametrize("coding", DECODE)
def test_a_file_is_compressed_on_the_fly_with_a_tag_of_its_own(editions: Editions, coding: str) -> None:
    client, address = editions.client, f"/v1/releases/{editions.new.edition.id}/files/figures.csv"
    plain, body = raw(client, address)
    response, compressed = raw(client, address, **{"Accept-Encoding": coding})
    assert response.headers["content-encoding"] == coding
    assert DECODE[coding](compressed) == body
    assert response.headers["etag"] == f'{plain.headers["etag"][:-1]}-{coding}"'
    assert not {"content-length", "accept-ranges", "repr-digest"} & response.headers.keys()
    again = client.get(address, headers={"Accept-Encoding": coding, "If-None-Match": response.headers["etag"]})
    assert again.status_code == 304


def test_a_download_goes_on_where_it_stopped(editions: Editions) -> None:
    client, address = editions.client, f"/v1/releases/{editions.new.edition.id}/files/dataset.zip"
    whole = client.get(address)
    tag, length = whole.headers["etag"], len(whole.content)
    rest = client.get(address, headers={"Range": "bytes=1000-", "If-Range": tag})
    assert (rest.status_code, rest.headers["content-range"]) == (206, f"bytes 1000-{length - 1}/{length}")
    assert whole.content[:1000] + rest.content == whole.content
    last = client.get(address, headers={"Range": "bytes=-7"})
    assert last.content == whole.content[-7:]
    assert client.get(address, headers={"Range": "bytes=1000-", "If-Range": '"other"'}).content == whole.content
    assert client.get(address, headers={"Range": "bytes=0-1,5-6"}).content == whole.content
    assert client.get(address, headers={"Range": "lines=0-1"}).content == whole.content
    assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
    since = whole.headers["last-modified"]
    assert client.get(address, headers={"If-Modified-Since": since}).status_code == 304
    refused = client.get(address, headers={"Range": f"bytes={length}-"})
    assert problem(refused, 416)["code"] == "range-not-satisfiable"
    assert refused.headers["content-range"] == f"bytes */{length}"


@pytest.mark.parametrize(
    "path",
    [
        "nothing",
        "nothing/files/figures.csv",
        "{id}/files/nothing.csv",
        "{id}/files/release.json",
        "{id}/files/..%2f..%2fx",
        "{id}/files/figures",
        "{id}/files/figures/..%2ffigures.csv",
        "{id}/files/figures/source_year=1999/part-0.parquet",
    ],
)
def test_a_missing_file_is_not_found(editions: Editions, path: str) -> None:
    problem(editions.client.get(f"/v1/releases/{path.format(id=editions.new.edition.id)}"), 404)


def test_latest_leads_to_the_newest(editions: Editions) -> None:
    new, old = editions.new.edition.id, editions.old.edition.id
    for path, meant in (
        (f"{old}/diff/latest", f"{old}/diff/{new}"),
        (f"latest/diff/{old}", f"{new}/diff/{old}"),
        ("latest/diff/latest", f"{new}/diff/{new}"),
    ):
        answer = editions.client.get(f"/v1/releases/{path}", follow_redirects=False)
        assert answer.headers["location"] == f"http://testserver/v1/releases/{meant}"
        assert editions.client.get(f"/v1/releases/{path}").status_code == 200
    assert editions.client.get("/v1/releases/latestfoo").status_code == 404
    for below in ("", "/files/SHA256SUMS"):
        answer = editions.client.get(f"/v1/releases/latest{below}", follow_redirects=False)
        assert answer.status_code == 307
        assert answer.headers["location"] == f"http://testserver/v1/releases/{editions.new.edition.id}{below}"
        assert answer.headers["cache-control"].startswith("public, max-age=60,")
        assert editions.client.get(f"/v1/releases/latest{below}").status_code == 200


def test_a_damaged_file_is_refused_or_written_again(new_database: NewDatabase, tmp_path: Path) -> None:
    edition = frozen(loaded(new_database("sqlite")), tmp_path).edition
    folder = tmp_path / "releases" / edition.id
    with client_of(new := loaded(new_database("sqlite")), data_dir=tmp_path) as client:
        whole = client.get("/v1/places.csv").content
        (folder / "places.csv").unlink()
        (folder / "places.ndjson").write_bytes(b"{}")
        for name in ("places.csv", "places.ndjson"):
            problem(client.get(f"/v1/releases/{edition.id}/files/{name}"), 503)
        assert client.get("/v1/places.csv").content == whole  # from the database
        problem(client.get(f"/v1/releases/{edition.id}/diff/{edition.id}"), 503)
        figures = client.get("/v1/figures.csv").content
        (folder / "figures.csv").write_bytes(figures.replace(b"980", b"989"))  # of the same length
        problem(client.get(f"/v1/releases/{edition.id}/files/figures.csv"), 503)
        assert client.get("/v1/figures.csv").content == figures
        assert frozen(new, tmp_path).edition == edition
        for file in edition.files:
            answer = client.get(f"/v1/releases/{edition.id}/files/{file.name}")
            assert hashlib.sha256(answer.content).hexdigest() == file.sha256
        for name in ("x" * 300, "a/b", "..", "%00"):
            assert client.get(f"/v1/releases/{name}/files/figures.csv").status_code == 404
    (folder / "release.json").write_bytes(b"")
    assert ReleaseStore(tmp_path / "releases").ids() == [edition.id]


def test_the_feed_is_read_by_readers(editions: Editions) -> None:
    answer = editions.client.get("/v1/releases.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.version == "atom10"
    assert [entry.link.rpartition("#")[2] for entry in feed.entries] == [
        entry.links[1].href.rpartition("/")[2] for entry in feed.entries
    ]
    assert [entry.links[1].href.rpartition("/")[2] for entry in feed.entries] == [
        editions.new.edition.id,
        editions.old.edition.id,
    ]
    for entry in feed.entries:
        assert [editions.client.get(link.href).headers["content-type"] for link in entry.links] == [
            "text/html; charset=utf-8",
            "application/json",
        ]
        assert entry.updated == "2026-11-27T00:00:00Z"
    assert feed.feed.title
    assert feed.feed.author == "Shanhai Open Data"


@pytest.mark.parametrize("base_url", [None, "https://data.example"])
def test_the_ids_of_the_feed_are_equal_for_all_clients(address: str, base_url: str | None) -> None:
    hosts = [("one.example", "http"), ("www.one.example", "https")]
    seen = set()
    with client_of(address, base_url=base_url, trust_proxy=True) as client:
        for host, scheme in hosts:
            headers = {"X-Forwarded-Host": host, "X-Forwarded-Proto": scheme}
            feed = feedparser.parse(client.get("/v1/releases.atom", headers=headers).content)
            assert not feed.bozo
            seen.add((feed.feed.id, *(entry.id for entry in feed.entries)))
            assert {entry.link.partition("#")[0] for entry in feed.entries} == {
                f"{base_url or f'{scheme}://{host}'}/en/releases"
            }
    (ids,) = seen
    assert len(set(ids)) == len(ids)
    assert {each.startswith(f"{base_url}/v1/releases" if base_url else "urn:uuid:") for each in ids} == {True}


def test_curl_resumes(web: httpx.Client, service: str, tmp_path: Path) -> None:
    (release,) = web.get(f"{service}/v1/releases").json()["data"]
    file = next(each for each in release["files"] if each["name"] == "dataset.sqlite")
    target = tmp_path / "dataset.sqlite"
    subprocess.run(["curl", "-fsS", "-r", "0-9999", "-o", target, file["url"]], check=True)
    assert target.stat().st_size == 10_000
    subprocess.run(["curl", "-fsS", "-C", "-", "-o", target, file["url"]], check=True)
    assert hashlib.sha256(target.read_bytes()).hexdigest() == file["sha256"]
    sums = subprocess.run(
        ["curl", "-fsS", file["url"].replace("dataset.sqlite", "SHA256SUMS")], capture_output=True, check=True
    )
    check = ["sha256sum", "--check", "--ignore-missing", "--strict"]
    assert subprocess.run(check, input=sums.stdout, cwd=tmp_path, check=False).returncode == 0
