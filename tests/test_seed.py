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
    ("1万人次", 10_000, "person-time"), ("2个", 2, "item"), ("100人", 100, "person"), ("55家", 55, "business"),
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
        ("cash-donations", {"part_of_id": "donation-value"}),
        ("jiaduobao-planting-area", {"si_value": 33_333_333.3, "si_unit": "m2"}),
        ("jiaduobao-annual-output", {"status": "projected", "period": "per_year"}),
        ("people-trained-per-year", {"status": "projected", "period": "per_year"}),
        ("youth-teams", {"field": "team_count", "subject_kind": "basketball-team"}),
    ],
)
def test_what_the_words_say_beside_the_number(client: TestClient, figure: str, expected: dict[str, Any]) -> None:
    data = client.get(f"/v1/figures/{figure}").json()["data"]
    assert {name: data[name] for name in expected} == expected


@pytest.mark.parametrize("figure", ["huaqin-class-students", "donation-value", "cash-donations"])
def test_what_is_ambiguous_is_told_in_both_languages(client: TestClient, figure: str) -> None:
    data = client.get(f"/v1/figures/{figure}").json()["data"]
    assert data["note_zh"]
    assert data["note_en"]


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
    assert source["published_on"] == "2022-08-06"
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
            for column in ("summary_zh", "note_zh", "definition_zh"):
                own = row.get(column) or ""
                for name in sorted(names, key=len, reverse=True):
                    own = own.replace(name, "|") if len(name) > 3 else own
                own = re.sub(r"[0-9: -]{4,}", "|", own)
                runs = (own[start : start + 13] for start in range(len(own) - 12))
                assert not [run for run in runs if run in text], (slug, row["id"], column)
