"""Evidence: words are found at their places, changes are named, and every numeral is accounted for."""

import datetime as dt
import hashlib
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from app.entity import CitedSpan
from app.evidence.explain import explain
from app.evidence.spans import (
    Paragraph,
    WordsNotFound,
    describe,
    distinguishing_prefix,
    find,
    sha256,
    text_fragment,
)
from app.evidence.text import match_paragraphs, read_lines
from app.evidence.verify import verify
from app.load.locators import Locators, locate, read_locators, write_locators
from app.load.rows import read_rows
from app.models import COLLECTIONS
from tests.conftest import SEED, quiet
from tests.running import shanhai

pytestmark = pytest.mark.databases("sqlite")

FIGURES = [
    CitedSpan("figures", "people", "290人", 1, 5, 9),
    CitedSpan("excluded-numerals", "plan", "十四五", 1, 11, 14),
]
TEXT = "帮扶人数有290人，按十四五规划。"  # synthetic, in no source


def test_a_text_that_is_as_it_was_has_no_findings() -> None:
    outcome = verify(["标题", TEXT, "页脚"], [describe(1, TEXT)], FIGURES)
    assert outcome.findings == []
    assert (outcome.numerals, outcome.served, outcome.excluded, outcome.accounted) == (2, 1, 1, 100)


def test_a_numeral_is_not_accounted_for_by_words_that_do_not_stand_there() -> None:
    outcome = verify([TEXT.replace("290", "291")], [describe(1, TEXT)], FIGURES)
    assert (outcome.served, outcome.excluded, outcome.accounted) == (0, 1, 50)
    assert any("'291' is in no figure" in finding for finding in outcome.findings)


def test_nothing_is_verified_that_was_not_looked_at() -> None:
    outcome = verify([TEXT], [], FIGURES)
    assert (outcome.figures, outcome.accounted) == (0, 0)
    assert len(outcome.findings) == 2
    assert verify([], [describe(1, TEXT)], FIGURES).accounted == 0


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        (TEXT.replace("290", "291"), "figures/people: paragraph 1 [5:9] should read '290人' and reads '291人'"),
        ("今" + TEXT, "should read '290人' and reads '有290'; those words are at 6"),
        (TEXT + "另3人。", "'3' is in no figure. Serve it as one, or exclude it with a reason."),
        ("全然不同的一段", "paragraph 1 is not in this file, nor anything like it"),
    ],
)
def test_a_change_is_named(text: str, finding: str) -> None:
    findings = verify([text], [describe(1, TEXT)], FIGURES).findings
    assert any(finding in each for each in findings), findings


def test_a_numeral_that_is_served_only_in_part_is_not_accounted_for() -> None:
    half = [CitedSpan("figures", "people", "29", 1, 5, 7), FIGURES[1]]
    assert any("'290' is in no figure" in finding for finding in verify([TEXT], [describe(1, TEXT)], half).findings)


@given(st.text("ab", min_size=1, max_size=30), st.text("ab", min_size=1, max_size=3), st.integers(1, 5))
@example("aaa", "aa", 2)
def test_the_occurrence_is_found_that_is_meant(text: str, words: str, occurrence: int) -> None:
    places = [place for place in range(len(text)) if text.startswith(words, place)]
    if occurrence <= len(places):
        assert find(words, text, occurrence) == places[occurrence - 1]
    else:
        with pytest.raises(WordsNotFound):
            find(words, text, occurrence)
    if len(places) > 1:
        with pytest.raises(WordsNotFound, match="Give the number in the column occurrence"):
            find(words, text, None)


def test_an_address_opens_the_source_at_the_words() -> None:
    text = "发动东莞百名党员，百名父母"
    assert distinguishing_prefix("百名", text, 4, text) == "发动东莞"
    assert distinguishing_prefix("百名", text, 9, text) == "，"
    assert distinguishing_prefix("父母", text, 11, text) == ""
    address = text_fragment("https://example.org/a", "5-6人", "东莞")
    assert address == "https://example.org/a#:~:text=%E4%B8%9C%E8%8E%9E-,5%2D6%E4%BA%BA"
    assert unquote(address).endswith("东莞-,5-6人")


