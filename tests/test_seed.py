"""The seed itself: complete, honest, and in nobody's words but ours."""

import csv
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.entity import Entity
from app.models import COLLECTIONS, ENTITIES
from tests.conftest import SEED

pytestmark = pytest.mark.databases("sqlite")

# Every number of the article, in its order, as its words state it.
NUMBERS = [
    ("六大", 6, "item"), ("百名", 100, "person"), ("百名", 100, "person"), ("290人", 290, "person"),
    ("500—6000元", None, "CNY"), ("每月至少一次", 1, "time"), ("8740万元", 87_400_000, "CNY"), ("31个", 31, "item"),
    ("2.2平方公里", 2.2, "km2"), ("10万平方米", 100_000, "m2"), ("11个", 11, "item"), ("3.5亿元", 350_000_000, "CNY"),
    ("5万亩", 50_000, "mu"), ("5.8万亩", 58_000, "mu"), ("3亿元", 300_000_000, "CNY"), ("7.015亿元", 701_500_000, "CNY"),
    ("1万人次", 10_000, "person-time"), ("2个100人", None, "person"), ("2个", 2, "item"), ("55家", 55, "business"),
    ("1.1万余个", 11_000, "item"), ("2505人", 2505, "person"), ("843人", 843, "person"), ("560万元", 5_600_000, "CNY"),
    ("80支", 80, "team"), ("980人", 980, "person"), ("约100万元", 1_000_000, "CNY"), ("10人", 10, "person"),
    ("7人", 7, "person"), ("103场", 103, "session"), ("约1858万元", 18_580_000, "CNY"), ("581万元", 5_810_000, "CNY"),
]  # fmt: skip


def records(client: TestClient, slug: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/v1/{slug}?limit=1000").json()["data"]
    return found


def test_every_number_of_the_article_is_served(client: TestClient) -> None:
    figures = client.get("/v1/figures?sort=paragraph,start&limit=1000").json()["data"]
    assert [(each["as_stated"], each["value"], each["unit"]) for each in figures] == NUMBERS


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (
            "stable-employment-in-guangdong",
            {"value": 843, "part_of_id": "stable-employment", "paragraph": 5, "start": 474},
        ),
        ("support-per-person", {"lower": 500, "upper": 6000, "comparator": "range", "period": "per_person_per_year"}),
        ("monthly-clinic-and-teaching-visits", {"lower": 1, "upper": None, "comparator": "ge", "period": "per_month"}),
        ("job-postings", {"lower": 11_000, "upper": None, "comparator": "gt"}),
        ("donation-value", {"lower": None, "upper": None, "comparator": "approx"}),
        ("huaqin-class-students", {"lower": 100, "upper": 200, "comparator": "range"}),
        ("paired-party-officials", {"lower": None, "upper": None, "comparator": "approx", "status": "not-stated"}),
        ("paired-caring-parents", {"lower": None, "upper": None, "comparator": "approx", "status": "not-stated"}),
        ("cash-donations", {"part_of_id": "donation-value"}),
        ("jiaduobao-planting-area", {"si_value": 33_333_333.3, "si_unit": "m2"}),
        ("jiaduobao-annual-output", {"status": "projected", "period": "per_year"}),
        ("people-trained-per-year", {"status": "projected", "period": "per_year"}),
        ("youth-teams", {"field": "team_count", "subject_kind": "basketball-team"}),
        ("job-postings", {"text_zh": "多于1.1万个岗位", "text_en": "more than 11,000 job postings"}),
        ("huaqin-classes", {"text_zh": "2个班", "text_en": "2 classes"}),
        ("support-per-person", {"text_zh": "每人每年500–6000元", "text_en": "CNY 500–6,000 per person per year"}),
    ],
)
def test_what_the_words_say_beside_the_number(client: TestClient, figure: str, expected: dict[str, Any]) -> None:
    data = client.get(f"/v1/figures/{figure}").json()["data"]
    assert {name: data[name] for name in expected} == expected


def test_the_subject_of_every_figure_is_where_its_collection_says(client: TestClient) -> None:
    for each in records(client, "figures"):
        assert client.get(f"/v1/{each['subject_collection']}/{each['subject_id']}").status_code == 200, each["id"]


@pytest.mark.parametrize("figure", ["huaqin-class-students", "donation-value", "cash-donations"])
def test_what_is_ambiguous_is_told_in_both_languages(client: TestClient, figure: str) -> None:
    data = client.get(f"/v1/figures/{figure}").json()["data"]
    assert data["note_zh"]
    assert data["note_en"]


