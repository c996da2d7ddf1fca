"""ROAPI, which holds the table in memory, from a Parquet file."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench import settings
from bench.contestant import Command, Contestant, Request
from bench.contestants.sql import count_by, literal
from bench.names import ROAPI
from bench.questions import Answer, Facet, Page, Question, Record

ANY = "127.0.0.1:0"  # its other protocols are not used here
TABLE = "/api/tables/figures"


class Roapi(Contestant):
    """Filters in its own words; group counts as SQL that is posted."""

    name = ROAPI

    def __init__(self, parquet: Path, columns: list[str]) -> None:
        self._parquet = parquet
        self._columns = columns

    def command(self, port: int) -> Command:
        roapi = str(settings.PEERS / "bin" / "roapi")
        addresses = ("--addr-http", f"127.0.0.1:{port}", "--addr-postgres", ANY, "--addr-flight-sql", ANY)
        return Command([roapi, *addresses, "--table", f"figures={self._parquet}"], {"RUST_LOG": "error"})

    def request(self, question: Question) -> Request | None:
        match question:
            case Record(record_id):
                return Request(f"{TABLE}?{_filter('id', record_id)}&limit=1")
            case Page(limit, where, spot):
                filters = [_filter(condition.column, condition.value) for condition in where]
                filters += [_filter("id", spot.id, "gt")] if spot else []
                return Request(f"{TABLE}?{'&'.join([*filters, 'sort=id', f'limit={limit}'])}")
            case Facet():
                return Request("/api/sql", count_by(question))

    def answer(self, question: Question, body: Any) -> Answer:
        match question:
            case Facet(column):
                return {row.get(column): row["count"] for row in body}
            case _:
                # A null is left out of its rows.
                return [{column: row.get(column) for column in self._columns} for row in body]


def _filter(column: str, value: str, operator: str = "") -> str:
    return f"filter{quote(f'[{column}]')}{operator}={quote(literal(column, value))}"
