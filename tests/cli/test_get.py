"""`shanhai get` and `shanhai cite`: what they request, what they print, and what they say when it goes wrong."""

import json
import os
import pty
import signal
import subprocess
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from app.cli import cli
from app.cli.output import Output
from app.client import Misconfigured, Server, printable
from tests.cli.proxy import Answer, Faults
from tests.running import PROGRAM, free_port, shanhai, wait_until
from tests.test_readme import BASE, examples

MONEY = ["figures", "--where", "unit=CNY", "--where", "per__isnull=true", "--sort", "-value", "--fields", "id,value"]


def output_of(service: str, *arguments: str) -> bytes:
    result = CliRunner().invoke(cli, [*arguments], env={"SHANHAI_URL": service})
    assert result.exit_code == 0, result.stderr
    return result.stdout_bytes


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ([*MONEY, "--format", "csv"], "figures.csv?unit=CNY&per__isnull=true&sort=-value&fields=id,value"),
        (["figures", "--q", "8740万", "--limit", "1", "--labels", "zh"], "figures.json?q=8740万&labels=zh&limit=1"),
        (["programs", "--include", "figures", "--format", "ndjson"], "programs.ndjson?include=figures"),
        (["places", "--format", "xlsx"], "places.xlsx"),
        (["figures/youth-teams"], "figures/youth-teams"),
        (["/v1/figures/youth-teams/evidence", "--format", "jsonld"], "figures/youth-teams/evidence?format=jsonld"),
        (["figures/aggregate", "--where", "group_by=unit"], "figures/aggregate?group_by=unit"),
        (["figures?unit=team", "--fields", "id"], "figures.json?unit=team&fields=id"),
        (["dictionary", "--where", "format=csv"], "dictionary?format=csv"),
        (["figures", "--release", "latest"], "releases/latest/files/figures.csv"),
        (["figures", "--release", "latest", "--format", "parquet"], "releases/latest/files/figures.parquet"),
        (["SHA256SUMS", "--release", "latest", "-o", "-"], "releases/latest/files/SHA256SUMS"),
    ],
)
def test_get_prints_what_the_api_answers(web: httpx.Client, service: str, arguments: list[str], path: str) -> None:
    answer = web.get(f"{service}/v1/{path}", follow_redirects=True).raise_for_status().content
    assert output_of(service, "get", *arguments).replace(b"+", b"%20") == answer.replace(b"+", b"%20")


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ([], "citation.bib"),
        (["figures/youth-teams"], "citation.bib?figure=youth-teams"),
        (["youth-teams", "--style", "csl"], "citation.csl.json?figure=youth-teams"),
        (["--style", "cff"], "citation.cff"),
    ],
)
def test_cite_prints_what_the_api_answers(web: httpx.Client, service: str, arguments: list[str], path: str) -> None:
    assert output_of(service, "cite", *arguments) == web.get(f"{service}/v1/{path}").content


