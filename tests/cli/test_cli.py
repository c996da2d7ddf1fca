"""The program: help that helps, statuses that mean something, and a server that starts, stops and survives."""

import json
import shutil
import signal
import socket
from contextlib import closing
from pathlib import Path

import httpx
import psutil
import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.cli.console import noting_failure
from app.db import Database
from app.load import InvalidSeed
from tests import databases, run
from tests.attacks.server import Attacked
from tests.conftest import SEED, NewDatabase, loaded
from tests.load.editing import Break, cell, edit
from tests.running import HANGS_S, free_port, serving, shanhai, shanhai_apart, wait_until

WRONG_TOKEN = cell("figures.csv", "fiscal-aid-funds", "as_stated", "8741万元")
COMMANDS = ["serve", "migrate", "load", "locate", "verify", "doctor", "backup", "restore", "get", "cite"]


def test_every_command_has_help_with_an_example() -> None:
    listed = CliRunner().invoke(cli, ["--help"]).output
    for command in COMMANDS:
        assert command in listed
        result = CliRunner().invoke(cli, [command, "--help"])
        assert result.exit_code == 0
        assert "Example: " in result.output
    assert "Exit status" in listed


def test_the_version_is_reported() -> None:
    from app import __version__

    assert CliRunner().invoke(cli, ["--version"]).output.strip() == __version__


def test_a_first_start_makes_everything_and_a_second_changes_nothing(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with serving(SHANHAI_DATA_DIR=str(data)) as (client, process):
        assert client.get("/readyz").json()["status"] == "ready"
        assert client.get("/v1/figures").json()["meta"]["total"] == 32
        assert (
            client.get("/v1/figures?sort=-value", headers={"Accept-Encoding": "br"}).headers["content-encoding"] == "br"
        )
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=HANGS_S)[0]
    assert process.returncode in {0, -signal.SIGTERM}
    assert "portal" in output
    assert "/docs" in output
    assert "curl 'http" in output
    before, left = (data / "shanhai.sqlite").read_bytes(), data / "shanhai.sqlite.loading"
    left.write_bytes(b"left by a load that was killed")
    with serving(SHANHAI_DATA_DIR=str(data)) as (client, _):
        assert client.get("/readyz").status_code == 200
    assert (data / "shanhai.sqlite").read_bytes() == before
    assert not left.exists()


def test_two_workers_serve_postgresql(new_database: NewDatabase) -> None:
    with serving("--no-prepare", "--workers", "2", DATABASE_URL=loaded(new_database("postgresql"))) as (client, _):
        assert client.get("/readyz").json()["status"] == "ready"
        assert {client.get("/v1/figures").headers["etag"] for _ in range(20)} == {
            client.get("/v1/figures").headers["etag"]
        }


@pytest.mark.parametrize(
    ("spoil", "file"), [(WRONG_TOKEN, "figures.csv:"), (edit("catalog.toml", "[title]", "[title"), "catalog.toml:")]
)
def test_a_broken_seed_keeps_what_was_loaded_served(
    ready: Path, tmp_path: Path, seed: Path, spoil: Break, file: str
) -> None:
    spoil(seed)
    environment = {"SHANHAI_DATA_DIR": str(tmp_path / "data"), "SHANHAI_SEED_DIR": str(seed)}
    nothing_yet = shanhai("serve", PORT=str(free_port()), **environment)
    assert nothing_yet.returncode == 1
    assert file in nothing_yet.stderr
    shutil.copytree(ready, tmp_path / "data", dirs_exist_ok=True)
    with serving(**environment) as (client, process):
        assert client.get("/v1/figures").json()["meta"]["total"] == 32
        assert "shanhai_load_failed 1.0" in client.get("/metrics").text
        process.terminate()
        output = process.communicate(timeout=HANGS_S)[0]
    assert file in output
    assert "the previous release is served" in output


def test_the_outcome_of_the_last_load_is_noted(tmp_path: Path) -> None:
    mark = tmp_path / "load-failed"
    with pytest.raises(InvalidSeed), noting_failure(mark):
        raise InvalidSeed([])
    assert mark.exists()
    with noting_failure(mark):
        assert mark.exists()  # until the next has succeeded
    assert not mark.exists()
    with (
        pytest.raises(InvalidSeed),
        noting_failure(tmp_path / "none" / "load-failed"),
    ):  # a data folder of somebody else
        raise InvalidSeed([])


