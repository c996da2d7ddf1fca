"""The search index: what each record is found by. A load writes it together with the records."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from app.entity import TEXT

# The index terms of each record, by its number: on SQLite a table of FTS5 that keeps no text, on PostgreSQL a tsvector
# under GIN. Neither can be declared in the same words, so both are made beside the table of the records they lead to.
TERMS = "search_terms"
ROOM = 2**40  # numbers that each collection has for its records
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
    """A record as it is searched.

    Numbers ascend by collection, which has `ROOM` of them, and in it by id: this is the order among equals.
    """

    __tablename__ = "search_entries"
    __table_args__ = (sa.UniqueConstraint("collection", "id"),)

    number: int = Field(primary_key=True, sa_type=sa.BigInteger, sa_column_kwargs={"autoincrement": False})
    collection: str = Field(sa_type=TEXT)
    id: str = Field(sa_type=TEXT)
    text: str = Field(sa_type=TEXT)
    syllables: str = Field(sa_type=TEXT)


class SearchWord(SQLModel, table=True):
    """A word of a name, to be proposed where nothing is found."""

    __tablename__ = "search_words"

    word: str = Field(primary_key=True, sa_type=TEXT)


ENTRIES, WORDS = (SQLModel.metadata.tables[name] for name in ("search_entries", "search_words"))

for _dialect, _statements in MADE.items():
    for _statement in _statements:
        _make = sa.DDL(_statement).execute_if(dialect=_dialect)  # type: ignore[no-untyped-call]
        sa.event.listen(ENTRIES, "after_create", _make)
