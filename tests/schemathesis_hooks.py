"""What a query's parameters may not be together, and a cursor's text: rules that OpenAPI has no words for."""

from typing import Any

import schemathesis
from schemathesis.generation import GenerationMode

FOR_PAGES = ("facet", "cursor")
TAKERS = {"bom": {"csv"}, "lang": {"csv", "xlsx"}, "include": {"json", "ndjson"}}


@schemathesis.hook
def filter_query(_context: schemathesis.HookContext, query: dict[str, Any] | None) -> bool:
    query = query or {}
    a_cursor_of_no_page = bool(query.get("cursor"))
    nothing_at_all = str(query.get("limit")) == "0" and not query.get("facet")
    return not (a_cursor_of_no_page or nothing_at_all)


@schemathesis.hook
def before_call(_context: schemathesis.HookContext, case: schemathesis.Case[Any], _kwargs: dict[str, Any]) -> None:
    """Leave out what the format that is asked for does not take, where the request is meant to be right."""
    if case.meta and case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    extension = (case.path_parameters or {}).get("extension")
    form = extension or (case.query or {}).get("format", "json")
    foreign = [name for name, takers in TAKERS.items() if (extension or form != "json") and form not in takers]
    if form != "json" and not extension:
        foreign += FOR_PAGES
        if str((case.query or {}).get("limit")) == "0":
            foreign.append("limit")
    for name in foreign:
        (case.query or {}).pop(name, None)