def test_every_record_stands_where_it_says(client: TestClient, article: Path) -> None:
    by_hash = {sha256(line.strip()): line.strip() for line in article.read_text("utf-8").splitlines()}
    (source,) = client.get("/v1/sources").json()["data"]
    paragraphs = {each["number"]: by_hash[each["sha256"]] for each in source["paragraphs"]}
    assert all(len(paragraphs[each["number"]]) == each["length"] for each in source["paragraphs"])
    seen = 0
    for slug, entity in COLLECTIONS.items():
        words = getattr(entity, "words_column", None)
        for record in client.get(f"/v1/{slug}?limit=1000").json()["data"] if words else ():
            assert paragraphs[record["paragraph"]][record["start"] : record["end"]] == record[str(words)]
            seen += 1
    assert seen > 130


def test_evidence_tells_how_a_value_follows(client: TestClient) -> None:
    data = client.get("/v1/figures/fiscal-aid-funds/evidence").json()["data"]
    assert data["steps"] == ["8740 × 10 000 = 87 400 000", "unit 元 = CNY"]
    for figure in client.get("/v1/figures?limit=1000").json()["data"]:
        data = client.get(f"/v1/figures/{figure['id']}/evidence").json()["data"]
        assert data["verified"] is True
        assert data["steps"]
        assert {name: data[name] for name in ("as_stated", "paragraph", "start", "end", "source_url")} == {
            name: figure[name] for name in ("as_stated", "paragraph", "start", "end", "source_url")
        }


def test_evidence_says_when_the_words_were_located_and_how_to_check(client: TestClient) -> None:
    (source,) = client.get("/v1/sources").json()["data"]
    dates = {each["number"]: each["located_on"] for each in source["paragraphs"]}
    assert all(dt.date(2026, 11, 26) <= dt.date.fromisoformat(each) for each in dates.values())
    for figure in client.get("/v1/figures?limit=1000").json()["data"]:
        data = client.get(f"/v1/figures/{figure['id']}/evidence").json()["data"]
        assert data["located_on"] == dates[figure["paragraph"]]
        assert "shanhai verify --source" in data["check_zh"]
        assert "paragraph_sha256" in data["check_en"]


def test_words_that_were_never_located_are_not_verified(client: TestClient) -> None:
    """As in releases older than the date: words and value agree, but they were not located."""
    figure = client.get("/v1/figures/fiscal-aid-funds?include=source").json()["data"]
    source = figure.pop("source")
    for paragraph in source["paragraphs"]:
        del paragraph["located_on"]
    data = explain(figure, source)
    assert (data["verified"], data["located_on"]) == (False, None)


def test_a_paragraph_is_a_line_without_the_white_space_around_it(tmp_path: Path) -> None:
    """The rule that is written down, on bytes: a mark and line ends count for nothing, all else does."""
    file = tmp_path / "text.txt"
    file.write_bytes(b"\xef\xbb\xbf" + f"标题\r\n\r\n　 {TEXT}\t \r\n".encode())
    assert read_lines(file) == ["标题", "", TEXT]
    assert describe(1, TEXT).sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    for other in (TEXT.replace("，", ","), TEXT.replace("290", "２９０"), TEXT.replace("帮扶", "帮 扶")):
        assert not match_paragraphs([other], [describe(1, TEXT)], [])


def test_the_real_paragraphs_are_cut_by_that_rule(client: TestClient, article: Path) -> None:
    (source,) = client.get("/v1/sources").json()["data"]
    body = [line.strip() for line in article.read_bytes().decode().split("\n")][6:17]
    hashes = [hashlib.sha256(line.encode()).hexdigest() for line in body if line]
    assert [each["sha256"] for each in source["paragraphs"]] == hashes
    assert [each["length"] for each in source["paragraphs"]] == [len(line) for line in body if line]


