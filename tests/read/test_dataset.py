"""The release that is served: asked for by one, whoever else waits."""

import anyio
import pytest

from app.errors import Unavailable
from app.read.dataset import DatasetReader


def test_a_silent_database_keeps_all_waiting_no_longer_than_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.read.dataset.RELEASE_TTL_S", 0.1)
    served, asked = DatasetReader("sqlite:////nonexistent/shanhai.sqlite", "0"), []

    async def silent(patience: float) -> None:
        asked.append(patience)
        await anyio.sleep(0.3)
        raise Unavailable("the database keeps silent")

    monkeypatch.setattr(served, "current", silent)

    async def all_at_once() -> None:
        async with anyio.create_task_group() as group:
            for _ in range(10):
                group.start_soon(served.release)

    anyio.run(all_at_once)
    assert len(asked) == 1
