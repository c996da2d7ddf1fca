"""Search: the hits of a scan of all records, in the same order on both databases, with their spans."""

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.api.models.search import SearchHit
from app.models import COLLECTIONS
from app.search import is_unspaced, parse_query
from app.search.fold import fold
from tests.conftest import BOTH, NewDatabase, Record, client_of, loaded, statements
from tests.search.plain import Everything, hits, plainly, synonyms

QUERIES = [
    "油茶", "篮球", '"Bijiang"', "bijiang", "8740万", "87400000", "８７４０万", "87,400,000", "8740万元", "比亚迪", "BYD", "byd",
    "東莞", "碧", "人", "lanqiu", "dongguan", "qiqi", "teams", "companies", "train", "basketball team", '"basketball team"',
    "南城 碧江", "南城、碧江", "篮球 -宏远", "篮球 -宏远篮球", '东莞 -"guangdong hongyuan"', "“阳光雨”党建品牌", "5万亩", "843",
    "0.5", "33333333.3", "宋国平", "52diyhome", "440000", "youth-teams", "fiscal aid 8740万", "社工 children", "a", "1",
    "五金 -五金", "没有这样的词", "zzzz", "50", "50%", "5", "¥87400000", "87.4 million yuan", "12.25", "200条", "31.3%",
    "the basketball", "the", '"青少年 篮球"', '"广东 宏远" 篮球', '篮球 -"广东 宏远"', "441900", "4419", "2022-08-06", "tea", '"tea"', "li", "comp", "lu", "basketball -an",
]  # fmt: skip


@pytest.mark.parametrize("query", QUERIES)
def test_hits_and_their_order_are_those_of_a_scan(client: TestClient, everything: Everything, query: str) -> None:
    expected = [(slug, record_id) for _, _, slug, record_id in plainly(query, everything)]
    assert [(hit["collection"], hit["id"]) for hit in hits(client, query, limit=7)] == expected
    answer = client.get("/v1/search", params={"q": query}).json()
    assert answer["meta"]["total"] == len(expected)


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("油茶", "indicators/camellia-base-area"),
        ("篮球", "figures/basketball-park-donations"),
        ('"Bijiang"', "places/bijiang"),
        ("bijiang", "places/bijiang"),
        ("bijiangqu", "places/bijiang"),
        ("碧江区", "places/bijiang"),
        ("碧江", "places/bijiang"),
        ("东莞", "places/dongguan"),
        ("dongguan", "places/dongguan"),
        ("8740万", "figures/fiscal-aid-funds"),
        ("87400000", "figures/fiscal-aid-funds"),
        ("８７４０万", "figures/fiscal-aid-funds"),
        ("比亚迪", "enterprises/byd"),
        ("BYD", "enterprises/byd"),
        ("80支", "figures/youth-teams"),
    ],
)
def test_the_best_hit_is_the_intended_one(client: TestClient, query: str, first: str) -> None:
    best = client.get("/v1/search", params={"q": query}).json()["data"][0]
    assert f"{best['collection']}/{best['id']}" == first


# What readers ask, and the records of which each must be among the first three.
QUESTIONS = {
    "how much money went to Bijiang": ["figures/fiscal-aid-funds"],
    "碧江得到多少钱": ["figures/fiscal-aid-funds"],
    "money": ["figures/fiscal-aid-funds", "figures/funds-in-place"],
    "钱": ["figures/fiscal-aid-funds", "figures/funds-in-place"],
    "资金": ["figures/fiscal-aid-funds", "figures/funds-in-place"],
    "碧江 资金": ["figures/fiscal-aid-funds"],
    "87.4m": ["figures/fiscal-aid-funds"],
    "8740万": ["figures/fiscal-aid-funds"],
    "How much did the government give in aid?": ["figures/fiscal-aid-funds"],
    "东莞捐了多少钱": ["figures/donation-value", "figures/cash-donations"],
    "How much was donated to the basketball park?": ["figures/basketball-park-donations"],
    "有多少支青少年篮球队？": ["figures/youth-teams", "figures/youth-players"],
    "How many youth teams are there?": ["figures/youth-teams"],
    "有多少社工": ["figures/local-social-workers"],
    "培训了多少人": ["figures/people-trained-per-year"],
    "How many people found jobs?": ["figures/stable-employment"],
    "有多少人就业": ["figures/stable-employment"],
    "卖了多少农产品": ["figures/produce-sales-in-east"],
    "What is the value of the donations?": ["figures/donation-value"],
    "比亚迪是做什么的": ["enterprises/byd", "training-partners/byd"],
    "Who is BYD?": ["enterprises/byd"],
    "华勤班有几个班": ["figures/huaqin-classes"],
}


