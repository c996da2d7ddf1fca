"""What cites a source, as the database has it or as a server serves it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from app.cli.console import read_settings
from app.cli.remote import connected
from app.db import Database
from app.entity import CitedSpan
from app.errors import Unavailable
from app.evidence.numerals import FIGURES, TIMES
from app.evidence.spans import Paragraph
from app.read.cited import read_cited, read_paragraphs, read_stated

if TYPE_CHECKING:
    from app.client import Server

SOURCES = "sources"
WORDS = ("as_stated", "as_named")  # the keys of the words that a record cites

Record = Mapping[str, Any]
Citing = tuple[list[CitedSpan], list[Record]]  # the spans of a source that records cite, and its figures
Sources = tuple[dict[str, list[Paragraph]], Callable[[str], Citing]]  # their paragraphs, and what reads what cites one


@contextmanager
def stored() -> Iterator[Sources]:
    """Yield the sources of the database."""
    with Database(read_settings().database, "export") as database, database.transaction() as connection:
        yield read_paragraphs(connection), lambda id_: (read_cited(connection, id_), read_stated(connection, id_))


@contextmanager
def served(address: str) -> Iterator[Sources]:
    """Yield the sources of a server. Its failures end the program."""
    from app.client import Refused

    with connected(address) as server:
        try:
            collections, release = server.index()
            yield _paragraphs(server), lambda source: _citing(server, collections, release, source)
        except (LookupError, TypeError, ValueError) as error:
            raise Refused(f"{address} does not serve records as this program reads them: {error!r}") from None


def _paragraphs(server: "Server") -> dict[str, list[Paragraph]]:
    from app.client import printable

    return {
        printable(str(record["id"])): [Paragraph(*map(each.get, Paragraph._fields)) for each in record["paragraphs"]]
        for record in server.read_records(SOURCES)
    }


def _citing(server: "Server", collections: list[str], release: str, source: str) -> Citing:
    """Raise Unavailable if another release is served in between."""
    spans: list[CitedSpan] = []
    figures: list[Record] = []
    for collection in collections:
        for record in server.read_records(collection):
            if record.get("source_id") == source:
                spans += _spans(collection, record)
                figures += [record] if collection == FIGURES else []
    if server.index()[1] != release:
        raise Unavailable("The server has published another release meanwhile. Verify again.")
    return spans, figures


def _spans(collection: str, record: Record) -> Iterator[CitedSpan]:
    """Yield the words that a record cites, and those that say when it holds."""
    name = str(record["id"])
    for words in (str(record[key]) for key in WORDS if record.get(key)):
        yield CitedSpan(collection, name, words, *(int(record[key]) for key in ("paragraph", "start", "end")))
    if words := str(record.get("time_stated") or ""):
        start = int(record["time_offset"])
        yield CitedSpan(TIMES, name, words, int(record["time_paragraph"]), start, start + len(words))
