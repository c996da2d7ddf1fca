"""Downloads that break, change, arrive damaged or have no place: a file is whole and right, or there is none."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.client import Failure, Server, save_frozen
from tests.cli.proxy import Answer, Faults
from tests.running import shanhai

FROZEN = ["get", "dataset.zip", "--release", "latest"]


@pytest.fixture
def published(web: httpx.Client, service: str) -> bytes:
    path = f"{service}/v1/releases/latest/files/dataset.zip"
    return web.get(path, follow_redirects=True).raise_for_status().content


def listing(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def another(answer: Answer) -> Answer:
    """Give a content another strong validator, as if it had changed."""
    status, headers, body = answer
    return status, headers | {"etag": '"another"'}, body


def damaged(answer: Answer) -> Answer:
    status, headers, body = answer
    return status, headers, body[:-1] + bytes([body[-1] ^ 1]) if body else body


def test_a_download_continues_where_it_broke_off(faults: Faults, tmp_path: Path, published: bytes) -> None:
    faults.cuts = [100_000, 50_000]
    done = shanhai(*FROZEN, "-o", tmp_path / "d.zip", SHANHAI_URL=faults.base)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "d.zip").read_bytes() == published
    assert faults.ranges == [None, "bytes=100000-", "bytes=150000-"]
    etags = {headers["if-range"] for _, _, headers in faults.requests if "if-range" in headers}
    assert len(etags) == 1
    assert not etags.pop().startswith("W/")
    assert done.stderr.count("Try ") == 2
    assert listing(tmp_path) == ["d.zip"]


def test_a_compressed_download_continues_without_compression(web: httpx.Client, faults: Faults, tmp_path: Path) -> None:
    faults.cuts = [40_000]  # of 58,000 when compressed
    done = shanhai("get", "dataset.sqlite", "--release", "latest", "-o", tmp_path / "d", SHANHAI_URL=faults.base)
    assert done.returncode == 0, done.stderr
    path = f"{faults.base}/v1/releases/latest/files/dataset.sqlite"
    assert (tmp_path / "d").read_bytes() == web.get(path, follow_redirects=True).content
    first, second, *_ = (headers for method, _, headers in faults.requests if method == "GET")
    assert "zstd" in first["accept-encoding"]
    assert int(second["range"].removeprefix("bytes=").removesuffix("-")) > 40_000
    assert second["accept-encoding"] == "identity"


def test_the_next_call_continues_a_download(faults: Faults, tmp_path: Path, published: bytes) -> None:
    command = [*FROZEN, "-o", str(tmp_path / "d.zip")]
    faults.cuts = [100_000, 0, 0, 0, 0]
    broken = shanhai(*command, SHANHAI_URL=faults.base)
    assert broken.returncode == 3
    assert "has 100,000 bytes. The same command continues there" in broken.stderr
    (part,) = listing(tmp_path)
    assert part.startswith("d.zip.")
    assert part.endswith(".part")
    faults.requests.clear()
    assert shanhai(*command, SHANHAI_URL=faults.base).returncode == 0
    assert faults.ranges == ["bytes=100000-"]
    assert (tmp_path / "d.zip").read_bytes() == published
    assert listing(tmp_path) == ["d.zip"]


def test_a_changed_file_is_fetched_from_its_beginning(faults: Faults, tmp_path: Path, published: bytes) -> None:
    command = [*FROZEN, "-o", str(tmp_path / "d.zip")]
    faults.cuts = [100_000, 0, 0, 0, 0]
    shanhai(*command, SHANHAI_URL=faults.base)
    faults.requests.clear()
    faults.change = another
    assert shanhai(*command, SHANHAI_URL=faults.base).returncode == 0
    assert faults.ranges == [None]
    assert (tmp_path / "d.zip").read_bytes() == published
    assert listing(tmp_path) == ["d.zip"]


def test_a_file_that_changes_during_a_break_is_fetched_again(faults: Faults, tmp_path: Path, published: bytes) -> None:
    faults.cuts, faults.change = [100_000], another  # so that If-Range does not hold for the service
    assert shanhai(*FROZEN, "-o", tmp_path / "d.zip", SHANHAI_URL=faults.base).returncode == 0
    assert faults.ranges == [None, "bytes=100000-"]
    assert (tmp_path / "d.zip").read_bytes() == published


@pytest.mark.parametrize("output", [["-o", "d.zip"], []], ids=["file", "stdout"])
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (damaged, "its SHA-256 is not the one that the server states"),
        (lambda answer: (answer[0], answer[1] | {"repr-digest": "sha-512=:YQ==:"}, answer[2]), "without the SHA-256"),
    ],
)
def test_damage_is_found_and_nothing_kept(
    faults: Faults,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    output: list[str],
    change: Callable[[Answer], Answer],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    faults.change = change
    done = shanhai(*FROZEN, *output, SHANHAI_URL=faults.base)
    assert (done.returncode, done.stdout) == (1, "")
    assert message in done.stderr
    assert listing(tmp_path) == []


def test_a_part_is_not_written_through_a_link(faults: Faults, tmp_path: Path) -> None:
    command = [*FROZEN, "-o", str(tmp_path / "d.zip")]
    faults.cuts = [100_000, 0, 0, 0, 0]
    shanhai(*command, SHANHAI_URL=faults.base)
    (part,) = tmp_path.iterdir()
    part.unlink()
    precious = tmp_path / "precious"
    precious.write_text("mine")
    part.symlink_to(precious)
    assert shanhai(*command, SHANHAI_URL=faults.base).returncode == 3
    assert precious.read_text() == "mine"


def test_a_damaged_part_is_not_continued_for_ever(faults: Faults, tmp_path: Path, published: bytes) -> None:
    command = [*FROZEN, "-o", str(tmp_path / "d.zip")]
    faults.cuts = [100_000, 0, 0, 0, 0]
    shanhai(*command, SHANHAI_URL=faults.base)
    (part,) = tmp_path.iterdir()
    part.write_bytes(bytes(len(published) + 1))  # longer than the file
    assert shanhai(*command, SHANHAI_URL=faults.base).returncode == 0
    assert (tmp_path / "d.zip").read_bytes() == published


def test_a_part_that_was_not_requested_is_not_taken(faults: Faults, tmp_path: Path) -> None:
    faults.change = lambda answer: (206, answer[1] | {"content-range": "bytes 0-9/99"}, answer[2][:10])
    assert shanhai("get", "figures.csv", "-o", tmp_path / "f", SHANHAI_URL=faults.base).returncode == 3
    assert listing(tmp_path) == []


def test_a_cache_that_sends_other_blocks_does_not_block_a_download(
    faults: Faults, tmp_path: Path, published: bytes
) -> None:
    def shift(answer: Answer) -> Answer:
        status, headers, body = answer
        return status, headers | {"content-range": "bytes 98304-310044/310045"} if status == 206 else headers, body

    faults.cuts, faults.change = [100_000], shift
    assert shanhai(*FROZEN, "-o", tmp_path / "d.zip", SHANHAI_URL=faults.base).returncode == 0
    assert faults.ranges == [None, "bytes=100000-", None]
    assert (tmp_path / "d.zip").read_bytes() == published


def test_two_downloads_of_one_file_do_not_mix(faults: Faults, tmp_path: Path, published: bytes) -> None:
    target, refusals = tmp_path / "d.zip", list[Failure]()

    def compete() -> None:
        faults.on_cut = lambda: None
        with Server(faults.base, print) as server:
            try:
                save_frozen(server, server.url("releases/latest/files/dataset.zip"), target)
            except Failure as failure:
                refusals.append(failure)

    faults.cuts, faults.on_cut = [100_000], compete
    assert shanhai(*FROZEN, "-o", target, SHANHAI_URL=faults.base).returncode == 0
    assert target.read_bytes() == published
    assert "Another program is downloading" in str(*refusals)


def test_a_live_file_starts_again_and_replaces_the_old_one_at_the_end(faults: Faults, tmp_path: Path) -> None:
    target = tmp_path / "名 前%20.csv"
    target.write_text("old")
    target.chmod(0o640)
    command = ["get", "figures", "-o", str(target)]
    faults.cuts = [10] * 6
    assert shanhai(*command, SHANHAI_URL=faults.base).returncode == 3
    assert target.read_text() == "old"
    faults.cuts = [0, 10, 500]
    assert shanhai(*command, SHANHAI_URL=faults.base).returncode == 0
    assert target.read_bytes().count(b"\r\n") == 33
    assert target.stat().st_mode & 0o777 == 0o640
    assert listing(tmp_path) == [target.name]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("nowhere/d.csv", "There is no folder"),
        (".", "is a folder"),
        ("/dev/full", "No space left"),
        ("x" * 300, "File name too long"),
    ],
)
@pytest.mark.parametrize("arguments", [["figures"], ["figures.csv", "--release", "latest"]], ids=["live", "frozen"])
def test_a_file_that_cannot_be_written(
    service: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], target: str, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = shanhai("get", *arguments, "-o", target, SHANHAI_URL=service)
    assert (done.returncode, message in done.stderr, "Traceback" in done.stderr) == (3, True, False), done.stderr
    assert listing(tmp_path) == []
    assert not Path("/dev/full").is_file()


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_server_is_asked_again(faults: Faults, status: int) -> None:
    faults.refusals = [(status, "0")] * 2
    done = shanhai("get", "figures/youth-teams", SHANHAI_URL=faults.base)
    assert done.returncode == 0
    assert done.stderr.count(f"status {status}") + done.stderr.count(f"answers {status}") == 2
    assert "Try 3 of 5 in 0 s" in done.stderr


def test_a_server_is_not_waited_for_longer_than_a_minute(faults: Faults) -> None:
    faults.refusals = [(429, "3600")]
    assert shanhai("get", "figures/youth-teams", SHANHAI_URL=faults.base).returncode == 3
    assert len(faults.requests) == 1


def test_tries_end(faults: Faults) -> None:
    faults.refusals = [(503, "Thu, 01 Jan 1970 00:00:00 GMT")] * 9
    assert shanhai("get", "figures/youth-teams", SHANHAI_URL=faults.base).returncode == 3
    assert len(faults.requests) == 5


def test_the_environment_names_a_proxy(faults: Faults) -> None:
    address = "http://data.example.org"
    done = shanhai("get", "figures/youth-teams", "--server", address, HTTP_PROXY=faults.base)
    assert done.returncode == 0, done.stderr
    assert [path for _, path, _ in faults.requests] == [f"{address}/v1/figures/youth-teams"]
    broken = shanhai("get", "figures/youth-teams", "--server", address, ALL_PROXY="nonsense://x")
    assert (broken.returncode, "Traceback" in broken.stderr) == (2, False)
