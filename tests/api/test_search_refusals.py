"""Any search text is answered or refused with a reason; no character has a meaning to a database."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.request.cursor import Cursor
from app.search import RANKS
from app.search.fold import fold
from tests.search.plain import Everything, plainly


@pytest.mark.parametrize(
    ("path", "order", "keys"),
    [
        ("/v1/search?q=a", "search?q=a", (2**63, "figures", "a")),
        ("/v1/search?q=a", "search?q=a", (2**64 - 1, "figures", "a")),
        ("/v1/search?q=a", "search?q=a", (-1, "figures", "a")),
        ("/v1/search?q=a", "search?q=a", (RANKS, "figures", "a")),
        ("/v1/search?q=a", "search?q=a", (0, "figure", "a")),
        ("/v1/search?q=a", "search?q=a", (0, "figures", "a\x00")),
        ("/v1/search?q=a", "search?q=b", (0, "figures", "a")),
        ("/v1/figures?q=a", "figures?q=a", (2**31, "a")),
        ("/v1/figures?q=a", "figures?q=a", (0, "a\x00")),
        ("/v1/figures?q=a&unit=CNY", "figures?q=a&unit=CNY", (2**40, "a")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("backwards", [False, True])
def test_a_forged_cursor_is_refused(
    client: TestClient, path: str, order: str, keys: tuple[Any, ...], backwards: bool
) -> None:
    answer = client.get(f"{path}&cursor={Cursor('release', keys, backwards).encode(order)}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize(
    ("path", "parameter", "detail"),
    [
        ("/v1/search", "q", "is missing. Give it, such as q=油茶."),
        ("/v1/search?q=", "q", "contains no letter and no digit"),
        ("/v1/search?q=%F0%9F%8E%89", "q", "contains no letter and no digit"),
        ("/v1/search?q=-a", "q", "only excludes words"),
        ("/v1/search?q=a%00b", "q", "U+0000"),
        ("/v1/search?q=" + "a" * 10_000, "q", "longer than 200"),
        ("/v1/search?q=" + "%E4%B8%9C," * 5_000, "q", "longer than 200"),
        ("/v1/search?q=" + "+".join("abcdefghijklmnopq"), "q", "more than 16 words"),
        ("/v1/search?q=a&collection=figure", "collection", "Did you mean 'figures'?"),
        ("/v1/search?q=a&per_collection=3&limit=2", "limit", "cannot be combined with per_collection"),
        ("/v1/search?q=a&cursor=x&offset=1", "offset", "cannot be combined with cursor"),
        ("/v1/search?q=a&cursor=x", "cursor", "does not belong to this query"),
        ("/v1/search?q=a&limit=1001", "limit", "from 0 to 1000"),
        ("/v1/search?query=a", "query", "Use q."),
        ("/v1/programs?q=", "q", "contains no letter and no digit"),
        ("/v1/programs?q=a&q=b", "q", "given more than once"),
        ("/v1/programs.csv?q=-a", "q", "only excludes words"),
        ("/v1/programs/aggregate?q=!", "q", "contains no letter and no digit"),
        ("/v1/programs/labour-cooperation?q=a", "q", "no such parameter"),
    ],
)
def test_a_refused_search_names_the_parameter(client: TestClient, path: str, parameter: str, detail: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 422
    assert any(error["parameter"] == parameter and detail in error["detail"] for error in answer.json()["errors"])


@settings(max_examples=150)
@given(st.text(max_size=80))
def test_any_text_is_answered_or_refused(client: TestClient, text: str) -> None:
    answers = [client.get(path, params={"q": text}) for path in ("/v1/search", "/v1/figures")]
    assert {answer.status_code for answer in answers} in ({200}, {422})


@pytest.mark.parametrize(
    "text",
    ["'", '"', '"""', "a'b", "\\", "a\\'b", "a:*", "& | !", "(东莞", "东莞)", "NEAR(a b)", "a* b*", "^a", "@东莞", "#东莞#", ":843",
     "&team", "%", "_", "東\u200b莞", "\ufeff东莞", "\U0002a6d6", "\ud7ff东莞", "é" * 200, "１" * 200, "東" * 200],
)  # fmt: skip
def test_no_character_has_a_meaning_to_a_database(client: TestClient, everything: Everything, text: str) -> None:
    answer = client.get("/v1/search", params={"q": text, "limit": 1000})
    if answer.status_code == 422:
        assert not fold(text)
    else:
        actual = [(hit["collection"], hit["id"]) for hit in answer.json()["data"]]
        assert actual == [(slug, record_id) for _, _, slug, record_id in plainly(text, everything)]
