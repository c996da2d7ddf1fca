"""The data of the server."""

from pathlib import Path

from bench.loading import make_database
from tests.faults.clients.ordinary import FIGURES
from tests.running import shanhai_apart


def make_data(folder: Path) -> Path:
    """Load synthetic figures, freeze their release, and return the folder of data."""
    folder.mkdir()
    make_database(folder, FIGURES)
    done = shanhai_apart("release", SHANHAI_DATA_DIR=str(folder), SHANHAI_SEED_DIR=str(folder / "seed"))
    assert done.returncode == 0, done.stderr
    return folder
