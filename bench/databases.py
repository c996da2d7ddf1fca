"""The measured databases, cached between runs until the code that writes them changes."""

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

# All code that decides what a load writes.
MADE_FROM = (
    *("alembic/versions", "app/catalog.py", "app/db", "app/entity", "app/evidence", "app/load", "app/models"),
    *("app/quantity", "app/read/index.py", "app/search", "bench/synthetic.py", "bench/copies.py"),
)


class Databases:
    """A folder with the seed, a database of each kind loaded from it, and the costs of the loads."""

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
        """Run the PostgreSQL server; yield the address of the database."""
        with postgres(self.postgres_folder) as address:
            self._load("PostgreSQL", address)
            yield address

    def cost(self, kind: str) -> Cost:
        """Return the cost of the load."""
        return msgspec.json.decode(self._cost_file(kind).read_bytes(), type=Cost)

    def _cost_file(self, kind: str) -> Path:
        return self.folder / f"{kind}.json"

    def _load(self, kind: str, address: str, *leftover: Path) -> None:
        if self._cost_file(kind).exists():
            return
        for path in leftover:
            path.unlink(missing_ok=True)
        seed = self.seed
        progress(f"loading {self.figures:,} synthetic figures into {kind}")
        self._cost_file(kind).write_bytes(msgspec.json.encode(load_apart(seed, address)))


def fingerprint(parts: Iterable[str]) -> str:
    """Return a hash of these files and folders."""
    digest = hashlib.sha256()
    for name in parts:
        path = ROOT / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
