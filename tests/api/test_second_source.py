"""Two sources side by side: series, rivals, corrections and parts, as they are served, added up and shown."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from app.db import Database
from app.evidence.verify import verify
from app.read.cited import read_cited, read_paragraphs
from tests.conftest import SEED, NewDatabase, client_of, loaded
from tests.load.second_source import FIGURES, SOURCE, TEXT, add_source
from tests.portal.html import Document, elements, name, text
from tests.portal.page_checks import CHECKS
from tests.problems import problem

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def both(backend: str, new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of a database with both sources, one per kind."""
    folder = tmp_path_factory.mktemp("both") / "seed"
    return loaded(new_database(backend), add_source(Path(shutil.copytree(SEED, folder))))


@pytest.fixture(scope="module")
def api(both: str) -> Iterator[TestClient]:
    """A client of the application on both sources."""
    with client_of(both) as opened:
        yield opened


TIMES = {
    "teams-before": ("2022-08", "moment", "2022-08-01", "2022-08-31"),
    "teams-now": ("2023-08", "moment", "2023-08-01", "2023-08-10"),
    "games": ("2023-01/2023-06", "span", "2023-01-01", "2023-06-30"),
    "sales": ("2019/2021", "span", "2019-01-01", "2021-12-31"),
    "roads": ("2018/..", "span", "2018-01-01", "2023-08-10"),
    "trained-by-2025": ("2025", "moment", "2025-01-01", "2025-12-31"),
    "youth-teams": (None, "not-stated", None, "2022-08-06"),
}


def test_figures_say_when_they_hold(api: TestClient) -> None:
    names = ("time", "time_kind", "time_start", "time_end")
    records = api.get(f"/v1/figures?id__in={','.join(TIMES)}").json()["data"]
    assert {each["id"]: tuple(each[name] for name in names) for each in records} == TIMES


def test_a_series_sorts_and_filters_by_time(api: TestClient) -> None:
    def ids(query: str) -> list[str]:
        return [each["id"] for each in api.get(f"/v1/figures?{query}").json()["data"]]

    assert ids("indicator_id=yunxi-teams&sort=time_end") == ["teams-before", "teams-now"]
    assert ids(f"source_id={SOURCE}&time_end__lte=2021&standing=latest") == [
        "sales",
        "trained-in-town",
        "trained-in-villages",
    ]
    assert ids("time=2021&standing=disputed") == ["trained", "trained-by-another-count"]
    assert ids("standing=earlier") == ["exports-2021", "rent-2021", "teams-before"]
    assert ids("standing=replaced") == ["games-misprinted"]
    assert ids(f"source_id={SOURCE}&time_start__gte=2023-02") == ["teams-now", "trained-by-2025"]


def test_evidence_and_verify_cover_the_words_of_the_time(api: TestClient, both: str) -> None:
    time = api.get("/v1/figures/teams-now/evidence").json()["data"]["time"]
    assert TEXT[time["paragraph"] - 1][time["start"] : time["end"]] == time["time_stated"] == "目前"
    assert time["verified"]
    assert api.get("/v1/figures/youth-teams/evidence").json()["data"]["time"] is None
    with Database(both, "export") as database, database.transaction() as connection:
        paragraphs = read_paragraphs(connection)[SOURCE]
        spans = read_cited(connection, SOURCE)
    result = verify(TEXT, paragraphs, spans)
    assert (result.records, result.figures) == (len(FIGURES), len(FIGURES))
    assert not [each for each in result.findings if "paragraph 1" in each]
    moved = [span._replace(start=span.start + 1, end=span.end + 1) for span in spans if span.words == "目前"]
    assert (
        verify(TEXT, paragraphs, moved)
        .findings[0]
        .startswith("figures.time/teams-now: paragraph 1 [29:31] should read '目前'")
    )


def test_a_sum_over_times_names_the_right_way(api: TestClient) -> None:
    query = "group_by=indicator_id,as_of,part_of_id&indicator_id=yunxi-teams&measure=sum:value,count"
    errors = problem(api.get(f"/v1/figures/aggregate?{query}"), 422)["errors"]
    assert errors[0]["detail"].startswith("sum:value would combine figures that differ in time: ")
    assert errors[0]["allowed"] == ["time=2022-08", "time=2023-08", "group_by=indicator_id,as_of,part_of_id,time"]
    for hint in errors[0]["allowed"]:
        changed = re.sub("group_by=[^&]*", hint, query) if hint.startswith("group_by") else f"{query}&{hint}"
        sums = [each["sum_value"] for each in api.get(f"/v1/figures/aggregate?{changed}").json()["data"]]
        assert set(sums) <= {78, 96}


@pytest.mark.parametrize(
    ("query", "detail", "allowed"),
    [
        (
            "time=2021&part_of_id__isnull=true&unit=person",
            "would add two statements on one thing: among the matching records 'trained' and 'trained-by-another-count' have",
            ["id=trained", "id=trained-by-another-count", "measure=count"],
        ),
        (
            "indicator_id=yunxi-games&id=games-misprinted",
            "would add what is corrected: among the matching records 'games-misprinted' is replaced by 'games'.",
            ["replaced_by_id__isnull=true"],
        ),
        (
            "id__in=trained,trained-in-town",
            "would count something twice: among the matching records 'trained-in-town' is a part of 'trained'.",
            ["part_of_id__isnull=true", "group_by=part_of_id"],
        ),
    ],
)
def test_rivals_corrections_and_parts_are_never_added(
    api: TestClient, query: str, detail: str, allowed: list[str]
) -> None:
    (error,) = problem(api.get(f"/v1/figures/aggregate?measure=sum:value&{query}"), 422)["errors"]
    assert detail in error["detail"]
    assert error["allowed"] == allowed


