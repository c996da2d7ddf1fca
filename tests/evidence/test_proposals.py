"""Numerals that state no quantity are recognised by what stands around them, and nothing else is."""

import pytest

from app.evidence.numerals import numerals, outside
from app.evidence.proposals import propose
from tests.terms import LABELS

PROPOSED = [
    ("2023年7月启动", "2023年7月", "date"),
    ("2019年至2021年", "2019年至2021年", "date"),
    ("二〇二三年", "二〇二三年", "date"),
    ("8月10日至12日举行", "8月10日至12日", "date"),
    ("发于2023-08-10。", "2023-08-10", "date"),
    ("上半年", "上半年", "date"),
    ("第三季度", "第三季度", "date"),
    ("五一期间", "五一", "date"),
    ("两年半来，", "两年半来", "date"),
    ("早上8时30分出发", "8时30分", "clock-time"),
    ("8:30开始", "8:30", "clock-time"),
    ("电话：010-64035547", "010-64035547", "contact"),
    ("请拨13800138000。", "13800138000", "contact"),
    ("按1:10的比例", "1:10", "ratio"),
    ("一是机械", "一", "enumeration"),
    ("其二，", "其二", "enumeration"),
    ("（三）要", "（三）", "enumeration"),
    ("第二期工程", "第二期", "ordinal"),
    ("首个园区", "首个", "ordinal"),
    ("二期规划用地", "二", "ordinal"),
    ("头一批出口", "头一批", "ordinal"),
    ("3号楼", "3", "ordinal"),
    ("一心一意办", "一心一意", "idiom"),
    ("“十四五”规划", "十四五", "part-of-a-name"),
    ("进一步", "进一步", "part-of-a-word"),
    ("双方签约", "双方", "part-of-a-word"),
    ("一共种树", "一共", "part-of-a-word"),
    ("另一个村", "另一", "part-of-a-word"),
    ("踊跃参与", "参与", "part-of-a-word"),
]
# Quantities, and what only a person can tell.
NOT_PROPOSED = [
    "78支", "3日内", "连续3日", "3年", "十年", "3个月", "2000元", "10%", "三分之一", "数十人", "几十人", "一半", "翻一番", "1.5倍",
    "一千年的历史", "1000年历史", "13800000000元", "张三", "3期培训班", "八点建议", "一批", "百名", "3年来料加工", "头两年",
]  # fmt: skip


@pytest.mark.parametrize(("text", "words", "reason"), PROPOSED, ids=[text for text, *_ in PROPOSED])
def test_what_is_no_quantity_is_proposed(text: str, words: str, reason: str) -> None:
    (proposal,), unknown = propose(text, numerals(text), [])
    assert (text[slice(*proposal.span)], proposal.reason, unknown) == (words, reason, [])
    assert reason in LABELS["reason"]


@pytest.mark.parametrize("text", NOT_PROPOSED)
def test_what_may_be_a_quantity_is_not(text: str) -> None:
    found = numerals(text)
    assert found
    assert propose(text, found, []) == ([], found)


def test_a_proposal_takes_nothing_from_a_figure() -> None:
    assert propose("2023年7月", [(0, 4)], [(5, 7)]) == ([], [(0, 4)])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("一半", ["一半"]),
        ("增长1.5倍", ["1.5倍"]),
        ("双百", ["双百"]),
        ("廿五", ["廿五"]),
        ("首都的番茄倍感", []),
        ("俩人", ["俩"]),
    ],
)
def test_characters_that_count_beside_others_are_numerals(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in numerals(text)] == found


def test_a_numeral_is_accounted_for_by_one_span_that_holds_it() -> None:
    assert outside([(0, 2), (3, 5), (8, 9)], [(3, 4), (4, 5), (0, 9)]) == []
    assert outside([(0, 2), (3, 5), (8, 9)], [(3, 4), (4, 5), (0, 2)]) == [(3, 5), (8, 9)]