@pytest.mark.parametrize("suffix", ["parquet", "xlsx", "csv", "jsonl"])
def test_the_name_of_a_file_says_its_format(web: httpx.Client, service: str, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"p.{suffix}"
    done = shanhai("get", "places", "-o", target, SHANHAI_URL=service)
    assert (done.returncode, done.stdout) == (0, "")
    assert f"{target}: {target.stat().st_size:,} bytes" in done.stderr
    assert target.read_bytes() == web.get(f"{service}/v1/places.{suffix}").content


@pytest.mark.parametrize(
    ("arguments", "status", "messages"),
    [
        (["get", "figures", "--where", "unti=CNY"], 2, ["unti: ", "Did you mean 'unit'?"]),
        (["get", "figures", "--where", "status=done"], 2, ["Allowed: achieved, planned, projected"]),
        (["get", "figures", "--where", "unit=x"], 2, [" … and 66 more"]),
        (["get", "figures", "--where", "unit=cny"], 2, ["Did you mean 'CNY'?"]),
        (["get", "figures", "--where", "unit"], 2, ["'unit' is not of the form FIELD=VALUE"]),
        (["get", "figures", "--format", "cvs"], 3, ["There is no format 'cvs'"]),
        (["get", "figurs"], 3, ["Did you mean '/v1/figures'?"]),
        (["get", "figures/youth-team"], 3, ["No figure has the id 'youth-team'"]),
        (["get", "figures/a b#c?x=\n"], 2, ["x: "]),
        (["get", "figures.xsl", "--release", "latest"], 3, ["status 404"]),
        (["get", "figures", "--release", "2020-01-nothing"], 3, ["status 404"]),
        (["get", "figures", "--release", "latest", "--sort", "id"], 2, ["A release's file is whole"]),
        (["get", "figures", "-o", "figures.tsv"], 2, ["'.tsv' is no format", ".parquet, .xlsx"]),
        (["get", "figures", "--release", "latest", "-o", "figures.csv.gz"], 2, ["'.gz' is no format"]),
        (["get", "http://127.0.0.1:8000/en/figures"], 2, ["is not below /v1"]),
        (["cite", "places/bijiang"], 2, ["Write figures/ID"]),
        (["cite", "nothing-of-this"], 2, ["No figure has the id"]),
        (["cite", "--style", "apa"], 3, ["There is no citation style 'apa'", "/v1/citation.ris"]),
        (["get", "figures", "--server", "data.example.org"], 2, ["Write it like"]),
        (["get", "figures", "--server", "http://"], 2, ["is no address"]),
        (["get", "figures", "--server", "http://nothing.invalid"], 3, ["cannot be reached"]),
    ],
)
def test_what_is_wrong_is_said_with_a_status(
    service: str, arguments: list[str], status: int, messages: list[str]
) -> None:
    done = shanhai(*arguments, SHANHAI_URL=service, COLUMNS="200")
    assert (done.returncode, done.stdout, "Traceback" in done.stderr) == (status, "", False), done.stderr
    assert all(message in done.stderr for message in messages), done.stderr


def test_an_address_that_is_copied_names_its_server(service: str) -> None:
    address = f"{service}/v1/figures/youth-teams/evidence"
    done = shanhai("get", address, SHANHAI_URL="http://nothing.invalid")
    assert (done.returncode, json.loads(done.stdout)["links"]["self"]) == (0, address), done.stderr


def test_a_server_that_does_not_answer(tmp_path: Path) -> None:
    done = shanhai("get", "figures", "-o", tmp_path / "f.csv", SHANHAI_URL=f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 3
    assert "Set --server or SHANHAI_URL" in done.stderr
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<html>"),
        (200, b'{"data": {"collections": 1, "release": {}}}'),
        (200, b"\xff"),
        (500, b"[]"),
        (500, b'{"title": "\x1b[2J"}'),
    ],
)
def test_another_service_is_not_taken_for_one(faults: Faults, status: int, body: bytes) -> None:
    faults.change = lambda _: (status, {"content-type": "application/json"}, body)
    for command in (["get", "figures"], ["verify", "--source", __file__, "--server", faults.base]):
        done = shanhai(*command, SHANHAI_URL=faults.base)
        assert (done.returncode, "Traceback" in done.stderr, "\x1b[2J" in done.stderr) == (3, False, False), done.stderr
        assert "Shanhai server" in done.stderr


def test_an_address_may_have_a_path_and_a_password(faults: Faults) -> None:
    server = Server("http://me:secret@example.org/data/v1/", print)
    assert str(server.url("figures", [("unit", "CNY")])) == "http://example.org/data/v1/figures?unit=CNY"
    shanhai("get", "figures/youth-teams", SHANHAI_URL=faults.base.replace("//", "//me:secret@"))
    assert faults.requests[0][2]["authorization"].startswith("Basic ")
    with pytest.raises(Misconfigured):
        Server("ftp://example.org", print)


def test_transfer_is_compressed(faults: Faults) -> None:
    encodings: list[str | None] = []

    def note(answer: Answer) -> Answer:
        encodings.append(answer[1].get("content-encoding"))
        return answer

    faults.change = note
    assert json.loads(output_of(faults.base, "get", "figures.json"))["meta"]["total"] == 32
    assert encodings == ["zstd"]


