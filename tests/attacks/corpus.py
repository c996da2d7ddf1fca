"""Requests within the limits of a head, and as costly as they allow."""

from itertools import islice, product
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote

from app.http.limits import MAX_NEGOTIATION_CHARS
from app.models import COLLECTIONS
from app.request.filters import filters
from app.request.measures import groups, measures
from app.request.records import MAX_COMPUTED_ON_PAGE
from app.request.relations import reachable, relations
from app.settings import Settings

FIGURES = COLLECTIONS["figures"]
MAX_PARAMETERS = Settings().max_parameters


def query(names: object, value: str = "1") -> str:
    return "&".join(f"{name}={value}" for name in names)  # type: ignore[attr-defined]


UNKNOWN = ["".join(letters) for letters in islice(product(ascii_lowercase, repeat=3), MAX_PARAMETERS)]
NEARLY_KNOWN = [f"{name}x" for name in islice(filters(FIGURES), MAX_PARAMETERS)]
IN_LISTS = [name for name in filters(FIGURES) if name.endswith("__in")]

CONTAINING = [name for name in filters(FIGURES) if name.endswith("__contains")]


def _text(example: Any) -> str:
    """A parameter's value as it is written in an address."""
    written = ",".join(map(_text, example)) if isinstance(example, list) else str(example)
    return written.lower() if isinstance(example, bool) else quote(written, safe=",")


EXAMPLES = [f"{name}={_text(each.example)}" for name, each in islice(filters(FIGURES).items(), MAX_PARAMETERS - 2)]
FACETS = "unit,status,period,comparator,subject_kind,subject_id,indicator_id"
HTML = {"Accept": "text/html"}
INCLUDED = ",".join(relations(FIGURES))
REACHED = ",".join(islice(reachable(FIGURES), 100))


