"""The release's files, frozen from the SQLite database, cached until the code that writes them changes."""

import os
import subprocess
import sys
import time
from pathlib import Path

import msgspec

from app.db import Database
from app.read.dataset import read_release
from bench.console import progress
from bench.databases import Databases, fingerprint

MADE_BY = ("app/releases", "app/formats", "app/standards", "app/read/export.py")


class FrozenRelease:
    """A data folder with the release's files."""

    def __init__(self, databases: Databases) -> None:
        self.address = f"sqlite:///{databases.sqlite}"
        self.folder = databases.folder / f"frozen-{fingerprint(MADE_BY)}"
        with Database(self.address) as database, database.transaction() as connection:
            self.release = str(read_release(connection)["id"])
        self._seconds_file = self.folder / "seconds.json"
        if not self._seconds_file.exists():
            self._freeze()

    @property
    def seconds(self) -> float:
        """The seconds that freezing took."""
        return msgspec.json.decode(self._seconds_file.read_bytes(), type=float)

    def file(self, name: str) -> Path:
        """Return the path of a file."""
        return self.folder / "releases" / self.release / name

    def _freeze(self) -> None:
        progress("freezing the release's files")
        environment = {**os.environ, "DATABASE_URL": self.address, "SHANHAI_DATA_DIR": str(self.folder)}
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "app", "release"], check=True, env=environment)
        self._seconds_file.write_bytes(msgspec.json.encode(time.perf_counter() - began))
