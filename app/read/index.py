"""Whether the search index fits the code that searches it."""

import hashlib
from collections.abc import Iterable
from functools import cache

import msgspec
from sqlalchemy.engine import Connection

from app.errors import Unavailable
from app.models import COLLECTIONS
from app.request.conditions import Condition, Search
from app.search import RULES, Synonyms
from app.sentence import Sentence

INDEXED = "indexed"  # the key, in a connection's info, of whether the index of its snapshot fits
NOT_INDEXED = Sentence(
    "搜索索引由另一版代码写成：请用本版运行 shanhai load，或改由那一版提供服务。",
    "The search index was written by another version of the code. Run `shanhai load` of this one, or serve with that.",
)


@cache
def index_version() -> str:
    """Return a hash of what the index depends on: its rules and the searched columns."""
    searched = [
        (
            slug,
            [(column.name, column.declared.names) for column in entity.columns().values() if column.is_searchable],
            entity.searched_through,
        )
        for slug, entity in COLLECTIONS.items()
    ]
    return hashlib.sha256(msgspec.json.encode([RULES, searched])).hexdigest()[:16]


def indexed_by(synonyms: Synonyms) -> str:
    """Return what a release records of its index: the version, which a server needs, and a hash of its synonyms."""
    return f"{index_version()} {hashlib.sha256(msgspec.json.encode(synonyms.groups)).hexdigest()[:16]}"


def fits(indexed_by: str | None) -> bool:
    """Whether this code can search an index of which a release records this."""
    return (indexed_by or "").partition(" ")[0] == index_version()


def require_index(connection: Connection, conditions: Iterable[Condition]) -> None:
    """Raise Unavailable if the conditions search an index that does not fit."""
    if not connection.info.get(INDEXED, True) and any(isinstance(each, Search) for each in conditions):
        raise Unavailable(NOT_INDEXED)
