"""The clock jumps while a server runs: `python -m tests.faults.clock`, on Linux with Debian's package faketime.

Only the time of day jumps, as when an operator or NTP sets it. After each jump the server is examined, then another
release is loaded by the clock as it is now. Prints a row for each, and ends with 1 if something that must hold did not.
"""

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path

import httpx

from tests import databases, run
from tests.conftest import SEED, loaded
from tests.load.editing import cell
from tests.running import HANGS_S, PROGRAM, start, stop

DAY_S = 86_400
JUMPS = {"right": 0, "a day ahead": DAY_S, "a day behind": -DAY_S, "ten years ahead": 3650 * DAY_S, "right again": 0}
NEAR_S = 3.0  # between a time that the server states and its clock
SETTLED_S = 1.5  # after a jump: the server writes the field Date once a second
LIMIT, WINDOW_S = 5, 60  # requests of a client
PAGES = 20  # that no cache has
NORMAL_S = 5.0  # that a request may take, also of a busy machine
failed = False


class Clock:
    """The clock of processes that have its environment."""

    def __init__(self, file: Path) -> None:
        self._file = file
        library = next(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"), None)
        if library is None:
            sys.exit("Install the package faketime.")
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "NO_FAKE_STAT": "1",
        }
        self.set(0)

    def set(self, offset_s: int) -> None:
        """Set the clock so far ahead."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{offset_s:+d}", "utf-8")
        new.rename(self._file)
        self.offset_s = offset_s

    def is_near(self, moment: dt.datetime) -> bool:
        """Whether this is about the time of the clock."""
        return abs(moment.timestamp() - time.time() - self.offset_s) < NEAR_S


class Site:
    """A server whose clock jumps."""

    def __init__(self, client: httpx.Client, clock: Clock, log: Path) -> None:
        self._client, self._clock, self._log = client, clock, log
        self._peers, self._values = count(1), count()
        self._seen = self._get("/v1/products")

    def _get(self, path: str, **headers: str) -> httpx.Response:
        """Request something as a client of its own, since there is a rate limit."""
        number = next(self._peers)
        peer = {"X-Forwarded-For": f"10.0.{number // 256}.{number % 256}"}
        return self._client.get(path, headers={**peer, **{name.replace("_", "-"): headers[name] for name in headers}})

    def broken(self) -> Iterator[str]:
        """Yield what is wrong."""
        yield from self._broken_fields()
        yield from self._broken_limits()
        for _ in range(PAGES):
            begin = time.monotonic()
            page = self._get(f"/v1/figures?limit=20&value__gte=-{next(self._values)}")
            if page.status_code != 200 or time.monotonic() - begin > NORMAL_S:
                yield f"a page: {page.status_code} after {time.monotonic() - begin:.1f} s"
        if (file := self._get("/v1/figures.csv")).status_code != 200:
            yield f"a file: {file.status_code}"
        time.sleep(SETTLED_S)  # lines are written together
        line = self._log.read_text("utf-8").splitlines()[-1]
        if not self._clock.is_near(dt.datetime.fromisoformat(json.loads(line)["time"])):
            yield f"log: {line}"

    def _broken_fields(self) -> Iterator[str]:
        again = self._get("/v1/products")
        if (again.content, again.headers["etag"]) != (self._seen.content, self._seen.headers["etag"]):
            yield "another response"
        if again.headers["last-modified"] != self._seen.headers["last-modified"]:
            yield "another Last-Modified"
        if not self._clock.is_near(parsedate_to_datetime(again.headers["date"])):
            yield f"Date: {again.headers['date']}"
        for name, field in (("If_None_Match", "etag"), ("If_Modified_Since", "last-modified")):
            if self._get("/v1/products", **{name: again.headers[field]}).status_code != 304:
                yield f"no 304 by {field}"

    def _broken_limits(self) -> Iterator[str]:
        refusals = [self._client.get("/v1", headers={"X-Forwarded-For": "192.0.2.1"}) for _ in range(LIMIT + 1)]
        if refusals[-1].status_code != 429:
            yield "no limit"
        waits = {int(each.headers["retry-after"]) for each in refusals if each.status_code == 429}
        if any(not 0 < each <= WINDOW_S for each in waits):
            yield f"Retry-After: {max(waits)}"

    def broken_by_load(self) -> Iterator[str]:
        """Yield what is wrong after another release was loaded."""
        old, self._seen = self._seen, self._get("/v1/products")
        if self._seen.json()["meta"]["release"] == old.json()["meta"]["release"]:
            yield "the older release is served"
        if self._get("/v1/products", If_Modified_Since=old.headers["last-modified"]).status_code != 200:
            yield "304 to a reader of the older release"


def try_jumps(kind: str, folder: Path) -> None:
    """Let the clock of a server jump."""
    global failed
    clock, seed = Clock(folder / f"{kind}.clock"), Path(shutil.copytree(SEED, folder / f"seed-{kind}"))
    address, data, log = loaded(databases.empty(kind, folder)), folder / kind, folder / f"{kind}.log"
    settings = {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": address,
        "SHANHAI_DATA_DIR": str(data),
        **clock.environment,
    }
    serve = {"SHANHAI_ACCESS_LOG": "all", "SHANHAI_RATE_LIMIT": f"{LIMIT}/minute", "SHANHAI_TRUST_PROXY": "true"}
    with log.open("w") as output:
        base, process = start([], {**settings, **serve}, output)
    try:
        with httpx.Client(base_url=base, trust_env=False, timeout=HANGS_S) as client:
            site = Site(client, clock, log)
            for number, (name, offset_s) in enumerate(JUMPS.items()):
                clock.set(offset_s)
                time.sleep(SETTLED_S)
                broken = [*site.broken()]
                cell("products.csv", "yellow-peach", "summary_en", f"Changed {number}.")(seed)
                subprocess.run([PROGRAM, "load", seed], env=settings, check=True, capture_output=True)
                time.sleep(SETTLED_S)
                broken += [*site.broken_by_load()]
                failed |= bool(broken)
                print(f"| {kind} | {name} | {'; '.join(broken) or 'ok'} |", flush=True)  # noqa: T201
    finally:
        stop(process)


if __name__ == "__main__":
    run.current = run.FirstRun()
    try:
        with tempfile.TemporaryDirectory(prefix="shanhai-clock-") as name:
            print("| database | clock | outcome |\n| --- | --- | --- |")  # noqa: T201
            for kind in ("sqlite", "postgresql"):
                try_jumps(kind, Path(name))
    finally:
        run.current.leave()
    sys.exit(failed)
