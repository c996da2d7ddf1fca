"""What the API's tests share: everything that is served, as a plain reader sees it."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from app.models import COLLECTIONS

Record = dict[str, Any]


@pytest.fixture(scope="session")
def everything(client: TestClient) -> dict[str, list[Record]]:
    """All records of all collections, by slug and in the order of their ids."""
    return {slug: client.get(f"/v1/{slug}?limit=1000").json()["data"] for slug in COLLECTIONS}
