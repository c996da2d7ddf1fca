"""Whether the search index is one that this code can search."""

import hashlib
from collections.abc import Iterable
from functools import cache

import msgspec
from sqlalchemy.engine import Connection

from app.errors import Unavailable
from app.models import COLLECTIONS
from app.request.conditions import Condition, Search
from app.search import RULES

INDEXED = "indexed"  # under this a connection remembers whether the snapshot that it shows can be searched


@cache
def index_version() -> str:
    """By which rules the index is written: where they change, what was loaded before is to be loaded again."""
    searched = [
        (slug, [(column.name, column.declared.names) for column in entity.columns().values() if column.is_searchable])
        for slug, entity in COLLECTIONS.items()
    ]
    return hashlib.sha256(msgspec.json.encode([RULES, searched])).hexdigest()[:16]


def require_index(connection: Connection, asked: Iterable[Condition]) -> None:
    """Raises Unavailable where something is looked for in what is not indexed as this code searches."""
    if not connection.info.get(INDEXED, True) and any(isinstance(each, Search) for each in asked):
        raise Unavailable(NOT_INDEXED)


NOT_INDEXED = "what is loaded is not indexed as this code searches; run `shanhai load`"
