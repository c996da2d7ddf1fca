"""A service as it runs, with the files of its release: what independent validators are sent to."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_cli import serving


@pytest.fixture(scope="session")
def service() -> Iterator[str]:
    """The address of a running service."""
    with tempfile.TemporaryDirectory() as data, serving(SHANHAI_DATA_DIR=str(Path(data))) as (client, _):
        yield str(client.base_url).rstrip("/")