def test_siblings_of_one_whole_are_added(api: TestClient) -> None:
    rows = api.get("/v1/figures/aggregate?measure=sum:value&part_of_id=trained").json()["data"]
    assert rows == [{"sum_value": 1200}]


def test_rivals_and_corrections_are_linked_both_ways(api: TestClient) -> None:
    record = api.get("/v1/figures/trained?include=conflicts,parts").json()["data"]
    assert [each["id"] for each in record["conflicts"]] == ["trained-by-another-count"]
    (replaced,) = api.get("/v1/figures/games?include=replaces").json()["data"]["replaces"]
    assert replaced["id"] == "games-misprinted"
    page = api.get("/en/figures/trained-by-another-count").text
    assert "Disputed by another figure" in page
    assert '/en/figures/trained">' in page
    assert "Replaced by a correction" in api.get("/en/figures/games-misprinted").text
    assert "Figures that conflict with it" in api.get("/en/figures/trained").text


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("per=mu.year", {"rent-2021", "rent-2022"}),
        ("per=mu.year&standing=latest", {"rent-2022"}),
        ("change=decrease", {"unemployment-fell"}),
        ("change__in=from,to", {"unemployment-before"}),
        ("unit=CNY&per__isnull=true&time__isnull=false", {"sales"}),
    ],
)
def test_rates_and_changes_are_filtered(api: TestClient, query: str, ids: set[str]) -> None:
    assert {each["id"] for each in api.get(f"/v1/figures?{query}").json()["data"]} == ids


def test_rates_and_changes_are_not_added_to_amounts(api: TestClient) -> None:
    ids = "id__in=rent-2022,sales"
    errors = problem(api.get(f"/v1/figures/aggregate?measure=sum:value&{ids}"), 422)["errors"]
    (error,) = (each for each in errors if "differ in per:" in each["detail"])
    assert error["allowed"] == ["per=mu.year", "per__isnull=true", "group_by=per"]
    rows = api.get(f"/v1/figures/aggregate?measure=count&group_by=per,change&{ids},unemployment-before").json()["data"]
    assert {(each["per"], each["change"]) for each in rows} == {("mu.year", "level"), (None, "level"), (None, "from")}


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/zh/figures/rent-2021", "每亩每年800元"),
        ("/en/figures/rent-2021", "CNY 800 per mu per year"),
        ("/zh/figures/unemployment-fell", "下降1.5个百分点"),
        ("/en/figures/unemployment-fell", "a decrease of 1.5 percentage points"),
        ("/en/figures/unemployment-before", "from 5%"),
        ("/zh/figures/teams-before", "截至2022年8月"),
        ("/en/figures/teams-before", "As of August 2022"),
        ("/en/figures/sales", "2019–2021"),
        ("/zh/figures/youth-teams", "截至2022年8月6日"),
        ("/en/indicators/yunxi-teams", "as of August 2022"),
    ],
)
def test_pages_say_when_a_figure_holds(api: TestClient, path: str, words: str) -> None:
    assert words in api.get(path).text


def test_a_value_below_zero_keeps_its_sign(api: TestClient) -> None:
    query = "indicator_id=yunxi-exports&fields=value,text_zh,text_en,change"
    first = api.get(f"/v1/figures?{query}&time=2021").json()["data"][0]
    assert first == {"value": -22.2, "text_zh": "-22.2%", "text_en": "-22.2%", "change": "level"}
    assert api.get(f"/v1/figures?{query}&time=2021&format=csv").text.splitlines()[1:] == ["-22.2,-22.2%,-22.2%,level"]


# The bars of each row: its time, its value, where the bar begins and how long it is, in percent.
CHARTS: dict[str, list[tuple[str, str, float, float]]] = {
    "/en/indicators/yunxi-teams": [("as of August 2022", "78", 0, 81.25), ("as of August 2023", "96", 0, 100)],
    "/zh/figures/teams-now": [("截至2022年8月", "78", 0, 81.25), ("截至2023年8月", "96", 0, 100)],
    "/en/indicators/yunxi-exports": [
        ("in 2021", "-22.2%", 0, 87.75),
        ("in 2022, disputed by another figure", "3.1%", 87.75, 12.25),
        ("in 2022, disputed by another figure", "2.9%", 87.75, 11.46),
    ],
    "/en/indicators/yunxi-trained": [],  # of one time, of parts, and planned
    "/en/indicators/yunxi-games": [],  # of which one is replaced
    "/en/figures/trained-in-town": [],
}


@pytest.mark.parametrize("path", CHARTS)
def test_a_series_is_drawn(api: TestClient, path: str) -> None:
    page = Document(api.get(path))
    assert [fault for check in CHECKS for fault in check(page)] == []
    rows = [row for chart in page.all("figure", class_="series") for row in chart.iter("li")]
    assert len(rows) == len(CHARTS[path])
    for row, (time, value, start, width) in zip(rows, CHARTS[path], strict=True):
        (bar,) = (each.attrib for each in elements(row) if name(each) == "rect")
        assert (bar["x"], bar["width"]) == (f"{float(start)}%", f"{float(width)}%")
        assert text(row).startswith(f"{time} {value}")
        assert (row.get("class") == "disputed") == ("disputed" in time)
