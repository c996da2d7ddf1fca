"""The release's files, frozen from the SQLite database, kept for as long as the code that freezes stays the same."""

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
    """A data folder that holds the release's files."""

    def __init__(self, databases: Databases) -> None:
        self.address = f"sqlite:///{databases.sqlite}"
        self.folder = databases.folder / f"frozen-{fingerprint(MADE_BY)}"
        with Database(self.address) as database, database.transaction() as connection:
            self.release = str(read_release(connection)["id"])
        self._told = self.folder / "seconds.json"
        if not self._told.exists():
            self._freeze()

    @property
    def seconds(self) -> float:
        """How long it took to freeze them."""
        return msgspec.json.decode(self._told.read_bytes(), type=float)

    def file(self, name: str) -> Path:
        """One of the files."""
        return self.folder / "releases" / self.release / name

    def _freeze(self) -> None:
        progress("freezing the release's files")
        environment = {**os.environ, "DATABASE_URL": self.address, "SHANHAI_DATA_DIR": str(self.folder)}
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "app", "release"], check=True, env=environment)
        self._told.write_bytes(msgspec.json.encode(time.perf_counter() - began))