@pytest.mark.parametrize(("question", "answers"), QUESTIONS.items(), ids=str)
def test_a_plain_question_is_answered(client: TestClient, question: str, answers: list[str]) -> None:
    best = client.get("/v1/search", params={"q": question, "limit": 3}).json()["data"]
    found = [f"{hit['collection']}/{hit['id']}" for hit in best]
    assert set(answers) <= set(found)
    if answers[0].endswith("fiscal-aid-funds"):
        assert found[0] == answers[0]


def pieces_of(everything: Everything, length: int) -> Iterator[str]:
    """Yield every substring of a length in any searched Chinese text."""
    for slug, entity in COLLECTIONS.items():
        for record in everything[slug]:
            for name, column in entity.columns().items():
                if column.is_searchable and isinstance(record[name], str):
                    for run in filter(is_unspaced, fold(record[name])):
                        yield from (run[at : at + length] for at in range(len(run) - length + 1))


@pytest.mark.parametrize("length", [1, 2, 3, 6])
def test_every_substring_is_found(client: TestClient, everything: Everything, length: int) -> None:
    every = sorted(set(pieces_of(everything, length)))
    for piece in random.Random(length).sample(every, 60):  # noqa: S311 - the same ones each time
        actual = {(hit["collection"], hit["id"]) for hit in hits(client, f'"{piece}"', limit=1000)}
        assert actual == {(slug, record_id) for _, _, slug, record_id in plainly(f'"{piece}"', everything)}, piece


WORDS = st.sampled_from(
    ["东", "莞", "东莞", "篮球", "球队", "万", "8740", "bijiang", "team", "Teams", "-东莞", '"', "-", "。", "ji", "５", "元"]
)  # fmt: skip


@settings(max_examples=60)
@given(words=st.lists(WORDS, min_size=1, max_size=4), separator=st.sampled_from(["", " "]))
def test_hits_of_combined_words_are_those_of_a_scan(
    client: TestClient, everything: Everything, words: list[str], separator: str
) -> None:
    query = separator.join(words)
    answer = client.get("/v1/search", params={"q": query, "limit": 1000})
    if answer.status_code == 200:
        actual = [(hit["collection"], hit["id"]) for hit in answer.json()["data"]]
        assert actual == [(slug, record_id) for _, _, slug, record_id in plainly(query, everything)]


@pytest.mark.parametrize("query", QUERIES)
def test_every_hit_has_the_span_of_a_match(client: TestClient, everything: Everything, query: str) -> None:
    required = {name for name, field in SearchHit.model_fields.items() if field.is_required()}
    parsed = parse_query(query)
    searched = {"".join(runs) for runs in (parsed.runs, *(term.runs for term in parsed.wanted))}
    searched |= {word for group in synonyms() if searched.intersection(group) for word in group}
    for hit in hits(client, query, limit=50):
        assert set(hit) == required
        (record,) = (each for each in everything[hit["collection"]] if each["id"] == hit["id"])
        related = hit["links"].get("related")
        assert (related is not None) == (hit["field"] in ("indicator_id", "subject_id"))
        if related is None:
            value = record[hit["field"]]
            assert hit["text"] in (value if isinstance(value, list) else [str(value)])
        else:
            slug, record_id = related.rsplit("/", 2)[1:]
            (other,) = (each for each in everything[slug] if each["id"] == record_id)
            assert hit["text"] in other.values()
        is_figure = hit["collection"] == "figures"
        value = {name: record[name] for name in ("text_zh", "text_en", "status", "as_of")} if is_figure else None
        assert hit["value"] == value
        assert (hit["name_zh"], hit["name_en"]) == (record["name_zh"], record["name_en"])
        assert 0 <= hit["start"] < hit["end"] <= len(hit["text"])
        assert hit["links"]["self"] == f"http://testserver/v1/{hit['collection']}/{hit['id']}"
        words = fold(hit["text"][hit["start"] : hit["end"]])
        assert words, hit
        if hit["field"] != "name_zh" and not any(term.amount or term.stem or term.phrase for term in parsed.wanted):
            assert "".join(words) in searched, hit