@pytest.mark.parametrize(
    "spoil",
    [
        WRONG_TOKEN,
        cell("enterprises.csv", "huaqin", "program_id", "labour-coperation"),
        lambda seed: (seed / "places.csv").write_bytes((seed / "places.csv").read_text("utf-8").encode("gb18030")),
        edit("figures.csv", ",status,", ",state,"),
    ],
    ids=["wrong token", "unknown reference", "bad encoding", "missing column"],
)
def test_a_broken_seed_is_reported_line_by_line(tmp_path: Path, seed: Path, spoil: Break) -> None:
    address = loaded(f"sqlite:///{tmp_path / 'shanhai.sqlite'}")
    spoil(seed)
    done = shanhai("load", seed, DATABASE_URL=address)
    assert done.returncode == 1
    assert done.stdout == ""
    assert ".csv:" in done.stderr
    assert "nothing was changed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "status", "message"),
    [
        (["load"], {"DATABASE_URL": "postgresql://user:secret@127.0.0.1:1/x"}, 3, "does not answer"),
        (["migrate"], {"DATABASE_URL": "postgresql://user:secret@127.0.0.1:1/x"}, 3, "does not answer"),
        (["serve"], {"DATABASE_URL": "postgresql://user:secret@127.0.0.1:1/x"}, 3, "does not answer"),
        (["load"], {"DATABASE_URL": "mysql://127.0.0.1/x"}, 2, "sqlite:///… or postgresql://…"),
        (["load"], {"DATABASE_URL": "nonsense"}, 2, "sqlite:///… or postgresql://…"),
        (["load"], {"DATABASE_URL": "postgresql://host:port/x"}, 2, "sqlite:///… or postgresql://…"),
        (["load"], {"DATABASE_URL": "postgresql://user:secret@127.0.0.1:1,[::1]:1/x"}, 3, "does not answer"),
        (["load"], {"DATABASE_URL": "postgresql://user:secret@one:1,two:port/x"}, 2, "sqlite:///… or postgresql://…"),
        (["load"], {"SHANHAI_READ_URL": "postgresql://user:secret@one/x"}, 2, "Set DATABASE_URL to"),
        (["load"], {"SHANHAI_READ_URL": "sqlite:///x"}, 2, "SHANHAI_READ_URL: This is not a PostgreSQL URL"),
        (["migrate"], {"SHANHAI_DATA_DIR": "/proc/nothing"}, 3, "/proc/nothing"),
        (["load", str(SEED / "figures.csv")], {}, 1, "No such folder"),
        (["load"], {}, 3, "Run `shanhai migrate`"),
        (["load"], {"SHANHAI_BASE_URL": "notaurl"}, 2, "Use for example https://data.example.org"),
        (
            ["load"],
            {"SHANHAI_RATE_LIMIT": "lots"},
            2,
            "SHANHAI_RATE_LIMIT: This is not valid. Use for example 600/minute",
        ),
        (["load"], {"SHANHAI_ALLOWED_HOSTS": "http://x"}, 2, "Use for example data.example.org,*.example.net"),
        (["load"], {"SHANHAI_TRUST_PROXY": "perhaps"}, 2, "SHANHAI_TRUST_PROXY"),
        (["load"], {"PORT": "http"}, 2, "PORT"),
        (["load", "nowhere"], {}, 1, "No such folder"),
        (["verify", "--source", "nowhere.txt"], {}, 3, "nowhere.txt cannot be read"),
        (["locate", "nowhere.txt"], {}, 3, "nowhere.txt cannot be read"),
        (["verify"], {}, 2, "--source"),
        (["serve", "--workers", "0"], {}, 2, "--workers"),
        (["fly"], {}, 2, "No such command"),
    ],
)
def test_what_is_wrong_is_reported_with_a_status(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], status: int, message: str
) -> None:
    if arguments[:1] == ["load"] and len(arguments) > 1:
        shanhai("migrate", SHANHAI_DATA_DIR=str(tmp_path))
    done = shanhai(*arguments, **{"SHANHAI_DATA_DIR": str(tmp_path), "PORT": str(free_port()), **environment})
    assert (done.returncode, message in done.stderr) == (status, True), done.stderr
    assert "Traceback" not in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status"), [(["--version"], 0), (["load", "nowhere"], 1), (["fly"], 2), (["load"], 3)]
)
def test_the_process_ends_with_that_status(tmp_path: Path, arguments: list[str], status: int) -> None:
    if "nowhere" in arguments:
        shanhai("migrate", SHANHAI_DATA_DIR=str(tmp_path))
    done = shanhai_apart(*arguments, SHANHAI_DATA_DIR=str(tmp_path))
    assert (done.returncode, "Traceback" in done.stderr) == (status, False), done.stderr


