"""`shanhai mcp`: the same tools over stdin and stdout, of the local database or of a server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from mcp.client.stdio import StdioServerParameters

from app.cli.console import NOT_AVAILABLE, USAGE_ERROR
from app.settings import ROOT
from tests.cli.proxy import proxy
from tests.mcp.conftest import Assistant, connected
from tests.running import PROGRAM, shanhai_apart

pytestmark = pytest.mark.slow  # starts programs


def started(*arguments: str, **environment: str) -> StdioServerParameters:
    return StdioServerParameters(command=str(PROGRAM), args=[*arguments], env={"PATH": "/usr/bin:/bin", **environment})


@pytest.fixture(scope="module")
def local(ready: Path) -> Iterator[Assistant]:
    with connected(started("mcp", SHANHAI_DATA_DIR=str(ready), SHANHAI_BASE_URL="https://data.example.org")) as opened:
        yield opened


def test_the_local_database_is_read(local: Assistant, assistant: Assistant) -> None:
    assert [each.name for each in local.run("list_tools").tools] == [
        each.name for each in assistant.run("list_tools").tools
    ]
    question = {"collection": "figures", "filters": {"id": "youth-teams"}}
    answer = local.data("list_records", **question)
    assert answer["data"] == assistant.data("list_records", **question)["data"]
    assert answer["links"]["canonical"].startswith("https://data.example.org/v1/figures?")
    refused = {"collection": "figures", "measure": ["sum:value"]}
    assert local.refusal("aggregate", **refused) == assistant.refusal("aggregate", **refused)


def test_a_server_is_read(service: str, assistant: Assistant) -> None:
    """By the configuration that the guide has."""
    [text] = re.findall(r"```jsonc\n(.*?)```", (ROOT / "docs" / "tools.md").read_text("utf-8"), re.DOTALL)
    [written] = json.loads(text)["mcpServers"].values()
    assert Path(PROGRAM).name == written["command"]
    with connected(started(*written["args"], **dict.fromkeys(written["env"], f"{service}/v1/"))) as remote:
        assert remote.data("search", q="80支") == assistant.data("search", q="80支")
        refused = {"collection": "figures", "filters": {"unit": "RMB"}}
        assert remote.refusal("list_records", **refused) == assistant.refusal("list_records", **refused)


def test_a_server_that_is_not_there_is_named() -> None:
    unused = "http://127.0.0.1:9"
    with connected(started("mcp", SHANHAI_URL=unused)) as remote:
        assert unused in remote.refusal("search", q="80支")


def test_a_server_of_another_kind_is_named(service: str) -> None:
    with proxy(service) as other:
        other.identity, other.change = True, lambda answer: (*answer[:2], b"<html>")
        with connected(started("mcp", SHANHAI_URL=other.base)) as remote:
            assert "not as a Shanhai server would" in remote.refusal("search", q="80支")


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"SHANHAI_URL": "data.example.org"}, "is no address of a server"),
        ({"SHANHAI_URL": "http://[::1"}, "is no address of a server"),
        ({"SHANHAI_URL": "https://data.example.org", "ALL_PROXY": "socks5://127.0.0.1:9"}, "The proxy of the"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_usage_error(environment: dict[str, str], message: str) -> None:
    done = shanhai_apart("mcp", COLUMNS="200", TERM="dumb", **environment)
    assert (done.returncode, message in done.stderr, "Traceback" in done.stderr) == (USAGE_ERROR, True, False)


def test_an_empty_database_says_what_to_do(tmp_path: Path) -> None:
    done = shanhai_apart("mcp", SHANHAI_DATA_DIR=str(tmp_path))
    assert done.returncode == NOT_AVAILABLE
    assert "Set SHANHAI_DATA_DIR" in done.stderr


def test_help_names_the_server() -> None:
    assert "SHANHAI_URL" in shanhai_apart("mcp", "--help", COLUMNS="200", TERM="dumb").stdout
