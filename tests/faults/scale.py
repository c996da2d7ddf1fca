"""Run every service of compose.yaml's profile `scale`, and check what each must do: `python -m tests.faults.scale`."""

import hashlib
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import psycopg

from tests.faults.machines import ADDRESSES, HANGS_S, PASSWORDS, Machines, enter, new_edition, run

FRONT = "http://front:8000"
SUMS = "SHA256SUMS"
PAGE = "/v1/figures?unit=CNY&limit=3"
SWITCH_S = 2.0  # after a load, until every server shows the new release
FRESH_S = 60  # max-age of the API's responses


class Checks:
    """What was checked, and the client of the front's readers."""

    def __init__(self) -> None:
        self.failed = 0
        self.client = httpx.Client(base_url=FRONT, trust_env=False, timeout=30)

    @contextmanager
    def check(self, what: str) -> Iterator[None]:
        """Check one thing, and print whether it holds."""
        try:
            yield
        except (AssertionError, httpx.HTTPError) as error:
            self.failed += 1
            outcome = f"FAILED: {type(error).__name__} {error}"
        else:
            outcome = "ok"
        print(f"{outcome:8} {what}", flush=True)  # noqa: T201

    def get(self, path: str, cache: str | None, status: int = 200, /, **headers: str) -> httpx.Response:
        """Return a response of the front with the state of its cache and the status that are expected."""
        fields = {"Accept-Encoding": "identity", **{name.replace("_", "-"): value for name, value in headers.items()}}
        response = self.client.get(path, headers=fields)
        found = response.status_code, response.headers.get("x-cache")
        assert found == (status, cache), f"{path}: {found}, expected {(status, cache)}"
        return response


def main() -> int:
    """Start everything, check, and return the exit status."""
    with tempfile.TemporaryDirectory(prefix="shanhai-scale-") as folder:
        machines = Machines(Path(folder))
        machines.start()
        checks = Checks()
        check_roles(checks, machines)
        check_servers(checks, machines)
        check_cache(checks)
        check_requests_for_the_api(checks)
        print_rates()
        check_ageing(checks)
        check_load(checks, machines, Path(folder))
        check_outage(checks, machines)
        return int(checks.failed > 0)


def check_roles(checks: Checks, machines: Machines) -> None:
    """Check that the replica streams, and that the API's role only reads."""
    with checks.check("the replica streams from the primary"):
        assert machines.query("database", "SELECT state FROM pg_stat_replication") == "streaming"
        assert machines.query("replica", "SELECT pg_is_in_recovery()") == "True"
    for server in ("database", "replica"):
        with checks.check(f"the API's role reads on {server}, and writes nothing"):
            address = f"host={server} user=reader dbname=shanhai"
            with psycopg.connect(address, password=PASSWORDS["READER_PASSWORD"], autocommit=True) as connection:
                assert connection.execute("SELECT count(*) FROM figures").fetchone() != (0,)
                for statement in ("DELETE FROM figures", "CREATE TABLE own (id int)", "DROP TABLE figures"):
                    try:
                        connection.execute(statement)
                    except psycopg.Error:
                        continue
                    raise AssertionError(statement)
    with checks.check("running the load again changes nothing"):
        assert "unchanged" in machines.load()


def check_servers(checks: Checks, machines: Machines) -> None:
    """Check that both servers answer alike, and that files are those of the release."""
    origins = [httpx.Client(base_url=f"http://{address}:8000", trust_env=False) for address in ADDRESSES["api"]]
    with checks.check("both servers answer with the same bytes and ETag"):
        pages = [each.get(PAGE, headers={"Host": "data.example.org"}) for each in origins]
        assert len({(page.headers["etag"], page.content) for page in pages}) == 1
    with checks.check("both servers have the release's files, with the hashes of SHA256SUMS"):
        for origin in origins:
            release = release_of(origin)
            sums = origin.get(f"/v1/releases/{release}/files/{SUMS}").text
            assert sums
            for line in sums.splitlines():
                digest, name = line.split("  ")
                content = origin.get(f"/v1/releases/{release}/files/{name}", headers={"Accept-Encoding": "identity"})
                assert hashlib.sha256(content.content).hexdigest() == digest, name
    what = "a machine that shares no volume writes the same files, with the API's role"
    with checks.check(what), tempfile.TemporaryDirectory() as folder:
        machines.write_files(Path(folder))
        (written,) = (Path(folder) / "releases").glob(f"*/{SUMS}")
        assert written.read_text("utf-8") == sums