def _filled(value: str, separator: str = ",", chars: int = MAX_NEGOTIATION_CHARS) -> str:
    """A header's value of at most that many characters: one item again and again."""
    return separator.join([value] * (chars // (len(value) + len(separator))))


# Each within the limits of a head, and as costly as they allow.
COSTLY: dict[str, tuple[str, dict[str, str]]] = {
    "unknown parameters": (f"/v1/figures?{query(UNKNOWN)}", {}),
    "nearly known parameters": (f"/v1/figures?{query(NEARLY_KNOWN)}", {}),
    "one long unknown parameter": (f"/v1/figures?{'value' * 3_000}", {}),
    "wrong values": (f"/v1/figures?{query(islice(filters(FIGURES), MAX_PARAMETERS), 'achievedx')}", {}),
    "long lists": (f"/v1/figures?{query(IN_LISTS[:6], ','.join(['abcdefgh'] * 99))}", {}),
    "a long list to sort by": (f"/v1/figures?sort={'valuex,' * 2_000}", {}),
    "a long cursor": (f"/v1/figures?cursor={'A' * 15_000}", {}),
    "a long search": (f"/v1/search?q={'油' * 200}", {}),
    "all facets": (f"/v1/figures?limit=0&facet={FACETS}", {}),
    "a long address": (f"/v1/{'figures' * 2_000}", {}),
    "a long address of a page": (f"/zh/{'figures' * 2_000}", {"Accept": "text/html"}),
    "many types": ("/v1/figures", {"Accept": ",".join(["a"] * (MAX_NEGOTIATION_CHARS // 2))}),
    "many codings": ("/v1/figures", {"Accept-Encoding": ",".join(["a"] * (MAX_NEGOTIATION_CHARS // 2))}),
    "many languages": ("/", {"Accept-Language": ",".join(["a"] * (MAX_NEGOTIATION_CHARS // 2))}),
    "many ranges": ("/v1/figures", {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(2_500))}),
    "many tags": ("/v1/figures", {"If-None-Match": ",".join(f'"{n}"' for n in range(3_000))}),
    "a long date": ("/v1/figures", {"If-Modified-Since": "(" * 30_000}),
    "many fields": ("/v1/figures", {f"X-{n}": "a" * 250 for n in range(90)}),
    "a long figure to cite": (f"/v1/citation.bib?figure={'youth-teams-' * 1_000}x", {}),
    "a figure with a long prefix to cite": (f"/v1/citation.bib?figure=youth{'-teams' * 9}", {}),
    "a long id of a record": (f"/v1/figures/{'youth-teams-' * 1_000}x", {}),
    "wildcards": (f"/v1/figures?{query(CONTAINING, '%25_' * 80)}", {}),
    "deep wildcards": ("/v1/figures?" + query(CONTAINING, "a%25" * 100 + "b"), {}),
    "every filter": (f"/v1/figures?{'&'.join(EXAMPLES)}", {}),
    "every filter of a file": (f"/v1/figures.csv?{'&'.join(EXAMPLES)}", {}),
    "every filter and facets": (f"/v1/figures?{'&'.join(EXAMPLES)}&facet={FACETS}&include={INCLUDED}", {}),
    "every filter of an aggregate": (f"/v1/figures/aggregate?{'&'.join(EXAMPLES)}&group_by=unit", {}),
    "a page of the site with every filter": (f"/en/figures?{'&'.join(EXAMPLES)}", HTML),
    "a page of the site with wrong filters": (f"/en/figures?{query(NEARLY_KNOWN)}", HTML),
    "a long page of the site": ("/en/figures?limit=1000", HTML),
    "a page of the site of a search": (
        f"/zh/search?q={'%20'.join(['年', '人', '元', '村', '县', '市', '个', '万'] * 2)}",
        HTML,
    ),
    "a response of the API as a page": (f"/v1/figures?{'&'.join(EXAMPLES)}", HTML),
    "an unknown address as a page": (f"/v1/{'&' * 15_000}", HTML),
    "a search in a collection": (f"/v1/figures?q={'%20'.join(['年', '人', '元', '村'] * 4)}&facet={FACETS}", {}),
    "a search with every filter": (f"/v1/figures?q=%E5%B9%B4&{'&'.join(EXAMPLES)}&facet={FACETS}", {}),
    "many columns to sort by": (f"/v1/figures?sort={','.join(islice(FIGURES.columns(), 8))}", {}),
    "all columns": (f"/v1/figures?fields={','.join(FIGURES.columns())}&limit=1000", {}),
    "a search of many words": (f"/v1/search?q={'%20'.join(f'w{n}' for n in range(16))}", {}),
    "a search of many common words": (
        f"/v1/search?q={'%20'.join(['年', '人', '元', '村', '县', '市', '个', '万'] * 2)}",
        {},
    ),
    "a search of misspelt words": ("/v1/search?q=bijang%20guandong%20tonren%20enterprize%20yuoth", {}),
    "a search of many exclusions": (f"/v1/search?q=油{'%20-a' * 15}", {}),
    "a search of many numbers": (f"/v1/search?q={'%20'.join(str(n) for n in range(1, 17))}", {}),
    "a search of many quotes": (f"/v1/search?q={'%22' * 200}", {}),
    "many groups": (f"/v1/figures/aggregate?group_by={','.join(islice(groups(FIGURES), 3))}", {}),
    "many measures": (f"/v1/figures/aggregate?measure={','.join(islice(measures(FIGURES), 8))}", {}),
    "everything included": (f"/v1/figures?limit={MAX_COMPUTED_ON_PAGE}&include={INCLUDED}", {}),
    "fields of related records": (f"/v1/figures?limit=1000&fields={REACHED}", {}),
    "every record included, with labels": (
        f"/v1/figures?limit=1000&include={INCLUDED.replace(',evidence', '')}&labels=en",
        {},
    ),
    "many types with parameters": ("/v1/figures", {"Accept": _filled("a/b;c=d;q=0.1")}),
    "one type with many parameters": ("/v1/figures", {"Accept": "a/b" + _filled(";c=d", "")}),
    "one type with a long quoted parameter": ("/v1/figures", {"Accept": 'a/b;c="' + "\\a" * 1_900}),
    "many codings with weights": ("/v1/figures", {"Accept-Encoding": _filled("br;q=0.5")}),
    "many languages with weights": ("/", {"Accept-Language": _filled("zh-a-b;q=0.5")}),
    "many ranges of a file": ("/v1/figures.csv", {"Range": f"bytes={_filled('0-', chars=30_000)}"}),
    "one long range": ("/v1/figures.csv", {"Range": f"bytes={'9' * 30_000}-"}),
    "many weak tags": ("/v1/figures", {"If-None-Match": _filled('W/"a"', chars=30_000)}),
    "an unclosed tag": ("/v1/figures", {"If-None-Match": '"' * 30_000}),
    "many empty fields": ("/v1/figures", {f"X-{n}": "" for n in range(90)}),
    "a long request id": ("/v1/figures", {"X-Request-Id": "a" * 30_000}),
    "many hosts of proxies": ("/v1/figures", {"X-Forwarded-Host": _filled("a.example", chars=30_000)}),
    "a percent-encoded query": (f"/v1/figures?{'%61' * 5_000}", {}),
    "a query of separators": (f"/v1/figures?{'&' * 15_000}", {}),
    "a query of empty parameters": (f"/v1/figures?{'=&' * MAX_PARAMETERS}", {}),
    "a path of dots": (f"/v1/{'../' * 4_000}figures", {}),
    "a path of separators": ("/" * 15_000, {"Accept": "text/html"}),
}
