"""Data folders for attacked servers."""

from pathlib import Path

import pytest

from bench.loading import make_database

FIGURES = 20_000  # synthetic; a file of them does not fit in the buffers of a connection


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with many figures; read-only."""
    folder = tmp_path_factory.mktemp("synthetic")
    make_database(folder, FIGURES)
    return folder