def check_cache(checks: Checks) -> None:
    """Check what nginx stores, and what it answers by itself."""
    get = checks.get
    with checks.check("links carry the public host, whatever X-Forwarded fields a client sends"):
        forged = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Prefix": "/evil", "X_Forwarded_Proto": "https"}
        for cache in ("MISS", "HIT"):
            page = get("/v1/figures?limit=1", cache, Host="data.example.org:8443", **forged)
            assert page.json()["links"]["self"] == "http://data.example.org:8443/v1/figures?limit=1"
            assert "evil" not in page.text + str(page.headers)
    with checks.check("a page is stored for its host, and a 304 needs no API"):
        first = get(PAGE, "MISS")
        assert first.json()["links"]["self"].startswith(FRONT)
        assert get(PAGE, "HIT").content == first.content
        get(PAGE, "HIT", 304, If_None_Match=first.headers["etag"])
        get(PAGE, "HIT", 304, If_Modified_Since="Fri, 31 Dec 2100 00:00:00 GMT")
        assert get(PAGE, "MISS", Host="data.example.org").json()["links"]["self"].startswith("http://data.example.org/")
    with checks.check("Vary separates codings, formats and languages; what is compressed is compressed once"):
        packed = [get(PAGE, cache, Accept_Encoding="gzip") for cache in ("MISS", "HIT")]
        assert {page.headers["content-encoding"] for page in packed} == {"gzip"}
        assert packed[0].json() == packed[1].json() == get(PAGE, "HIT").json()
        assert get(PAGE, "MISS", Accept="text/csv").headers["content-type"].startswith("text/csv")
        languages = [get("/", "MISS", Accept_Language=each).headers["content-language"] for each in ("zh", "en")]
        assert languages == ["zh-Hans", "en"]
        assert get("/", "HIT", Accept_Language="en").headers["content-language"] == "en"
    with checks.check("each response has the id of its own request"):
        ids = [get(PAGE, "HIT").headers["x-request-id"] for _ in range(2)]
        assert len(set(ids)) == 2
        assert get(PAGE, "HIT", X_Request_Id="mine").headers.get_list("x-request-id") == ["mine"]
        assert get("/v1/nothing", "MISS", 404, X_Request_Id="mine").json()["request_id"] == "mine"
    with checks.check("problems are not stored"):
        for _ in range(2):
            assert get("/v1/figures?uint=CNY", "MISS", 422).headers["cache-control"] == "no-store"
    with checks.check("addresses as long as the API takes pass, and longer ones get its problem"):
        values = ",".join(["job-postings", "youth-teams", *(f"{number:04d}{'x' * 90}" for number in range(98))])
        assert get(f"/v1/figures?id__in={values}&limit=1", "MISS").json()["links"]["next"]
        get(f"/v1/figures?q={'x' * 15_900}", "MISS", 422)
        assert get(f"/v1/figures?q={'x' * 17_000}", "MISS", 414).json()["status"] == 414


def check_requests_for_the_api(checks: Checks) -> None:
    """Check what nginx passes on: ranges, preconditions, HEAD and methods that are refused."""
    get = checks.get
    with checks.check("ranges and preconditions are the API's, with its problems"):
        whole = get("/v1/figures.csv", "MISS")
        part = get("/v1/figures.csv", None, 206, Range="bytes=10-19", If_Range=whole.headers["etag"])
        assert (part.content, part.headers["content-range"]) == (
            whole.content[10:20],
            f"bytes 10-19/{len(whole.content)}",
        )
        for status, headers in ((416, {"Range": "bytes=99999999-"}), (412, {"If_Match": '"other"'})):
            assert get("/v1/figures.csv", None, status, **headers).json()["status"] == status
    with checks.check("HEAD and refused methods are the API's"):
        head = checks.client.head("/v1/figures.csv", headers={"Accept-Encoding": "identity"})
        assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", whole.headers["etag"])
        assert checks.client.post(PAGE, content=b"{}").json()["status"] == 405


