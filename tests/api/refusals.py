"""Requests for aggregates, the reasons of a refusal, and the queries that its hints make."""

import re
from typing import Any

from starlette.testclient import TestClient

from tests.api.plain import Reason
from tests.problems import problem

Query = dict[str, str]

REASONS = {
    "unlike": r"would combine .+ that differ in (\w+): ",
    "several": r"would add two statements on one thing: .+ and (\w+), and are not parts of one whole",
    "twice": r"would count something twice: .+ is a part of ",
    "too large": r"^The result of \w+:(\w+)(?: and \S+)? is too large: ",
    "unknown": r"would ignore unknown values: .+? (\w+) is null for ",
}


def request_aggregate(client: TestClient, slug: str, query: Query) -> Any:
    return client.get(f"/v1/{slug}/aggregate", params=query)


def reasons_of(response: Any) -> set[Reason]:
    """Parse the reasons of a refusal."""
    reasons = set()
    for error in problem(response, 422)["errors"]:
        assert error["parameter"] == "measure"
        assert error["allowed"], error
        ((name, match),) = [
            (name, match) for name, text in REASONS.items() if (match := re.search(text, error["detail"]))
        ]
        reasons.add((name, match[1] if match.groups() else error["allowed"][0].partition("__")[0]))
    return reasons


def apply_hint(query: Query, hint: str) -> Query:
    """Return the query that a hint such as `unit=CNY` makes."""
    name, _, value = hint.partition("=")
    return query | {name: value}
