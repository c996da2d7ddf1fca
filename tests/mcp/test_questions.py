"""Ten questions of real users: the calls that an assistant makes for them, and what it may say."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.mcp.conftest import Assistant

Call = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Question:
    """A question. The record that answers it has these values, and the refusal these words."""

    text: str
    calls: list[Call]
    says: dict[str, Any] = field(default_factory=dict)  # of the first record of the last answer
    refuses: str = ""
    total: int | None = None  # of the records of the last answer


def figures(**filters: str) -> Call:
    return "list_records", {"collection": "figures", "filters": filters}


def add(*measure: str, **filters: str) -> Call:
    return "aggregate", {"collection": "figures", "measure": [*measure], "filters": filters}


QUESTIONS = [
    Question(
        "东莞市财政援助资金是多少？",
        [("search", {"q": "财政援助资金"}), ("search", {"q": "财政"}), figures(id="fiscal-aid-funds")],
        {"value": 87_400_000, "unit": "CNY", "comparator": "eq", "as_stated": "8740万元", "period": "cumulative"},
        total=1,
    ),
    Question(
        "招聘会一共提供了多少个就业岗位？",
        [("search", {"q": "就业岗位"}), figures(indicator_id="job-postings")],
        {"value": 11_000, "comparator": "gt", "as_stated": "1.1万余个", "text_en": "more than 11,000 job postings"},
        total=1,
    ),
    Question(
        "碧江区的八十支青少年篮球队分别叫什么名字？",
        [("search", {"q": "80支", "collection": ["figures"]}), figures(id="youth-teams")],
        {"value": 80, "unit": "team", "as_stated": "80支"},  # one record, which names no team
        total=1,
    ),
    Question(
        "这些资金加起来一共有多少？",
        [add("sum:value", unit="CNY")],
        refuses="sum:value would combine figures that differ in indicator_id",
    ),
    Question(
        "社会捐赠物资约1858万元，加上现金581万元，一共多少？",
        [add("sum:value", unit="CNY", id__in="donation-value,cash-donations")],
        refuses="'cash-donations' is a part of 'donation-value'",
    ),
    Question(
        "How many rural workers have stable jobs, and how many of them are in Guangdong?",
        [figures(indicator_id="stable-employment")],
        {"id": "stable-employment", "value": 2505, "as_stated": "2505人", "status": "achieved"},
        total=2,
    ),
    Question(
        "How much does each person supported receive a year?",
        [("search", {"q": "support per person"}), figures(id="support-per-person")],
        {"value": None, "lower": 500, "upper": 6000, "comparator": "range", "as_stated": "500—6000元"},
        total=1,
    ),
    Question(
        "What is the annual output of the Jiaduobao bases?",
        [("search", {"q": "Jiaduobao annual output"}), figures(id="jiaduobao-annual-output")],
        {"value": 300_000_000, "status": "projected", "per": "year", "as_stated": "3亿元"},  # a forecast
        total=1,
    ),
    Question(
        "What is the average of all figures in the dataset?",
        [add("avg:value")],
        refuses="avg:value would combine figures that differ in unit",
    ),
    Question(
        "How much did the aid cost in RMB?",
        [figures(unit="RMB")],
        refuses="unit: 'RMB' is no known value",
    ),
]


@pytest.mark.parametrize("question", QUESTIONS, ids=[each.text for each in QUESTIONS])
def test_an_assistant_gets_what_the_source_says_or_why_not(assistant: Assistant, question: Question) -> None:
    *first, (tool, arguments) = question.calls
    for name, given in first:
        found = assistant.data(name, **given)
        assert found["data"] or found["suggestions"], "this search leads an assistant nowhere"
    if question.refuses:
        assert question.refuses in assistant.refusal(tool, **arguments)
        return
    answer = assistant.data(tool, **arguments)
    records = {each["id"]: each for each in answer["data"]}
    record = records[question.says.get("id", answer["data"][0]["id"])]
    assert question.says.items() <= record.items()
    assert answer["meta"]["total"] == question.total
    assert answer["meta"]["release"]
    assert record["source_url"].startswith("https://")
    citation = assistant.data("cite", figure=record["id"])["citation"]
    assert str(record["as_stated"]) in citation
    assert answer["meta"]["release"] in citation
