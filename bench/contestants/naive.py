"""A FastAPI and SQLModel app as a tutorial would write it (`naive_app`)."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from bench.contestant import Command, Contestant, Request
from bench.contestants.under_uvicorn import uvicorn
from bench.names import NAIVE
from bench.questions import Answer, Facet, Page, Question, Record


class Naive(Contestant):
    """Pages by offset, objects through the ORM and a response model."""

    name = NAIVE

    def __init__(self, copy: Path) -> None:
        self._copy = copy

    def command(self, port: int) -> Command:
        return uvicorn("bench.contestants.naive_app:app", port, BENCH_COPY=str(self._copy))

    def request(self, question: Question) -> Request | None:
        match question:
            case Record(record_id):
                return Request(f"/figures/{record_id}")
            case Page(limit, where, spot):
                filters = {condition.column: condition.value for condition in where}
                return Request(
                    f"/figures?{urlencode(filters | {'offset': spot.offset if spot else 0, 'limit': limit})}"
                )
            case Facet(column, where):
                names = {"eq": "", "gte": "_min"}
                filters = {each.column + names[each.operator]: each.value for each in where}
                return Request(f"/counts/{column}?{urlencode(filters)}")

    def answer(self, question: Question, body: Any) -> Answer:
        match question:
            case Record():
                return [body]
            case Page():
                return list(body)
            case Facet():
                return {each["value"]: each["count"] for each in body}
