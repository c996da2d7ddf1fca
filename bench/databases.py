"""The databases that are measured, kept from run to run for as long as what they are made from stays the same."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

import msgspec

from app.settings import ROOT
from bench import settings
from bench.console import progress
from bench.loading import Cost, load_apart
from bench.postgres import postgres
from bench.synthetic import write_seed

# All that decides what a load writes, besides the number of figures.
MADE_FROM = (
    *("alembic/versions", "app/catalog.py", "app/db", "app/entity", "app/evidence", "app/load", "app/models"),
    *("app/quantity", "app/read/index.py", "app/search", "bench/synthetic.py", "bench/copies.py"),
)


class Databases:
    """A folder that holds the seed, a database of each kind that was loaded from it, and what the loads took."""

    def __init__(self, figures: int = settings.FIGURES) -> None:
        self.figures = figures
        self.folder = settings.DATA / f"{figures}-{fingerprint(MADE_FROM)}"
        self.postgres_folder = self.folder / "postgres"

    @cached_property
    def seed(self) -> Path:
        """The seed folder."""
        folder = self.folder / "seed"
        if not folder.exists():
            progress(f"writing a seed folder of {self.figures:,} synthetic figures")
            write_seed(unfinished := folder.with_name("seed-unfinished"), self.figures)
            unfinished.rename(folder)
        return folder

    @cached_property
    def sqlite(self) -> Path:
        """The SQLite database."""
        path = self.folder / "shanhai.sqlite"
        self._load("SQLite", f"sqlite:///{path}", path)
        return path

    @contextmanager
    def postgresql(self) -> Iterator[str]:
        """The address of the PostgreSQL database, while its server runs."""
        with postgres(self.postgres_folder) as address:
            self._load("PostgreSQL", address)
            yield address

    def cost(self, kind: str) -> Cost:
        """What the load took."""
        return msgspec.json.decode(self._told(kind).read_bytes(), type=Cost)

    def _told(self, kind: str) -> Path:
        return self.folder / f"{kind}.json"

    def _load(self, kind: str, address: str, *leftover: Path) -> None:
        if self._told(kind).exists():
            return
        for path in leftover:
            path.unlink(missing_ok=True)
        seed = self.seed
        progress(f"loading {self.figures:,} synthetic figures into {kind}")
        self._told(kind).write_bytes(msgspec.json.encode(load_apart(seed, address)))


def fingerprint(parts: Iterable[str]) -> str:
    """What changes whenever these parts of the project do."""
    digest = hashlib.sha256()
    for name in parts:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
