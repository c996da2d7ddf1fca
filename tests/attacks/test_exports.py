"""A client that holds many exports, and never reads one: another client still gets its own."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter

import pytest

from tests.attacks.server import Attacked, attacked_server, report

pytestmark = [pytest.mark.slow, pytest.mark.databases("sqlite")]

HELD = 100
SMALL = 10
HOLDER, OTHER = "192.0.2.1", "192.0.2.9"


@pytest.fixture(scope="module")
def attacked(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A server for these clients alone, which believes what a proxy says of them."""
    folder = tmp_path_factory.mktemp("exports")
    with attacked_server(synthetic, folder, cache_mb=0, SHANHAI_TRUST_PROXY="true") as server:
        yield server


@pytest.mark.parametrize("form", ["xlsx", "ndjson"])
def test_a_hundred_held_exports_keep_no_other_client_waiting(attacked: Attacked, form: str) -> None:
    """Reports how long the other client waits; takes about 10 seconds, most for the synthetic figures."""
    waits_s = []
    with ExitStack() as stack:
        for number in range(HELD):
            path = f"/v1/figures.{form}?value__gte=-{number}"
            stack.enter_context(attacked.unread(path, {"X-Forwarded-For": HOLDER}))
        for number in range(SMALL):
            start = perf_counter()
            path = f"/v1/programs.csv?as_named__startswith={form}{number}"
            assert attacked.get(path, {"X-Forwarded-For": OTHER}) == 200
            waits_s.append(perf_counter() - start)
    report(f"{form}: the other client waited {max(waits_s):.2f} s at most")
