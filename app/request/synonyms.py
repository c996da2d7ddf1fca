"""The names that people bring from other APIs, with the parameters that do here what those do there."""

import re
from collections.abc import Mapping, Sequence

PAGE, SIZE, SKIP = ("offset", "cursor"), ("limit",), ("offset",)
FIELDS, SORT, SEARCH, INCLUDE, GROUPS, MEASURE = (
    ("fields",),
    ("sort",),
    ("q",),
    ("include",),
    ("group_by",),
    ("measure",),
)

# By their letters alone, so that `per_page`, `perPage` and `$per-page` are one.
SYNONYMS: Mapping[str, Sequence[str]] = {
    **dict.fromkeys(["p", "page", "pageno", "pagenumber", "pageindex"], PAGE),
    **dict.fromkeys(["after", "before", "next", "pagetoken", "token"], ("cursor",)),
    **dict.fromkeys(["count", "first", "maxresults", "pagelimit", "pagesize", "perpage", "rows", "size", "top"], SIZE),
    **dict.fromkeys(["from", "pageoffset", "skip", "start"], SKIP),
    **dict.fromkeys(["order", "orderby", "ordering", "sortby", "sorting"], SORT),
    **dict.fromkeys(["attributes", "columns", "field", "properties", "select"], FIELDS),
    **dict.fromkeys(["keyword", "keywords", "query", "search", "term", "text"], SEARCH),
    **dict.fromkeys(["embed", "expand", "join", "populate", "with"], INCLUDE),
    **dict.fromkeys(["by", "group", "groupby", "groups"], GROUPS),
    **dict.fromkeys(["agg", "aggregate", "measures", "metric", "metrics"], MEASURE),
    **dict.fromkeys(["f", "fmt", "output"], ("format",)),
    **dict.fromkeys(["facets"], ("facet",)),
    **dict.fromkeys(["language", "locale"], ("lang", "labels")),
}
BETWEEN = "between"
FILTERS = {"filter", "filters", "where", BETWEEN}  # for these each field has parameters of its own here

_OTHER_THAN_LETTERS = re.compile(r"[^a-z]")


def letters_of(name: str) -> str:
    """Return the letters of a name in lower case, by which the table has it."""
    return _OTHER_THAN_LETTERS.sub("", name.lower())
