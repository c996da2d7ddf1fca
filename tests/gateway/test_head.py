"""The head of a response stays below what proxies and clients take, however long the query."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from starlette.testclient import TestClient

from app.models import COLLECTIONS
from app.standards.signposting import MAX_LINK_BYTES
from tests.conftest import Record
from tests.problems import problem
from tests.running import HANGS_S, answers, free_port, stop, wait_until

pytestmark = pytest.mark.databases("sqlite")

MAX_HEAD_BYTES = 4_000  # of a response; nginx's buffer is one page of memory
LONG_TEXT = quote("山海" * 90)
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")

# nginx's defaults; `proxy_buffer_size` is that of its usual platforms, beyond which a head is a 502.
NGINX_CONFIGURATION = """
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass {service}; proxy_buffer_size 4k; }} }}
}}
"""


def long_queries(programs: list[Record]) -> Iterator[str]:
    names = ",".join(quote(each["name_zh"]) for each in programs)
    ids = ",".join(each["id"] for each in programs)
    for form in ("", ".csv", ".json", "/aggregate"):
        rest = "&group_by=theme" if form == "/aggregate" else "&limit=20&offset=10"
        yield f"/v1/programs{form}?name_zh__in={names}{rest}"
        yield f"/v1/programs{form}?id__in={ids}{rest}"
        yield f"/v1/programs{form}?summary_zh__contains={LONG_TEXT}{rest}"
    for page in ("/zh/programs", "/en/programs"):
        yield f"{page}?id__in={ids}"
        yield f"{page}?summary_zh__contains={LONG_TEXT}"
    yield f"/v1/search?q={LONG_TEXT}"


def head_bytes(response: Any) -> int:
    return sum(len(name) + len(value) + len(": \r\n") for name, value in response.headers.raw)


def test_a_long_query_does_not_make_a_long_head(client: TestClient, everything: dict[str, list[Record]]) -> None:
    for path in long_queries(everything["programs"]):
        response = client.get(path, headers={"X-Request-Id": "x" * 128, "Accept": "*/*"})
        assert response.status_code in {200, 422}, path
        assert len(response.headers.get("link", "")) <= MAX_LINK_BYTES, path
        assert head_bytes(response) < MAX_HEAD_BYTES, path
        if path.startswith("/v1/programs?") and "contains" not in path:
            assert response.json()["links"]["self"].startswith("http://testserver/v1/programs?")


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/v1/programs/?", "/v1/programs"),
        ("/v1/programs.csv//?", "/v1/programs.csv"),
        ("/zh/programs/?", "/zh/programs"),
        ("/v1/nothing/?", "/v1/nothing"),
        ("/zh/programs?sort=&", "/zh/programs"),
        ("/en/search?sort=&", "/en/search"),
        ("/v1/releases/latest/figures.csv?", "/v1/releases/"),
    ],
)
def test_a_redirect_with_a_long_query_is_refused(client: TestClient, path: str, location: str) -> None:
    """Its Location would make the head too long, and without the query it would lead to other data."""
    for text, status in (("a" * 1_800, None), ("a" * 3_000, 414), ("山海" * 800, 414)):
        response = client.get(f"{path}q={text}", headers={"X-Request-Id": "x" * 128}, follow_redirects=False)
        assert head_bytes(response) < MAX_HEAD_BYTES
        if status:
            assert f"redirects to http://testserver{location}" in problem(response, status)["detail"]
        else:
            assert response.status_code in {303, 307, 308}
            assert response.headers["location"].endswith(f"?q={text}")


@pytest.mark.parametrize("path", ["/", "/zh", "/en/figures", "/v1", *(f"/v1/{slug}" for slug in COLLECTIONS)])
def test_the_head_of_an_ordinary_response_is_short(client: TestClient, path: str) -> None:
    assert head_bytes(client.get(path)) < MAX_HEAD_BYTES


@pytest.mark.skipif(not NGINX, reason="nginx is not installed")
def test_nginx_passes_long_queries_on(service: str, tmp_path: Path, everything: dict[str, list[Record]]) -> None:
    port = free_port()
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(NGINX_CONFIGURATION.format(folder=tmp_path, port=port, service=service), "utf-8")
    nginx = subprocess.Popen([str(NGINX), "-p", str(tmp_path), "-e", "error.log", "-c", str(configuration)], text=True)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=HANGS_S) as client:
            wait_until(lambda: answers(client))
            for path in long_queries(everything["programs"]):
                assert client.get(path).status_code in {200, 422}, path
    finally:
        stop(nginx)
