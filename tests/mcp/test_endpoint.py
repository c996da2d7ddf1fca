"""`/mcp` as any address of the server: methods, limits, links, logs; and a server without the extra."""

import json
from typing import Any
from unittest.mock import patch

import httpx
import httpx2
import pytest
from starlette.testclient import TestClient

from app.mcp import api, endpoint
from tests.conftest import client_of
from tests.running import serving

pytestmark = pytest.mark.databases("sqlite")

META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
}
JSON = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


def message(tool: str = "search", **arguments: Any) -> bytes:
    """A call as the protocol of 2025 has it, which needs no handshake before it."""
    call = {"name": tool, "arguments": arguments or {"q": "80支", "limit": 1}}
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}).encode()


def result_of(response: httpx.Response | httpx2.Response) -> Any:
    """The result of a call."""
    assert response.status_code == 200, response.text
    return response.json()["result"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "DELETE", "PUT", "PATCH"])
def test_other_methods_are_refused(web: httpx.Client, service: str, method: str) -> None:
    response = web.request(method, f"{service}/mcp")
    assert (response.status_code, response.headers["allow"]) == (405, "POST, OPTIONS")


def test_pages_of_other_sites_may_call(web: httpx.Client, service: str) -> None:
    """As they may read everything else: the data are public, and nobody is logged in."""
    origin = {"Origin": "https://example.org"}
    asked = web.options(f"{service}/mcp", headers={**origin, "Access-Control-Request-Method": "POST"})
    assert "POST" in asked.headers["access-control-allow-methods"]
    assert asked.headers["access-control-allow-headers"] == "*"
    response = web.post(f"{service}/mcp", content=message(), headers={**JSON, **origin})
    assert not result_of(response)["isError"]
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cache-control"] == "no-store"


def test_post_is_for_this_address_alone(web: httpx.Client, service: str) -> None:
    assert web.post(f"{service}/v1/figures", content=message(), headers=JSON).status_code == 405
    slash = web.post(f"{service}/mcp/", content=message(), headers=JSON)
    assert (slash.status_code, slash.headers["location"]) == (308, f"{service}/mcp")


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({**JSON, "Content-Type": "text/plain"}, message(), 400),  # which a form of another site could send
        ({}, message(), 400),
        ({**JSON, "Accept": "text/html"}, message(), 406),
        (JSON, b"{no", 400),
        (JSON, b"[" * 30_000, 400),
        (JSON, b"\xff\xfe", 400),
        (JSON, b"", 400),
        (JSON, b"[" + message() + b"," + message() + b"]", 400),  # no batches
        (JSON, message(q="x" * 70_000), 413),
        ({**JSON, "MCP-Protocol-Version": "1999-01-01"}, message(), 400),
    ],
)
def test_what_is_no_message_is_refused(
    web: httpx.Client, service: str, headers: dict[str, str], content: bytes, status: int
) -> None:
    assert web.post(f"{service}/mcp", content=content, headers=headers).status_code == status