def test_verify_needs_something_served(tmp_path: Path, article: Path) -> None:
    done = shanhai("verify", "--source", article, SHANHAI_DATA_DIR=str(tmp_path))
    assert done.returncode == 3
    assert "Traceback" not in done.stderr


def test_loading_in_a_place_of_ones_own(tmp_path: Path) -> None:
    address = {"SHANHAI_DATA_DIR": str(tmp_path / "deep" / "er")}
    assert shanhai("load", **address).returncode == 3  # no schema yet
    assert shanhai("migrate", **address).returncode == 0
    first = shanhai("load", SEED, **address)
    assert "loaded: " in first.stderr
    assert "unchanged: " in shanhai("load", SEED, **address).stderr


def test_a_schema_from_the_future_is_reported(tmp_path: Path) -> None:
    address = loaded(f"sqlite:///{tmp_path / 'shanhai.sqlite'}")
    with Database(address, "migrate") as database, database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    for command in ("migrate", "load", "serve"):
        done = shanhai(command, DATABASE_URL=address, PORT=str(free_port()))
        assert (done.returncode, "9999" in done.stderr, "Traceback" in done.stderr) == (3, True, False), done.stderr


def test_a_file_that_is_no_database_is_reported(tmp_path: Path) -> None:
    (tmp_path / "shanhai.sqlite").write_bytes(b"nothing of the kind" * 100)
    for command in ("migrate", "load", "serve"):
        done = shanhai(command, SHANHAI_DATA_DIR=str(tmp_path), PORT=str(free_port()))
        assert (done.returncode, "not a database" in done.stderr, "Traceback" in done.stderr) == (3, True, False)


def test_the_server_reads_what_people_type(service: str) -> None:
    with closing(socket.socket()) as raw:
        raw.connect(("127.0.0.1", httpx.URL(service).port or 0))
        raw.settimeout(HANGS_S)
        raw.sendall("GET /v1/places?name_zh__startswith=东莞&fields=id HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = b""
        while b'"links":{' not in answer or not answer.endswith(b"}"):
            answer += raw.recv(65536)
        assert b'"data":[{"id":"dongguan"}]' in answer
        assert answer.startswith(b"HTTP/1.1 200 ")
        raw.sendall(b"certainly not HTTP\r\n\r\n")
        answer = b""
        while more := raw.recv(65536):  # until the server closes
            answer += more
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 400 ")
        assert b"application/problem+json" in head
        assert b"access-control-allow-origin: *" in head
        assert json.loads(body)["code"] == "bad-request"


def test_a_port_that_is_taken_is_reported_before_anything_is_done(tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        done = shanhai_apart("serve", PORT=str(taken.getsockname()[1]), SHANHAI_DATA_DIR=str(tmp_path / "data"))
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    assert "Choose another port with PORT=" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_a_silent_database_does_not_keep_the_server_from_stopping() -> None:
    own = databases.start(run.current.folder / "silent")
    postmaster = psutil.Process(own.pid)
    with serving(DATABASE_URL=own.address) as (client, process):
        family = [postmaster, *postmaster.children(recursive=True)]
        with closing(socket.create_connection((client.base_url.host, client.base_url.port or 0))) as waiting:
            try:
                for each in family:
                    each.suspend()
                waiting.sendall(b"GET /v1/figures?sort=value HTTP/1.1\r\nHost: x\r\n\r\n")
                assert client.get("/healthz").status_code == 200  # sent later, so the other is under way by now
                process.terminate()
                process.wait(HANGS_S)
                assert not waiting.recv(65536).startswith(b"HTTP/1.1 200")
            finally:
                for each in family:
                    each.resume()
    postmaster.send_signal(signal.SIGINT)
    postmaster.wait()


@pytest.mark.slow
def test_workers_that_end_refuse_connections_while_they_send_the_last_responses(ready: Path) -> None:
    with serving("--no-prepare", "--workers", "2", SHANHAI_DATA_DIR=str(ready)) as (client, process):
        address = client.base_url.host, client.base_url.port or 0

        def refuses() -> bool:
            try:
                socket.create_connection(address, HANGS_S).close()
            except ConnectionRefusedError:
                return True
            return False

        with closing(Attacked(str(client.base_url).rstrip("/"), process.pid).unread("/openapi.json")) as unread:
            assert unread.recv(1)
            process.terminate()
            wait_until(refuses)
            assert process.poll() is None
            while unread.recv(65536):
                pass
        process.wait(HANGS_S)