@pytest.mark.parametrize(
    ("query", "hit_id", "field", "words"),
    [
        ("东莞财政", "fiscal-aid-funds", "name_zh", "东莞财政"),
        ("東莞財政", "fiscal-aid-funds", "name_zh", "东莞财政"),
        ("FISCAL", "fiscal-aid-funds", "name_en", "fiscal"),
        ("87400000", "fiscal-aid-funds", "as_stated", "8740万"),
        ("33333333.3", "jiaduobao-planting-area", "si_value", "33333333.3"),
        ("companies", "labour-station-and-company", "name_en", "company"),
        ("lanqiu", "basketball-culture", "name_zh", "篮球"),
        ("jiangq", "bijiang", "name_zh", "江区"),
        ("宋国平", "tongren-daily-2022-08-06", "authors", "宋国平"),
        ("basketball culture", "basketball-culture", "summary_en", "basketball culture"),
        ("Tongren Daily", "tongren-daily-2022-08-06", "summary_en", "Tongren Daily"),
        ("12.25", "players-per-youth-team", "value", "12.25"),
        ("87.4 million", "fiscal-aid-funds", "as_stated", "8740万"),
    ],
)
def test_the_span_is_that_of_the_searched_words(
    client: TestClient, query: str, hit_id: str, field: str, words: str
) -> None:
    hit = next(hit for hit in hits(client, query) if hit["id"] == hit_id)
    assert (hit["field"], hit["text"][hit["start"] : hit["end"]]) == (field, words)


@pytest.mark.parametrize("query", ["篮球", "bijiang", "人", "南城 碧江", "a", "東莞"])
def test_pages_join_both_ways(client: TestClient, query: str) -> None:
    whole = client.get("/v1/search", params={"q": query, "limit": 1000}).json()["data"]
    assert hits(client, query, limit=3) == whole
    assert hits(client, query, limit=3, offset=0) == whole
    back: list[Record] = []
    page = client.get("/v1/search", params={"q": query, "limit": 3}).json()
    while page["links"]["next"]:
        page = client.get(page["links"]["next"]).json()
    while True:
        back = page["data"] + back
        if not page["links"]["prev"]:
            break
        page = client.get(page["links"]["prev"]).json()
    assert back == whole


def test_counts_are_of_every_collection(client: TestClient, everything: Everything) -> None:
    answer = client.get("/v1/search", params={"q": "篮球", "limit": 0}).json()
    counted = {each["value"]: each["count"] for each in answer["facets"]["collection"]}
    expected = [slug for _, _, slug, _ in plainly("篮球", everything)]
    assert counted == {slug: expected.count(slug) for slug in set(expected)}
    for each in answer["facets"]["collection"]:
        for way in each["links"].values():
            assert client.get(way).json()["meta"]["total"] == each["count"]
    assert list(counted.values()) == sorted(counted.values(), reverse=True)
    assert answer["data"] == []
    assert {each["label_zh"] for each in answer["facets"]["collection"]} >= {"数字", "篮球队"}
    chosen = client.get("/v1/search", params={"q": "篮球", "collection": "figures,basketball-teams"}).json()
    assert chosen["facets"] == answer["facets"]
    assert chosen["meta"]["total"] == counted["figures"] + counted["basketball-teams"] == len(chosen["data"])
    assert {hit["collection"] for hit in chosen["data"]} == {"figures", "basketball-teams"}


def test_an_overview_shows_the_best_of_each(client: TestClient) -> None:
    every = hits(client, "篮球")
    overview = client.get("/v1/search", params={"q": "篮球", "per_collection": 2}).json()
    collections = [hit["collection"] for hit in overview["data"]]
    assert collections == [
        slug for slug in dict.fromkeys(hit["collection"] for hit in every) for _ in range(collections.count(slug))
    ]
    for slug in set(collections):
        best = [hit for hit in every if hit["collection"] == slug][:2]
        assert [hit for hit in overview["data"] if hit["collection"] == slug] == best
    assert overview["meta"] == client.get("/v1/search", params={"q": "篮球"}).json()["meta"] | {"limit": None}
    assert overview["links"]["next"] is None