def test_a_stream_of_events_is_never_opened(web: httpx.Client, service: str) -> None:
    listen = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "subscriptions/listen",
        "params": {"_meta": META, "notifications": {}},
    }
    headers = {**JSON, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen"}
    response = web.post(f"{service}/mcp", json=listen, headers=headers)
    assert response.json()["error"]["code"] == -32601
    assert response.headers["content-type"] == "application/json"


def test_links_have_the_public_address(address: str) -> None:
    with client_of(address, trust_proxy=True) as client:
        forwarded = {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": "data.example.org",
            "X-Forwarded-Prefix": "/open",
        }
        result = result_of(client.post("/mcp", content=message(), headers={**JSON, **forwarded}))
        direct = client.get("/v1/search?q=80支&limit=1", headers={"Accept": "application/json"})  # not from the cache
    assert result["structuredContent"]["links"]["canonical"].startswith("https://data.example.org/open/v1/search")
    assert direct.json()["links"]["canonical"].startswith("http://testserver/v1/search")
    with client_of(address, allowed_hosts=["data.example.org"]) as client:
        assert client.post("/mcp", content=message(), headers={**JSON, "Host": "evil.example"}).status_code == 400


def test_a_call_counts_as_one_request(address: str) -> None:
    with client_of(address, rate_limit="3/hour") as client:
        call = message("get_record", collection="figures", id="youth-teams")  # two requests of the API
        left = [TestClient.request(client, "POST", "/mcp", content=call, headers=JSON) for _ in range(4)]
        metrics = TestClient.request(client, "GET", "/metrics").text
    assert [each.status_code for each in left] == [200, 200, 200, 429]
    assert 'shanhai_request_duration_seconds_count{route="/mcp",status="2xx"} 3.0' in metrics
    assert left[0].headers["ratelimit"].startswith('"default";r=2;')
    assert left[3].json()["code"] == "too-many-requests"


def test_calls_at_one_time_are_limited(address: str) -> None:
    with client_of(address) as client, patch.dict(endpoint._running, {"testclient": endpoint.CLIENT_CALLS}):
        busy = client.post("/mcp", content=message(), headers=JSON)
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "5")
    with client_of(address) as client, patch.dict(endpoint._running, {"another": endpoint.MAX_CALLS}):
        assert client.post("/mcp", content=message(), headers=JSON).status_code == 503
        endpoint._running.clear()
        assert client.post("/mcp", content=message(), headers=JSON).status_code == 200
        assert not endpoint._running


def test_a_slow_call_ends(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "CALL_TIMEOUT_S", 0.0)
    with client_of(address) as client:
        late = client.post("/mcp", content=message(), headers=JSON)
    assert (late.status_code, late.json()["code"]) == (503, "unavailable")


def test_a_long_answer_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "MAX_ANSWER_BYTES", 1000)
    with client_of(address) as client:
        result = result_of(
            client.post("/mcp", content=message("get_record", collection="figures", id="youth-teams"), headers=JSON)
        )
    assert result["isError"]
    assert "Ask for less" in result["content"][0]["text"]


@pytest.mark.parametrize("version", ["2025-11-25", "2026-07-28"])
def test_an_unexpected_error_reveals_nothing(address: str, monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("app.mcp.api.InnerApi.get", fail)
    call = json.loads(message())
    call["params"]["_meta"] = META
    headers = {**JSON, "MCP-Protocol-Version": version, "Mcp-Method": "tools/call", "Mcp-Name": "search"}
    with client_of(address) as client:
        failed = client.post("/mcp", json=call, headers=headers)
    assert failed.json()["error"]["message"] == "The server failed."
    assert "secret" not in failed.text


def test_a_server_without_the_extra_says_what_to_install(address: str) -> None:
    with client_of(address) as client, patch.object(endpoint, "find_spec", return_value=None):
        missing = client.post("/mcp", content=message(), headers=JSON)
    assert missing.status_code == 404
    assert "pip install 'shanhai[mcp]'" in missing.json()["detail"]
    assert missing.headers["content-type"] == "application/problem+json"


@pytest.mark.slow
def test_calls_are_logged_and_counted_in_all_workers(ready: str) -> None:
    with serving("--workers", "2", "--no-prepare", SHANHAI_DATA_DIR=str(ready), SHANHAI_ACCESS_LOG="all") as (
        client,
        process,
    ):
        for _ in range(8):
            result_of(client.post("/mcp", content=message(), headers=JSON))
        assert 'route="/mcp",status="2xx"' in client.get("/metrics").text
        process.terminate()
        logged = [json.loads(line) for line in process.communicate()[0].splitlines() if '"/mcp"' in line]
    assert {(each["method"], each["status"]) for each in logged} == {("POST", 200)}
    assert sum(each["rows"] for each in logged) > 0  # of the reads that the calls made
