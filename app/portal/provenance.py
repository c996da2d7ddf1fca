"""Who states the figures, and when: shown on the first screen of every page that shows data."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
from sqlalchemy.engine import Connection

from app.models.source import Source
from app.read.page import read_page
from app.request.records import read_page_request


class Provenance(NamedTuple):
    """How many sources there are, and the source, if it is the only one."""

    total: int
    source: Mapping[str, Any] | None


def read_provenance(connection: Connection) -> Provenance:
    """Read the number of sources, and the only one."""
    page = read_page(connection, read_page_request(Source, [("limit", "1")]))
    return Provenance(page.total, msgspec.json.decode(page.records[0]) if page.total == 1 else None)