@pytest.mark.parametrize(
    ("query", "suggested"),
    [
        ("bijang", "bijiang"),
        ("basketbal", None),
        ("dongguann", "dongguan"),
        ("比亚迪公司", "比亚迪 公司"),
        ("篮球 没有这样的词", "篮球"),
        ("油茶 比亚迪", "油茶"),
        ("油茶 -油茶", "油茶"),
        ("basketbal teeam", "basketbal team"),
        ("9999比亚迪", "比亚迪"),
        ("碧江篮球", "碧江篮球".replace("江", "江 ")),
        ("蓝球", "篮球"),
        ("2819354.8", None),
        ("3.5亿 zzz", "3.5亿"),
        ("0.5 zzz", None),
        ("zzzz", None),
    ],
)
def test_a_search_without_hits_suggests_similar_ones(client: TestClient, query: str, suggested: str | None) -> None:
    answer = client.get("/v1/search", params={"q": query}).json()
    proposed = {each["q"]: each for each in answer["suggestions"]}
    if answer["data"]:
        assert not proposed
        assert suggested is None
        return
    assert (suggested in proposed) == (suggested is not None), proposed
    assert len(proposed) <= 3
    for each in proposed.values():
        assert each["total"] == client.get(each["links"]["self"]).json()["meta"]["total"] > 0


@pytest.mark.parametrize(
    ("query", "same"),
    [("basketball -tea", "basketball"), ("万 -87,400,000", "万 -87400000")],
)
def test_exclusions_are_whole_words_and_amounts(client: TestClient, query: str, same: str) -> None:
    assert hits(client, query) == hits(client, same)


def test_suggestions_preserve_the_collection_and_limit(client: TestClient) -> None:
    answer = client.get("/v1/search", params={"q": "bijang", "collection": "places", "limit": 1}).json()
    (suggestion,) = answer["suggestions"]
    near = client.get(suggestion["links"]["self"]).json()
    assert near["meta"]["total"] == suggestion["total"] > 0
    assert {hit["collection"] for hit in near["data"]} == {"places"}
    assert near["meta"]["limit"] == 1


@pytest.mark.parametrize(
    ("query", "hit_id", "field", "marked"),
    [
        ("南城 碧江", "nancheng-bijiang-cooperation", "name_zh", ["南城", "碧江"]),
        ("南城 碧江", "nancheng-bijiang-cooperation", "summary_zh", ["南城", "碧江"]),
        ("篮球 队", "guangdong-hongyuan-team", "name_zh", ["篮球队"]),
        ("team teams", "bijiang-youth-teams", "name_en", ["teams"]),
        ("8740万", "fiscal-aid-funds", "as_stated", ["8740万"]),
        ("lan qiu", "basketball-culture", "name_zh", ["篮球"]),
        ("12.25", "players-per-youth-team", "value", ["12.25"]),
    ],
)
def test_highlights_are_the_spans_of_all_matches(
    client: TestClient, query: str, hit_id: str, field: str, marked: list[str]
) -> None:
    hit = next(hit for hit in hits(client, query, highlights="true") if hit["id"] == hit_id)
    assert set(hit) == set(SearchHit.model_fields)
    (highlight,) = (each for each in hit["highlights"] if each["field"] == field)
    assert [highlight["text"][start:end] for start, end in highlight["ranges"]] == marked


def test_both_databases_answer_alike(new_database: NewDatabase) -> None:
    answers = []
    for kind in BOTH:
        with client_of(loaded(new_database(kind))) as client:
            answers.append([client.get("/v1/search", params={"q": query, "limit": 1000}).json() for query in QUERIES])
    assert answers[0] == answers[1]


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/v1/search?q=%E7%AF%AE%E7%90%83&limit=47", 4),  # release, counts, ranked page, records
        ("/v1/search?q=%E7%AF%AE%E7%90%83&limit=0&highlights=true", 2),
        ("/v1/programs?q=%E7%AF%AE%E7%90%83%20-counted", 2),  # a complete page needs no count
    ],
)
def test_a_search_costs_few_statements(client: TestClient, backend: str, path: str, most: int) -> None:
    if backend != "sqlite":
        most -= 1  # the others show the release
    client.get("/v1")  # caches the release
    with statements(client) as executed:
        answer = client.get(path)
        assert len([each for each in executed if each.startswith("SELECT")]) == most
        executed.clear()
        assert client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
        assert not executed
