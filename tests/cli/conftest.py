"""Fixtures of the tests of commands that ask a server."""

import ssl
from collections.abc import Iterator
from functools import cache

import pytest

from tests.cli.proxy import Faults, proxy

one_context = cache(ssl.create_default_context)  # reading the certificates takes longer than most commands


@pytest.fixture(autouse=True)
def shared_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read the certificates once."""
    monkeypatch.setattr("ssl.create_default_context", one_context)


@pytest.fixture
def faults(service: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Faults]:
    """A proxy before the service; further tries come at once."""
    monkeypatch.setattr("app.client.server.BACKOFF_S", 0)
    with proxy(service) as started:
        yield started
