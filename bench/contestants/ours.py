"""This project, on either database."""

import sys
from typing import Any
from urllib.parse import urlencode

from bench.contestant import Command, Contestant, Request
from bench.questions import Answer, Facet, Groups, Page, Question, Record, Where


class Ours(Contestant):
    """`shanhai serve`, as it is."""

    def __init__(self, name: str, database: str, data: str) -> None:
        self.name = name
        self._environment = {"DATABASE_URL": database, "SHANHAI_DATA_DIR": data}

    def command(self, port: int) -> Command:
        return Command(
            [sys.executable, "-m", "app", "serve", "--no-prepare", "--port", str(port)],
            self._environment,
        )

    def request(self, question: Question) -> Request:
        match question:
            case Record(record_id):
                return Request(f"/v1/figures/{record_id}")
            case Page(limit, where, spot):
                cursor = {"cursor": spot.cursor} if spot else {}
                return Request(f"/v1/figures?{urlencode(_filters(where) | cursor | {'limit': limit}, safe=',')}")
            case Groups(column, where):
                grouped = {"group_by": column, "measure": "count"}
                return Request(f"/v1/figures/aggregate?{urlencode(_filters(where) | grouped)}")
            case Facet(column, where, names):
                fields = {"fields": ",".join(names)} if names else {}
                return Request(
                    f"/v1/figures?{urlencode(_filters(where) | {'facet': column, 'limit': 0} | fields, safe=',')}"
                )

    def answer(self, question: Question, body: Any) -> Answer:
        match question:
            case Record():
                return [body["data"]]
            case Page():
                return list(body["data"])
            case Groups(column):
                return {group[column]: group["count"] for group in body["data"]}
            case Facet(column):
                return {each["value"]: each["count"] for each in body["facets"][column]}


def _filters(where: Where) -> dict[str, Any]:
    return {
        condition.column + ("" if condition.operator == "eq" else f"__{condition.operator}"): condition.value
        for condition in where
    }