def print_rates() -> None:
    """Print how many requests a second wrk gets of a stored page, from a server and from nginx, each on one core."""
    if not shutil.which("wrk"):
        return
    for process in psutil.process_iter():  # in this namespace only
        process.cpu_affinity([0])
    for source, base in (("a server", f"http://{ADDRESSES['api'][0]}:8000"), ("nginx", FRONT)):
        output = run("taskset", "--cpu-list", "1", "wrk", "-c32", "-t1", "-d5s", base + PAGE)
        print(f"{re.findall(r'Requests/sec: +([0-9]+)', output)[0]:>8} requests a second from the cache of {source}")  # noqa: T201


def check_ageing(checks: Checks) -> None:
    """Check that a response that is no longer fresh is served while the API confirms it."""
    with checks.check(f"after {FRESH_S} s a page is served stale once, and confirmed by a 304 of the API"):
        time.sleep(FRESH_S + 1)
        before = confirmed()
        checks.get(PAGE, "STALE")
        wait_until(lambda: checks.client.get(PAGE, headers={"Accept-Encoding": "identity"}).headers["x-cache"] == "HIT")
        assert confirmed() == before + 1


def confirmed() -> float:
    """Return how many requests the servers have answered with 304."""
    metrics = [httpx.get(f"http://{address}:8000/metrics", trust_env=False).text for address in ADDRESSES["api"]]
    return sum(
        float(each) for text in metrics for each in re.findall(r"(?m)^shanhai_not_modified_total\S* (\S+)", text)
    )


def check_load(checks: Checks, machines: Machines, folder: Path) -> None:
    """Check that a load reaches every server, and readers once their copies age."""
    with checks.check(f"within {SWITCH_S:g} s of a load both servers show the new release, and have its files"):
        assert "loaded" in machines.load(new_edition(folder))
        start = time.monotonic()
        origins = [httpx.Client(base_url=f"http://{address}:8000", trust_env=False) for address in ADDRESSES["api"]]
        for origin in origins:
            wait_until(lambda origin=origin: release_of(origin).startswith("2030-1-"))  # type: ignore[misc]
        assert time.monotonic() - start <= SWITCH_S
        for origin in origins:
            release = release_of(origin)
            assert origin.get(f"/v1/releases/{release}/files/{SUMS}").status_code == 200
    with checks.check("the front shows it after one stale response"):
        time.sleep(FRESH_S + 1)
        checks.client.get(PAGE)
        wait_until(lambda: release_of(checks.client).startswith("2030-1-"))


def release_of(client: httpx.Client) -> str:
    """Return the id of the release that a page comes from."""
    return str(client.get(PAGE).json()["meta"]["release"])


def check_outage(checks: Checks, machines: Machines) -> None:
    """Check what readers get without one server, and without any."""
    with checks.check("one of two servers killed: no request fails"):
        machines.kill("api-0")
        for number in range(50):
            checks.get(f"/v1/figures?limit=1&value__gte={number}", "MISS")
    with checks.check("all servers killed: what is stored is served, all else gets a problem"):
        checks.get("/v1/places", "MISS")
        machines.kill("api-1")
        checks.get("/v1/places", "HIT")
        response = checks.get("/v1/articles?limit=1", None, 503)
        assert (response.json()["code"], response.headers["retry-after"]) == ("unavailable", "5")


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition. Raises AssertionError if it does not come."""
    deadline = time.monotonic() + HANGS_S
    while not condition():
        assert time.monotonic() < deadline, "it hangs"
        time.sleep(0.05)


if __name__ == "__main__":
    enter("tests.faults.scale")
    sys.exit(main())