# What the source names, and where a reader finds it with all its words.
NAMED = [
    ("programs", "skills-training-base", "as_named", "全市首个粤港澳大湾区高技能人才实训基地"),
    ("programs", "skills-training-base", "summary_zh", "全市首个"),
    ("programs", "skills-training-base", "summary_en", "first in the city"),
    ("programs", "sports-culture-park", "as_named", "粤黔首个体育文化共建园区"),
    ("programs", "sports-culture-park", "summary_zh", "首个"),
    ("programs", "sports-culture-park", "summary_en", "first"),
    ("programs", "sports-culture-park", "name_en", "Jointly built"),
    ("programs", "social-assistance", "name_zh", "精准"),
    ("programs", "social-assistance", "name_en", "targeted"),
    ("programs", "joint-industrial-park", "name_en", "Gradient"),
    ("programs", "produce-processing-projects", "as_named", "莞铜农产品精深加工项目"),
    ("programs", "produce-processing-projects", "name_en", "Dongguan–Tongren"),
    ("programs", "training-industrial-robots", "as_named", "工业机器人"),
    ("programs", "training-new-energy-vehicle-engineering", "as_named", "新能源汽车工程"),
    ("programs", "training-vehicle-repair", "as_named", "汽车维修"),
    ("programs", "training-smart-manufacturing", "as_named", "智能制造"),
    ("programs", "training-e-commerce", "as_named", "电子商务"),
    ("programs", "basketball-park", "summary_en", "Dongguan and Tongren"),
    ("programs", "introduced-industrial-projects", "summary_en", "does not say whether they are in the joint park"),
    ("programs", "labour-direct-service", "name_en", "through train"),
    ("programs", "under-forest-economy", "name_en", "economy"),
    ("enterprises", "guangdong-zhengdakang", "name_en", "Joint Stock"),
    ("enterprises", "dongguan-chantou-education", "summary_en", "industrial investment"),
    ("sources", "tongren-daily-2022-08-06", "summary_en", "The date in this record’s id is the repost’s too."),
    ("sources", "tongren-daily-2022-08-06", "reuse_en", "not for direct commercial use"),
    ("sources", "tongren-daily-2022-08-06", "reuse_zh", "不可直接用于商业"),
    ("figures", "cash-donations", "note_en", "That is a reading, not the source’s word"),
    ("figures", "cash-donations", "note_zh", "不是原文的说明"),
]


@pytest.mark.parametrize(("slug", "record", "field", "words"), NAMED, ids=[f"{n[1]} {n[2]}" for n in NAMED])
def test_no_word_of_weight_is_dropped(client: TestClient, slug: str, record: str, field: str, words: str) -> None:
    assert words in client.get(f"/v1/{slug}/{record}").json()["data"][field]


def test_every_company_that_the_source_names_is_an_enterprise(client: TestClient) -> None:
    enterprises = {each["id"]: each for each in records(client, "enterprises")}
    assert len(enterprises) == 16
    for partner in records(client, "training-partners"):
        assert (partner["enterprise_id"] is None) == (partner["kind"] == "school")
        if partner["enterprise_id"]:
            own = enterprises[partner["enterprise_id"]]
            assert (own["name_zh"], own["role"]) == (partner["name_zh"], partner["kind"])


def test_no_enterprise_is_said_to_be_more_than_the_source_says(client: TestClient) -> None:
    enterprises = {each["id"]: each for each in records(client, "enterprises")}
    assert {each["parent_id"] for each in enterprises.values()} == {None}
    came_with = {name: each["came_with_id"] for name, each in enterprises.items() if each["came_with_id"]}
    assert came_with == {"tongren-guanxing": "huaqin"}
    assert (enterprises["huaqin"]["role"], enterprises["tongren-guanxing"]["role"]) == (
        "class-namesake",
        "local-company",
    )
    unknown = {name for name, each in enterprises.items() if each["sector"] is None}
    assert unknown == {"byd", "gac-group", "shanghai-volkswagen", "dongguan-jinmangguo"}
    included = client.get("/v1/enterprises/tongren-guanxing?include=came_with").json()["data"]["came_with"]
    assert included["id"] == "huaqin"
    back = client.get("/v1/enterprises/huaqin?include=came_along").json()["data"]["came_along"]
    assert [each["id"] for each in back] == ["tongren-guanxing"]


def test_a_home_place_stands_in_the_name_by_which_the_source_names_an_enterprise(client: TestClient) -> None:
    places = {each["id"]: each["name_zh"].rstrip("省市区") for each in records(client, "places")}
    for each in records(client, "enterprises"):
        if each["home_place_id"]:
            assert each["as_named"].startswith(places[each["home_place_id"]])


@pytest.mark.parametrize(
    ("program", "parent"),
    [
        ("introduced-industrial-projects", "industry-cooperation"),
        ("jiaduobao-processing-base", "industry-cooperation"),
        ("sports-culture-park", "culture-and-sport"),
    ],
)
def test_a_program_is_part_of_no_more_than_the_source_says(client: TestClient, program: str, parent: str) -> None:
    assert client.get(f"/v1/programs/{program}").json()["data"]["parent_id"] == parent


