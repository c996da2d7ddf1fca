"""Write the search index: what each record is found by, in the same transaction as the records."""

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from app.entity import Entity
from app.models import COLLECTIONS
from app.models.search_index import ENTRIES, ROOM, WORDS
from app.search import searchable

CHUNK = 2_000  # records that one statement inserts

Report = Callable[[str], None]
Records = Mapping[type[Entity], Iterable[Mapping[str, Any]]]

_CLEAR = {
    "sqlite": sa.text("INSERT INTO search_terms (search_terms) VALUES ('delete-all')"),
    "postgresql": sa.text("DELETE FROM search_terms"),
}
_INSERT = {
    "sqlite": sa.text("INSERT INTO search_terms (rowid, terms) VALUES (:number, :terms)"),
    "postgresql": sa.text("INSERT INTO search_terms (rowid, terms) VALUES (:number, CAST(:terms AS TSVECTOR))"),
}

_QUOTED = {"sqlite": "{}", "postgresql": "'{}'"}  # a term as the database reads it; none holds a quote


def write_index(connection: Connection, records: Records, report: Report) -> None:
    """Replace the index by one of these records."""
    dialect = connection.dialect.name
    connection.execute(_CLEAR[dialect])
    connection.execute(sa.delete(ENTRIES))
    connection.execute(sa.delete(WORDS))
    words: set[str] = set()
    for place, (slug, entity) in enumerate(COLLECTIONS.items()):
        columns = list(entity.columns().values())
        numbered = enumerate(sorted(records.get(entity, ()), key=lambda values: values["id"]), place * ROOM)
        written = 0
        while chunk := list(islice(numbered, CHUNK)):
            entries, terms = [], []
            for number, values in chunk:
                found = searchable(columns, values)
                words |= found.words
                entries.append(
                    {
                        "number": number,
                        "collection": slug,
                        "id": values["id"],
                        "text": found.text,
                        "syllables": found.syllables,
                    }
                )
                terms.append({"number": number, "terms": " ".join(map(_QUOTED[dialect].format, found.terms))})
            connection.execute(sa.insert(ENTRIES), entries)
            connection.execute(_INSERT[dialect], terms)
            written += len(chunk)
            report(f"indexed {slug}: {written}")
    if words:
        connection.execute(sa.insert(WORDS), [{"word": word} for word in sorted(words)])
    if dialect == "postgresql":
        # What GIN has put aside would be read through by every search, until a vacuum comes by.
        connection.execute(sa.text("SELECT gin_clean_pending_list('ix_search_terms_terms')"))
        # How an index is best read hangs on how frequent its terms are.
        connection.execute(sa.text("ANALYZE search_terms, search_entries"))
