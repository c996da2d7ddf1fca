"""Datasette on an immutable file, under the same uvicorn as ours, requests for rows only."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.contestant import Command, Contestant, Request
from bench.contestants.sql import count_by
from bench.contestants.under_uvicorn import uvicorn
from bench.names import DATASETTE
from bench.questions import Answer, Facet, Page, Question, Record

TABLE = "/figures/figures"
BARE_ROWS = {"_shape": "array", "_nocount": 1, "_nofacet": 1}


class Datasette(Contestant):
    """Its own pages by key; its facets as SQL, which it answers faster than its `_facet`."""

    name = DATASETTE

    def __init__(self, copy: Path) -> None:
        self._copy = copy

    def command(self, port: int) -> Command:
        return uvicorn("bench.contestants.datasette_app:app", port, BENCH_COPY=str(self._copy))

    def request(self, question: Question) -> Request | None:
        match question:
            case Record(record_id):
                return Request(f"{TABLE}/{record_id}.json?_shape=array")
            case Page(limit, where, spot):
                filters = {condition.column: condition.value for condition in where}
                following = {"_next": spot.id} if spot else {}
                return Request(f"{TABLE}.json?{urlencode(filters | following | {'_size': limit} | BARE_ROWS)}")
            case Facet():
                return Request(f"/figures.json?{urlencode({'sql': count_by(question), '_shape': 'array'})}")

    def answer(self, question: Question, body: Any) -> Answer:
        match question:
            case Facet(column):
                return {row[column]: row["count"] for row in body}
            case _:
                return list(body)
