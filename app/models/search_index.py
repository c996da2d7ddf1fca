"""The tables of the search index, which a load writes together with the records."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.entity import TEXT

# The index terms of each record by its number: on SQLite an FTS5 table without content, on PostgreSQL a tsvector with a
# GIN index. SQLAlchemy can declare neither for both, so DDL statements make them after the table of entries.
TERMS = "search_terms"
ROOM = 2**40  # numbers per collection
MADE = {
    "sqlite": [
        f"CREATE VIRTUAL TABLE {TERMS} USING fts5(terms, content='', detail=none,"
        " tokenize=\"ascii tokenchars '@#!:&_.-'\")"
    ],
    "postgresql": [
        f"CREATE TABLE {TERMS} (rowid BIGINT NOT NULL CONSTRAINT pk_{TERMS} PRIMARY KEY, terms TSVECTOR NOT NULL)",
        f"CREATE INDEX ix_{TERMS}_terms ON {TERMS} USING gin (terms)",
    ],
}


class SearchEntry(SQLModel, table=True):
    """The searchable text of a record. Numbers ascend by collection and id, which orders hits of equal rank."""

    __tablename__ = "search_entries"
    __table_args__ = (sa.UniqueConstraint("collection", "id"),)

    number: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    collection: str = Field(sa_type=TEXT)
    id: str = Field(sa_type=TEXT)
    text: str = Field(sa_type=TEXT)
    syllables: str = Field(sa_type=TEXT)


class SearchWord(SQLModel, table=True):
    """A word of a name, suggested when a search has no hits."""

    __tablename__ = "search_words"

    word: str = Field(primary_key=True, sa_type=TEXT)


ENTRIES, WORDS = (SQLModel.metadata.tables[name] for name in ("search_entries", "search_words"))

for _dialect, _statements in MADE.items():
    for _statement in _statements:
        _make = sa.DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        sa.event.listen(ENTRIES, "after_create", _make)