def test_figures_hold_as_of_the_date_by_which_their_source_was_published(client: TestClient) -> None:
    (source,) = records(client, "sources")
    assert source["published_on"] is None
    assert {each["as_of"] for each in records(client, "figures")} == {source["reposted_on"]}


# Where a note doubts the number itself, comparator and bounds doubt it too.
DOUBTED = re.compile("约数|区间|round number|range")


def test_a_note_that_doubts_a_value_is_borne_out_by_comparator_and_bounds(client: TestClient) -> None:
    doubted = [each for each in records(client, "figures") if DOUBTED.search(f"{each['note_zh']}{each['note_en']}")]
    assert {each["id"] for each in doubted} == {
        "paired-party-officials", "paired-caring-parents", "huaqin-class-students",
    }  # fmt: skip
    for each in doubted:
        assert each["comparator"] in {"approx", "range"}
        assert each["lower"] is None or each["lower"] < each["upper"]


# Numbers of the article, in digits of either writing: no description in code speaks of them.
DESCRIBED = re.compile(r"\d|百名|华勤|碧江|南城|Huaqin|Bijiang|Nancheng")


@pytest.mark.parametrize("entity", ENTITIES)
def test_no_description_of_a_collection_speaks_of_one_article(entity: type[Entity]) -> None:
    assert not [words for words in entity.collection.about if DESCRIBED.search(words)]
    for name, column in entity.columns().items():
        about = [words for words in column.declared.about if re.search("华勤|碧江|南城|Huaqin|Bijiang|Nancheng", words)]
        assert not about, name


@pytest.mark.parametrize("path", sorted(SEED.glob("*.*")), ids=lambda path: path.name)
def test_quotation_marks_are_curly(path: Path) -> None:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            texts = [
                cell for row in csv.DictReader(file) for name, cell in row.items() if name.endswith(("_zh", "_en"))
            ]
    else:
        texts = re.findall(r'"([^"]*)"', path.read_text("utf-8"))
    assert not [text for text in texts if "'" in text or '"' in text]


def test_the_youth_teams_are_one_record_of_eighty(client: TestClient) -> None:
    youth = [each for each in records(client, "basketball-teams") if each["kind"] == "youth"]
    assert [(each["team_count"], each["player_count"]) for each in youth] == [(80, 980)]


def test_the_numbers_of_social_work_belong_to_the_whole(client: TestClient) -> None:
    activities = records(client, "social-work-activities")
    counts = ("session_count", "local_worker_count", "supervisor_count")
    whole = [each for each in activities if each["parent_id"] is None]
    assert [tuple(each[name] for name in counts) for each in whole] == [(103, 10, 7)]
    kinds = [each for each in activities if each["parent_id"]]
    assert len(kinds) == 3
    assert all(each[name] is None for each in kinds for name in counts)


def test_the_source_is_known_by_hashes(client: TestClient) -> None:
    (source,) = records(client, "sources")
    assert source["authors"] == ["宋国平", "韦继升"]
    assert (source["published_on"], source["reposted_on"]) == (None, "2022-08-06")
    assert [each["number"] for each in source["paragraphs"]] == [1, 2, 3, 4, 5, 6]
    assert all(re.fullmatch("[0-9a-f]{64}", each["sha256"]) and each["length"] > 100 for each in source["paragraphs"])


def test_division_codes_have_their_form(client: TestClient) -> None:
    places = {each["id"]: each for each in records(client, "places")}
    assert {places[name]["code"] for name in ("guangdong", "dongguan", "tongren", "bijiang")} == {
        "440000", "441900", "520600", "520602",
    }  # fmt: skip
    assert {len(each["code"]) for each in places.values() if each["code"]} == {6, 9}
    for place in places.values():
        parent = places.get(place["parent_id"])
        if place["code"] and parent and parent["code"]:
            assert place["code"].startswith(parent["code"].rstrip("0"))


@pytest.mark.parametrize("entity", ENTITIES)
def test_files_are_pleasant_to_edit(entity: type[Entity]) -> None:
    content = (SEED / f"{entity.collection.slug}.csv").read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")


@pytest.mark.parametrize("slug", COLLECTIONS)
def test_no_sentence_of_the_article_is_carried(article: Path, slug: str) -> None:
    text = article.read_text("utf-8")
    names = set()
    for entity in ENTITIES:
        with (SEED / f"{entity.collection.slug}.csv").open(encoding="utf-8", newline="") as file:
            names |= {row[column] for row in csv.DictReader(file) for column in ("as_named", "title") if column in row}
    with (SEED / f"{slug}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for column in ("summary_zh", "note_zh", "definition_zh", "reuse_zh"):
                own = row.get(column) or ""
                for name in sorted(names, key=len, reverse=True):
                    own = own.replace(name, "|") if len(name) > 3 else own
                own = re.sub(r"[0-9: -]{4,}", "|", own)
                runs = (own[start : start + 13] for start in range(len(own) - 12))
                assert not [run for run in runs if run in text], (slug, row["id"], column)