def test_the_date_changes_with_the_words_alone(article: Path) -> None:
    """Locating again what was located changes nothing; another word in a paragraph gives that paragraph another date."""
    known, _ = read_locators(SEED)
    rows, _ = read_rows(SEED, lambda _: None)
    lines = read_lines(article)
    source_id, tomorrow = known.rows[0].source_id, dt.date(2099, 1, 1)
    again, faults = locate(source_id, rows, known, lines, [], tomorrow)
    assert (again.rows, faults) == (known.rows, [])
    fewer = [row for row in rows if row.values["id"] != "youth-teams"]
    without, faults = locate(source_id, fewer, known, lines, [], tomorrow)
    assert faults == []
    changed = [each.number for each in without.paragraphs(source_id) if each.located_on == "2099-01-01"]
    assert changed == [6]


def test_evidence_is_verified_anew(client: TestClient) -> None:
    figure = client.get("/v1/figures/fiscal-aid-funds?include=source").json()["data"]
    source = figure.pop("source")
    assert explain(figure, source)["verified"]
    unread = explain(figure | {"as_stated": "三块"}, source)  # which earlier versions read
    assert (unread["verified"], unread["steps"]) == (False, [])
    for bent in ({"value": 1}, {"unit": "USD"}, {"comparator": "ge"}, {"end": figure["end"] + 1}, {"upper": None}):
        assert not explain(figure | bent, source)["verified"], bent


def test_verify_says_one_hundred_percent(address: str, article: Path) -> None:
    done = shanhai("verify", "--source", article, DATABASE_URL=address)
    assert done.returncode == 0, done.stderr
    assert "100 % accounted for" in done.stdout
    assert "32 of them figures" in done.stdout


def test_verify_names_the_figure_of_a_changed_digit(address: str, article: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    for old, new, figure in (("843人", "844人", "stable-employment-in-guangdong"), ("80支", "81支", "youth-teams")):
        copy.write_text(article.read_text("utf-8").replace(old, new), "utf-8")
        done = shanhai("verify", "--source", copy, DATABASE_URL=address)
        assert done.returncode == 1
        assert f"figures/{figure}: " in done.stdout
        assert f"should read '{old}' and reads '{new}'" in done.stdout


def test_locate_writes_what_the_seed_holds(article: Path, seed: Path) -> None:
    """All but the dates and the hashes over them, without what it holds."""
    lines, (known, _), (rows, _) = read_lines(article), read_locators(seed), read_rows(seed, quiet)
    body = [line for line in lines[6:17] if line]
    located, faults = locate("tongren-daily-2022-08-06", rows, Locators([]), lines, body, dt.date(2099, 1, 1))
    assert not faults
    assert [row[:6] + row[7:8] for row in located.rows] == [row[:6] + row[7:8] for row in known.rows]
    write_locators(seed, Locators(sorted(known.rows)))
    assert (seed / "locators.csv").read_bytes() == (SEED / "locators.csv").read_bytes()


def test_the_command_locates_a_source_that_is_new(article: Path, seed: Path) -> None:
    before, _ = read_locators(seed)
    (seed / "locators.csv").unlink()
    located = shanhai("locate", article, "--seed", seed, "--source-id", "tongren-daily-2022-08-06", "--lines", "7-17")
    assert located.returncode == 0, located.stderr
    after, _ = read_locators(seed)
    assert [row[:6] for row in after.rows] == [row[:6] for row in before.rows]


def test_locate_tells_what_it_cannot_find(article: Path, seed: Path) -> None:
    path = seed / "figures.csv"
    path.write_text(path.read_text("utf-8").replace("8740万元", "8750万元"), "utf-8")
    located = shanhai("locate", article, "--seed", seed)
    assert located.returncode == 1
    assert "as_stated: Paragraph 3: '8750万元' is not in this paragraph. Copy the words exactly" in located.stderr
    assert (seed / "locators.csv").read_bytes() == (SEED / "locators.csv").read_bytes()


def test_paragraphs_are_described_without_their_text() -> None:
    assert describe(1, "a") == Paragraph(1, 1, sha256("a"))