def test_what_controls_a_terminal_is_not_printed() -> None:
    assert printable("a\x1b]0;x\x07\u202eb\u2066\x9b\r中\t\n") == "a�]0;x��b���中\t\n"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have stdout pass for a terminal."""
    monkeypatch.setattr(Output, "is_terminal", property(lambda self: self.target is None))


@pytest.mark.usefixtures("terminal")
class TestOnATerminal:
    def test_records_are_a_table(self, service: str) -> None:
        done = shanhai("get", *MONEY, "--limit", "2", SHANHAI_URL=service)
        assert [line.split() for line in done.stdout.splitlines()] == [
            ["id", "value"],
            ["produce-sales-in-east", "701500000"],
            ["funds-in-place", "350000000"],
        ]
        assert "2 of 7 records, 2 of 2 keys" in done.stderr

    @pytest.mark.parametrize(("locale", "name"), [("zh_CN.UTF-8", "name_zh"), ("C.UTF-8", "name_en")])
    def test_a_table_is_in_the_language_of_the_terminal(self, service: str, locale: str, name: str) -> None:
        done = shanhai("get", "places", SHANHAI_URL=service, LANG=locale)
        assert done.stdout.split()[:2] == ["id", name]

    def test_a_document_is_indented(self, service: str) -> None:
        assert '\n  "data": {\n    "id": "youth-teams"' in output_of(service, "get", "figures/youth-teams").decode()
        assert '"name_zh": "青少年篮球队数"' in output_of(service, "get", "figures/youth-teams").decode()
        assert output_of(service, "get", "places", "--limit", "1", "--format", "json").startswith(b"{\n")

    def test_a_text_is_a_text(self, service: str) -> None:
        assert output_of(service, "get", "figures", "--format", "csv", "--fields", "id").startswith(b"id\nbasket")
        assert output_of(service, "cite").startswith(b"@")

    @pytest.mark.parametrize(
        "arguments",
        [["--format", "parquet"], ["--format", "xlsx"], ["--format", "parquet", "--release", "latest"]],
    )
    def test_a_binary_format_is_refused(self, service: str, arguments: list[str]) -> None:
        done = shanhai("get", "figures", *arguments, SHANHAI_URL=service)
        assert (done.returncode, done.stdout) == (2, "")
        assert "--output" in done.stderr


@pytest.mark.slow
def test_on_a_real_terminal(service: str) -> None:
    main, side = pty.openpty()
    done = subprocess.Popen(
        [PROGRAM, "get", "figures", "--limit", "3"], stdout=side, stderr=side, env={"SHANHAI_URL": service}
    )
    os.close(side)
    text = b""
    while more := _read(main):
        text += more
    assert done.wait() == 0
    assert "3 of 32 records" in text.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # nobody has it open any more
        return b""


@pytest.mark.slow
def test_a_reader_that_has_enough_ends_it_silently(service: str) -> None:
    script = f"set -o pipefail; {PROGRAM} get figures --format ndjson | head -c 5"
    environment = {"SHANHAI_URL": service, "PATH": os.environ["PATH"]}
    for _ in range(3):  # `head` may be slower than a pipe is long
        done = subprocess.run(["bash", "-c", script], env=environment, capture_output=True, check=False)
        assert (done.returncode in {0, 141}, done.stderr) == (True, b"")


@pytest.mark.slow
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_the_next_call_continues(
    faults: Faults, tmp_path: Path, number: signal.Signals, status: int
) -> None:
    command = [str(PROGRAM), "get", "dataset.zip", "--release", "latest", "-o", str(tmp_path / "d.zip")]
    environment = {"SHANHAI_URL": faults.base}
    process = subprocess.Popen(
        command,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # which shells ignore in the background
    )

    def interrupt() -> None:
        wait_until(lambda: any(path.stat().st_size for path in tmp_path.iterdir()))
        process.send_signal(number)
        process.wait()

    faults.cuts, faults.on_cut = [100_000], interrupt
    with process:  # closes its stderr
        assert "Traceback" not in process.communicate()[1]
    assert process.returncode == status
    assert [0 < path.stat().st_size <= 100_000 for path in tmp_path.iterdir()] == [True]
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["d.zip"]


@pytest.mark.slow
@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_complete_commands_and_words(shell: str) -> None:
    def run(**environment: str) -> str:
        return subprocess.run([PROGRAM], env=environment, capture_output=True, text=True, check=True).stdout

    assert "_SHANHAI_COMPLETE" in run(_SHANHAI_COMPLETE=f"source_{shell}")
    words = {"COMP_WORDS": "shanhai get fig", "COMP_CWORD": "2", "_TYPER_COMPLETE_ARGS": "shanhai get fig"}
    assert "figures" in run(_SHANHAI_COMPLETE=f"complete_{shell}", _TYPER_COMPLETE_FISH_ACTION="get-args", **words)


@pytest.mark.slow
def test_the_commands_in_the_guide_run(service: str, tmp_path: Path) -> None:
    (example,) = (block for name, block in examples("sh") if name == "docs/tools.md" and "shanhai get" in block)
    environment = {"PATH": f"{PROGRAM.parent}:/usr/bin:/bin", "SHANHAI_URL": service}
    script = example.replace(BASE, service)
    done = subprocess.run(["sh", "-euc", script], env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "money.csv").exists()
