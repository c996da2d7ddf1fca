"""What tests of several standards need."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.conftest import client_of


@pytest.fixture(scope="session")
def public(address: str) -> Iterator[TestClient]:
    """A client of a service with a public address, below which identifiers are URLs."""
    with client_of(address, base_url="http://testserver") as client:
        yield client
