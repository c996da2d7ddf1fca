"""Queries are parsed as users mean them, and invalid ones are reported."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.entity import ValueFault
from app.search import MAX_QUERY_CHARS, SYNTAXES, Query, candidates, parse_query, ranks, write


def shown(query: Query) -> tuple[list[str], list[str]]:
    return [term.text for term in query.wanted], [term.text for term in query.unwanted]


@pytest.mark.parametrize(
    ("text", "wanted", "unwanted"),
    [
        ("油茶", ["油茶"], []),
        ("南城 碧江", ["南城", "碧江"], []),
        ("南城、碧江", ["南城", "碧江"], []),
        ("　南城　碧江　", ["南城", "碧江"], []),
        ("南城 南城", ["南城"], []),
        ('"basketball team"', ['"basketball team"'], []),
        ("“阳光雨”党建品牌", ['"阳光雨"', "党建品牌"], []),
        ("「陽光雨」", ['"阳光雨"'], []),
        ('"not closed', ['"not closed"'], []),
        ("篮球 -宏远", ["篮球"], ["宏远"]),
        ("篮球 －宏远", ["篮球"], ["宏远"]),
        ('篮球 -"guangdong hongyuan"', ["篮球"], ['"guangdong hongyuan"']),
        ("co-operation", ["co", "operation"], []),
        ("8740万", ["8740万"], []),
        ("BYD比亚迪", ["byd比亚迪"], []),
        ("Dongguan and the team", ["dongguan", "team"], []),
        ("the", ["the"], []),
        ("a OR b", ["b"], []),
        ("NEAR(东莞*)", ["near", "东莞"], []),
        ("x' OR 1=1 --", ["x", "1"], []),
        ("- -- 东莞", ["东莞"], []),
        ('"" 东莞', ["东莞"], []),
    ],
)
def test_a_query_is_read_as_people_mean_it(text: str, wanted: list[str], unwanted: list[str]) -> None:
    assert shown(parse_query(text)) == (wanted, unwanted)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("8740万", ":87400000"),
        ("87400000", ":87400000"),
        ("８７４０万", ":87400000"),
        ("87,400,000", ":87400000"),
        ("8740万元", ":87400000_CNY"),
        ("八千七百四十万", ":87400000"),
        ("7.015亿", ":701500000"),
        ("0.5", ":0.5"),
        ("约5万亩", ":50000_mu"),
        ("百名", ":100_person"),
        ("50%", ":50_percent"),
        ("87.4 million", ":87400000"),
        ("87.4 million yuan", ":87400000_CNY"),
        ("RMB 8740万", ":87400000_CNY"),
        ("CNY 87,400,000", ":87400000_CNY"),
        ("3—5", None),
        ("一次", None),
        ("四安家园", None),
        ("2022-08-06", None),
        ("东莞", None),
    ],
)
def test_an_amount_is_read_in_any_writing(text: str, amount: str | None) -> None:
    assert {term.amount for term in parse_query(text).wanted} == {amount}
    assert all(term.amount is None for term in parse_query(f'"{text}"').wanted)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("！", "contains no letter and no digit"),
        ("🎉 ¥", "contains no letter and no digit"),
        ('""', "contains no letter and no digit"),
        (" ", "contains no letter and no digit"),
        ("-东莞", "only excludes words"),
        ("a" * (MAX_QUERY_CHARS + 1), f"longer than {MAX_QUERY_CHARS} characters"),
        (" ".join(f"w{number}" for number in range(17)), "more than 16 words"),
        ("a\x00b", "U+0000"),
    ],
)
def test_an_invalid_query_is_reported(text: str, message: str) -> None:
    with pytest.raises(ValueFault, match=message.replace("+", r"\+")):
        parse_query(text)


@given(st.text(max_size=60))
@example("²K")
@example(".9M")
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        query = parse_query(text)
    except ValueFault:
        return
    expressions = [candidates(query), *(expression for _, expression in ranks(query))]
    for expression in expressions:
        for syntax in SYNTAXES.values():
            written = write(expression, syntax)
            assert written.count(syntax.quote) % 2 == 0
            assert "\\" not in written
    if not query.unwanted:
        assert parse_query(query.text).runs == query.runs
