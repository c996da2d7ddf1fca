"""Static files: compressed once, cached for good at the address that names their content, revalidated at any other."""

import hashlib
import os
import re
from pathlib import Path

import pytest
from starlette.routing import Mount
from starlette.testclient import TestClient

from app.gateway.static_files import StaticFiles
from app.http.compression import CODINGS
from app.http.headers import IMMUTABLE, REVALIDATE
from tests.http.wire import DECODE, raw

pytestmark = pytest.mark.databases("sqlite")

PATHS = ["/static/style.css", "/static/mark.svg", "/static/guides/results.svg", "/docs/reader/swagger-ui.css"]


@pytest.mark.parametrize("path", PATHS)
def test_each_coding_is_the_same_file_with_its_own_etag(client: TestClient, path: str) -> None:
    plain, content = raw(client, path)
    tags = {plain.headers["etag"]}
    for coding in CODINGS:
        for _ in "12":  # read, cached
            response, body = raw(client, path, **{"Accept-Encoding": coding})
            assert response.headers["content-encoding"] == coding
            assert int(response.headers["content-length"]) == len(body) < len(content)
            assert DECODE[coding](body) == content
        tag = response.headers["etag"]
        assert client.get(path, headers={"Accept-Encoding": coding, "If-None-Match": tag}).status_code == 304
        tags.add(tag)
    assert len(tags) == 1 + len(CODINGS)
    part = client.get(path, headers={"Accept-Encoding": "br", "Range": "bytes=3-9", "If-Range": plain.headers["etag"]})
    assert (part.status_code, part.content) == (206, content[3:10])


@pytest.mark.parametrize("path", PATHS)
def test_only_the_address_that_names_the_content_is_immutable(client: TestClient, path: str) -> None:
    version = hashlib.sha256(client.get(path).content).hexdigest()[:12]
    policies = {f"?v={version}": IMMUTABLE, "": REVALIDATE, "?v=old": REVALIDATE, f"?v={version}&v=1": REVALIDATE}
    assert {query: client.get(path + query).headers["cache-control"] for query in policies} == policies


@pytest.mark.parametrize("page", ["/en", "/zh/charts/jobs", "/zh/docs/reference"])
def test_pages_refer_to_their_files_by_content(client: TestClient, page: str) -> None:
    addresses = set(re.findall(r"[\"'](?:http://[^/\"']+)?(/(?:static|docs/\w+)/[^\"']+)", client.get(page).text))
    assert addresses
    own = {address for address in addresses if "vega.js" not in address}  # it takes seconds to make
    assert {client.get(address).headers["cache-control"] for address in own} == {IMMUTABLE}


@pytest.mark.parametrize("path", ["/static/none.css", "/static/", "/static/guides/zh", "/docs/reader/../../main.py"])
def test_there_is_nothing_beside_the_files(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_a_changed_file_is_read_anew_and_one_larger_than_the_cache_is_served(
    client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.gateway.static_files.MAX_CACHED_BYTES", 100)
    files, file = StaticFiles(tmp_path), tmp_path / "file.txt"
    monkeypatch.setattr(client.app.app.router, "routes", [Mount("/changing", files)])  # type: ignore[attr-defined]
    for number, content in enumerate((b"a" * 60, b"b" * 60, b"c" * 600)):
        file.write_bytes(content)
        os.utime(file, (number, number))
        assert client.get("/changing/file.txt", headers={"Accept-Encoding": "identity"}).content == content
