"""Clients that ask for long pages and read none: their memory is bounded, and other clients are answered meanwhile."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from select import select

import pytest

from app.request.relations import relations
from tests.attacks.corpus import FIGURES
from tests.attacks.server import Attacked, attacked_server, report
from tests.running import HANGS_S

pytestmark = [pytest.mark.slow, pytest.mark.databases("sqlite")]

CLIENTS = 200
STORED = ",".join(name for name, relation in relations(FIGURES).items() if not relation.compute)
LONG = {  # of one to three megabytes
    "in place": "/v1/figures?limit=1000",
    "in threads": f"/v1/figures?limit=1000&include={STORED}",
    "in threads, with evidence": f"/v1/figures?limit=500&include={','.join(relations(FIGURES))}",
}
MAX_EXTRA_MB = 60  # of which MAX_UNSENT_BYTES are the pages; the allocator keeps some that are sent
MAX_WAIT_S = 5  # of another client, on a loaded machine; computing all these pages takes some ten


@pytest.fixture(scope="module")
def attacked(synthetic: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attacked]:
    """A server for these clients alone."""
    with attacked_server(synthetic, tmp_path_factory.mktemp("unread"), cache_mb=0) as server:
        for path in [*LONG.values()] * 3:
            assert server.get(path, {}) == 200
        yield server


@pytest.mark.parametrize("path", LONG.values(), ids=LONG)
def test_unread_pages_take_little_memory_and_keep_nobody_waiting(attacked: Attacked, path: str) -> None:
    """Most connections are reset, the oldest first. Takes some five seconds, in which 200 pages are computed."""
    idle_mb, idle_files = attacked.resident_mb(), attacked.open_files()
    with ExitStack() as stack, attacked.probed() as probe:
        # Pages that are not computed in time are 503s, whose connections would stay open for another request.
        addresses = (f"{path}&offset={number}" for number in range(CLIENTS))
        clients = [stack.enter_context(attacked.unread(each, {"Connection": "close"})) for each in addresses]
        for client in clients:  # until its first bytes arrive, or its end
            assert select([client], [], [], HANGS_S)[0]
        extra_mb, held = attacked.resident_mb() - idle_mb, attacked.open_files() - idle_files
        report(
            f"{CLIENTS} unread pages: {extra_mb:.0f} MB more, {held} connections left; "
            f"another client waited {probe.longest_s:.2f} s"
        )
        assert extra_mb <= MAX_EXTRA_MB
        assert held < CLIENTS / 2
    assert probe.longest_s <= MAX_WAIT_S
