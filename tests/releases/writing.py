"""Write the SQLite file of a database: `python -m tests.releases.writing ADDRESS FILE`, for tests in other processes."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy.engine import Connection

from app.db import Database
from app.entity import Table
from app.formats import FORMATS
from app.models import COLLECTIONS
from app.read.export import read_table
from app.read.provenance import read_provenance
from app.releases.sqlite import write_sqlite
from app.request.records import read_file_request


def tables_of(connection: Connection) -> Iterator[Table]:
    """Every collection with all its records, as an export reads it."""
    form, provenance = FORMATS["csv"], read_provenance(connection)
    for entity in COLLECTIONS.values():
        yield replace(read_table(connection, read_file_request(entity, [], form), form), provenance=provenance)


def write(address: str, path: Path) -> Path:
    """The SQLite file of all that a database serves."""
    with Database(address, "export") as database, database.transaction() as connection:
        write_sqlite(path, list(tables_of(connection)))
    return path


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]))
