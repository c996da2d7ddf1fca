"""Hooks that keep generated requests within rules that OpenAPI cannot express."""

from typing import Any

import httpx
import schemathesis
from schemathesis.generation import GenerationMode

from app.api.citation import FIGURE
from app.api.search import PATH
from app.entity import ValueFault
from app.search import parse_query
from app.settings import Settings
from tests.running import HANGS_S

FOR_PAGES = ("facet", "cursor")
TAKERS = {"bom": {"csv"}, "lang": {"csv", "xlsx"}, "include": {"json", "ndjson"}}


@schemathesis.hook
def filter_query(_context: schemathesis.HookContext, query: dict[str, Any] | None) -> bool:
    query = query or {}
    a_cursor_of_no_page = bool(query.get("cursor"))
    nothing_at_all = str(query.get("limit")) == "0" and not query.get("facet")
    no_such_figure = query.get("figure", FIGURE.example) != FIGURE.example
    return not (a_cursor_of_no_page or nothing_at_all or no_such_figure or finds_nothing(query.get("q")))


def finds_nothing(text: Any) -> bool:
    """Return whether a search is refused: without letters and digits, only exclusions, or too many words."""
    try:
        parse_query(str(text or "x"))
    except ValueFault:
        return True
    return False


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
    """Remove parameters that the format does not take from a request that must succeed."""
    if case.meta and case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    aggregate = "/aggregate" in case.path
    for name in [*(case.query or {})][Settings().max_parameters :]:
        case.query.pop(name)
    if case.path == PATH and case.query and "per_collection" in case.query:
        for name in ("limit", "offset", "cursor"):
            case.query.pop(name, None)
    extension = (case.path_parameters or {}).get("extension")
    form = extension or (case.query or {}).get("format", "json")
    chosen = extension or form != "json" or aggregate
    foreign = [name for name, takers in TAKERS.items() if chosen and form not in takers]
    if form != "json" and not extension:
        foreign += FOR_PAGES
        if str((case.query or {}).get("limit")) == "0":
            foreign.append("limit")
    for name in foreign:
        (case.query or {}).pop(name, None)
    if aggregate and case.query:
        make_addable(case)


def make_addable(case: schemathesis.Case[Any]) -> None:
    """Sort by columns of the answer, and apply the hints of refusals until the request succeeds."""
    sortable = {
        *_words(case.query.get("group_by")),
        *(each.replace(":", "_") for each in _words(case.query.get("measure", "count"))),
    }
    if not sortable.issuperset(key.removeprefix("-") for key in _words(case.query.get("sort"))):
        case.query.pop("sort")
    for _ in range(20):
        request = case.as_transport_kwargs(base_url=case.operation.base_url)
        answer = httpx.get(request["url"], params=request["params"], timeout=HANGS_S)
        if answer.status_code != 422:
            return
        (first, *_) = answer.json()["errors"]
        if first["parameter"] != "measure" or not first["allowed"]:
            return  # the run reports it
        name, _, value = first["allowed"][-1].partition("=")
        case.query[name] = value
    raise AssertionError(f"the hints of a refusal do not lead to an answer: {case.query}")


def _words(text: Any) -> list[str]:
    return text if isinstance(text, list) else text.split(",") if text else []
