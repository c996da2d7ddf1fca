"""Hooks that keep generated requests within rules that OpenAPI cannot express."""

from typing import Any

import httpx
import schemathesis
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import response_schema_conformance

from app.api.citation import FIGURE
from app.api.search import PATH
from app.entity import ValueFault
from app.models import COLLECTIONS
from app.request.controls import DEFAULT_LIMIT
from app.request.records import MAX_COMPUTED_ON_PAGE
from app.search import parse_query
from app.settings import Settings
from tests.running import HANGS_S


@schemathesis.hook
def filter_query(_context: schemathesis.HookContext, query: dict[str, Any] | None) -> bool:
    query = query or {}
    a_cursor_of_no_page = bool(query.get("cursor"))
    no_such_figure = query.get("figure", FIGURE.example) != FIGURE.example
    return not (a_cursor_of_no_page or no_such_figure or finds_nothing(query.get("q")))


def finds_nothing(text: Any) -> bool:
    """Return whether a search is refused: without letters and digits, only exclusions, or too many words."""
    try:
        parse_query(str(text or "x"))
    except ValueFault:
        return True
    return False


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
    """Make a request that must succeed one that can: some parameters of a search and an aggregate exclude others."""
    if case.meta and case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    query = case.query or {}
    for name in [*query][Settings().max_parameters :]:
        query.pop(name)
    if case.path == PATH and "per_collection" in query:
        for name in ("offset", "cursor") + (("limit",) if query.get("limit") != DEFAULT_LIMIT else ()):
            query.pop(name, None)
    name_terms(case)
    if "evidence" in _words(query.get("include")) and int(query.get("limit", 0)) > MAX_COMPUTED_ON_PAGE:
        query.pop("limit")
    if "/aggregate" in case.path and query:
        make_addable(case)


@schemathesis.check
def conforms(context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]) -> None:
    """Check a response against its schema. With `fields`, which leave keys out, check the keys instead."""
    fields = _words((case.query or {}).get("fields"))
    if not fields or response.status_code != 200:
        response_schema_conformance(context, response, case)
    elif "json" in response.headers["content-type"][0] and "ndjson" not in case.path:
        data = response.json()["data"]
        included = {*_words((case.query or {}).get("include"))}
        for record in data if isinstance(data, list) else [data]:
            assert {name.removesuffix("_label") for name in record.keys() - included} <= {*fields}


def name_terms(case: schemathesis.Case[Any]) -> None:
    """Filter by terms that are served: the document has them as examples, since an enumeration would not grow."""
    collection = case.path.removeprefix("/v1/").partition("/")[0].partition(".")[0]
    columns = COLLECTIONS[collection].columns().values() if collection in COLLECTIONS else ()
    for column in (each for each in columns if each.declared.terms):
        for name, value in ((column.name, column.declared.example), (f"{column.name}__in", [column.declared.example])):
            if case.query and name in case.query:
                case.query[name] = value


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
