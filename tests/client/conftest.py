"""Fixtures of the client's tests."""

from collections.abc import Iterator

import pytest

from tests.client.proxy import Faults, proxy


@pytest.fixture
def faults(service: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """A proxy before the service; further tries come at once."""
    monkeypatch.setattr("app.client.server.BACKOFF_S", 0)
    with proxy(service) as started:
        yield started
