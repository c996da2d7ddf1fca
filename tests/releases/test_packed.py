"""The files of an edition in every coding: what is sent of them, and that nobody depends on their being there."""

import base64
import hashlib
import shutil
from pathlib import Path

import pytest

from app.http.compression import CODINGS
from app.releases.packed import is_packed, is_packed_truly, packed, path_of
from tests.conftest import NewDatabase, client_of, loaded
from tests.http.wire import DECODE, raw
from tests.problems import problem
from tests.releases.conftest import Editions, frozen

pytestmark = pytest.mark.databases("sqlite")

NAMES = ("figures.csv", "figures.ndjson", "dataset.sqlite")


def test_what_becomes_smaller_lies_there_in_every_coding(editions: Editions) -> None:
    assert is_packed_truly(editions.new)
    for file in editions.new.edition.files:
        forms = packed(editions.new, file)
        if file.name.endswith((".parquet", ".xlsx", ".zip")) or file.bytes < 1024:
            assert forms == []
            continue
        assert [each.coding for each in forms] == [*CODINGS]
        for each in forms:
            content = path_of(editions.new, each).read_bytes()
            assert (each.bytes, each.sha256) == (len(content), hashlib.sha256(content).hexdigest())
            assert len(content) < file.bytes
            assert DECODE[each.coding](content) == editions.new.path(file.name).read_bytes()


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("path", [*(f"/v1/releases/{{id}}/files/{name}" for name in NAMES), "/v1/figures.csv"])
def test_a_client_gets_the_coding_that_it_takes(editions: Editions, path: str, coding: str) -> None:
    address = path.format(id=editions.new.edition.id)
    plain, whole = raw(editions.client, address)
    answer, body = raw(editions.client, address, **{"Accept-Encoding": coding})
    assert DECODE[coding](body) == whole
    told = answer.headers
    assert (told["content-encoding"], told["content-length"]) == (coding, str(len(body)))
    assert told["content-type"] == plain.headers["content-type"]
    assert "accept-encoding" in told["vary"].lower()
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    assert told["repr-digest"] == f"sha-256=:{digest}:"  # of what is sent, coding and all (RFC 9530)
    assert told["etag"] != plain.headers["etag"]
    head = editions.client.head(address, headers={"Accept-Encoding": coding})
    assert {name: head.headers[name] for name in ("etag", "content-length", "content-encoding", "repr-digest")} == {
        name: told[name] for name in ("etag", "content-length", "content-encoding", "repr-digest")
    }


def test_a_packed_download_goes_on_where_it_stopped(editions: Editions) -> None:
    address = f"/v1/releases/{editions.new.edition.id}/files/figures.csv"
    takes = {"Accept-Encoding": "gzip"}
    whole, body = raw(editions.client, address, **takes)
    tag = whole.headers["etag"]
    _, plain = raw(editions.client, address)
    for condition in ({}, {"If-Range": tag}):
        rest, end = raw(editions.client, address, Range="bytes=1000-", **takes, **condition)
        assert (rest.status_code, rest.headers["content-encoding"]) == (206, "gzip")
        assert rest.headers["content-range"] == f"bytes 1000-{len(body) - 1}/{len(body)}"
        assert body[:1000] + end == body
    other, all_of_it = raw(editions.client, address, Range="bytes=1000-", **{"If-Range": tag})
    assert (other.status_code, all_of_it) == (200, plain)  # the plain file is another thing
    assert editions.client.get(address, headers={"If-None-Match": tag, **takes}).status_code == 304
    assert (
        editions.client.get(address, headers={"If-None-Match": tag, "Accept-Encoding": "identity"}).status_code == 200
    )
    refused = editions.client.get(address, headers={"Range": f"bytes={len(body)}-", **takes})
    assert problem(refused, 416)["code"] == "range-not-satisfiable"


def test_an_edition_is_whole_without_them(new_database: NewDatabase, tmp_path: Path) -> None:
    address = loaded(new_database("sqlite"))
    made = frozen(address, tmp_path)
    sums = made.path("SHA256SUMS").read_bytes()
    with client_of(address, data_dir=tmp_path) as client:
        file = f"/v1/releases/{made.edition.id}/files/figures.csv"
        _, whole = raw(client, file)
        (made.path("packed") / "figures.csv.zstd").write_bytes(b"cut")
        answer, body = raw(client, file, **{"Accept-Encoding": "zstd"})
        assert ("content-encoding" in answer.headers, body) == (False, whole)
        assert raw(client, file, **{"Accept-Encoding": "br"})[0].headers["content-encoding"] == "br"
        shutil.rmtree(made.path("packed"))
        assert raw(client, file, **{"Accept-Encoding": "br"})[1] == whole
        assert not is_packed(made)
        assert frozen(address, tmp_path) == made
        assert is_packed_truly(made)
        assert raw(client, file, **{"Accept-Encoding": "br"})[0].headers["content-encoding"] == "br"
    assert made.path("SHA256SUMS").read_bytes() == sums
    assert [path.name for path in (tmp_path / "releases").iterdir()] == [made.edition.id]


def test_what_was_changed_under_its_length_is_packed_anew(new_database: NewDatabase, tmp_path: Path) -> None:
    address = loaded(new_database("sqlite"))
    made = frozen(address, tmp_path)
    path = made.path("packed") / "figures.csv.gzip"
    true = path.read_bytes()
    path.write_bytes(bytes(len(true)))
    assert is_packed(made)
    assert not is_packed_truly(made)
    frozen(address, tmp_path)
    assert path.read_bytes() == true
