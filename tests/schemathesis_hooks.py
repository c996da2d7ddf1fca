"""What a query's parameters may not be together, and a cursor's text: rules that OpenAPI has no words for."""

from typing import Any

import schemathesis


@schemathesis.hook
def filter_query(_context: schemathesis.HookContext, query: dict[str, Any] | None) -> bool:
    query = query or {}
    a_cursor_of_no_page = bool(query.get("cursor"))
    nothing_at_all = str(query.get("limit")) == "0" and not query.get("facet")
    return not (a_cursor_of_no_page or nothing_at_all)
