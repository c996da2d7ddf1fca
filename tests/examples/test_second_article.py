"""`examples/second-article`: a fictional article and its correction, beside the served one."""

import re
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from app.load import prepare
from app.load.numerals import open_numerals
from app.models.source import Source
from app.releases.diff import as_text, compare
from app.settings import ROOT
from tests.conftest import SEED, NewDatabase, client_of, loaded, quiet
from tests.releases.conftest import Editions, frozen
from tests.running import shanhai

EXAMPLE = ROOT / "examples" / "second-article"
CORRECTION = EXAMPLE / "correction"
# By source, the folder of its text and the lines of its body.
TEXTS = {"fictional-daily-2023-08-10": (EXAMPLE, "5-17"), "fictional-daily-2023-08-15": (CORRECTION, "5-6")}
FIRST = "tongren-daily-2022-08-06"
SECOND, THIRD = TEXTS


def join(folder: Path, *seeds: Path) -> Path:
    """The project's seed with other ones joined to it."""
    runpy.run_path(str(EXAMPLE / "join.py"))["join"]([SEED, *seeds], folder)
    return folder


@pytest.fixture(scope="module")
def joined(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The seed with the article, and with its correction too."""
    folder = tmp_path_factory.mktemp("joined")
    return join(folder / "two", EXAMPLE), join(folder / "three", EXAMPLE, CORRECTION)


def test_it_can_be_loaded_is_complete_and_says_that_it_is_fictional(joined: tuple[Path, Path]) -> None:
    _, records = prepare(joined[1], quiet)
    first, *own = records[Source]
    assert (first, own) == (FIRST, [*TEXTS])
    assert [*open_numerals(records[Source])] == []
    for source in own:
        record = records[Source][source].values()
        assert all("虚构" in record[name] for name in ("title", "publisher", "name_zh", "summary_zh"))
        assert all("ictional" in record[name] for name in ("publisher_en", "name_en", "summary_en"))


@pytest.mark.slow
@pytest.mark.parametrize("source", TEXTS)
def test_locate_writes_its_locators_again(joined: tuple[Path, Path], tmp_path: Path, source: str) -> None:
    folder, lines = TEXTS[source]
    seed = Path(shutil.copytree(joined[1], tmp_path / "seed"))
    done = shanhai("locate", folder / "article.txt", "--seed", seed, "--source-id", source, "--lines", lines)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr  # no proposals
    assert {*lines_of(seed)} == {*lines_of(joined[1])}


def lines_of(seed: Path) -> list[str]:
    return (seed / "locators.csv").read_text("utf-8").splitlines()


@pytest.fixture(scope="module")
def editions(
    backend: str, new_database: NewDatabase, joined: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Editions]:
    """A release with the article, and one with its correction too."""
    data, address = tmp_path_factory.mktemp("data"), new_database(backend)
    old, new = (frozen(loaded(address, seed), data) for seed in joined)
    with client_of(address, data_dir=data) as client:
        yield Editions(client, address, old, new)


def read(editions: Editions, path: str) -> Any:
    answer = editions.client.get(f"/v1/{path}")
    assert answer.status_code == 200, answer.text
    return answer.json()["data"]


@pytest.mark.slow
@pytest.mark.parametrize("source", TEXTS)
def test_every_record_and_every_numeral_is_verified(editions: Editions, source: str) -> None:
    done = shanhai("verify", "--source", TEXTS[source][0] / "article.txt", DATABASE_URL=editions.address)
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith(f"{source}: ")
    assert done.stdout.endswith(": 100 % accounted for\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param(
            "indicator_id=yanxi-teams&sort=time_end",
            [("yanxi-teams-2022", 78, "2022-08", "earlier"), ("yanxi-teams-2023", 96, "2023-08", "latest")],
            id="series",
        ),
        pytest.param(
            "indicator_id=workers-in-xiwan&part_of_id__isnull=true&sort=time_end",
            [
                ("workers-2021", 1860, "2021", "earlier"),
                ("workers-2022", 2240, "2022", "earlier"),
                ("workers-2023", 2510, "2023-06", "latest"),
            ],
            id="series-of-years",
        ),
        pytest.param(
            "indicator_id=herb-area&sort=id",
            [("herb-area-office", 26000, "2023-06", "disputed"), ("herb-area-team", 24500, "2023-06", "disputed")],
            id="conflict",
        ),
        pytest.param(
            "indicator_id=park-investment&sort=id",
            [
                ("park-investment", 960_000_000, None, "replaced"),
                ("park-investment-corrected", 690_000_000, None, "latest"),
            ],
            id="correction",
        ),
    ],
)
def test_figures_of_one_series_say_what_others_say_of_them(
    editions: Editions, query: str, expected: list[tuple[str, float, str | None, str]]
) -> None:
    figures = read(editions, f"figures?{query}")
    assert [(each["id"], each["value"], each["time"], each["standing"]) for each in figures] == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    ("figure", "per", "change", "texts"),
    [
        ("tea-land-rent", "mu.year", "level", ("每亩每年300元", "CNY 300 per mu per year")),
        ("stay-subsidy", "person.month", "level", ("每人每月1200元", "CNY 1,200 per person per month")),
        ("leaf-price", "kg", "level", ("每公斤38元", "CNY 38 per kg")),
        ("shirts-a-day", "d", "level", ("每天1.5万件衬衫", "15,000 shirts per day")),
        ("garden-income-after", "mu", "to", ("变为每亩3000元", "to CNY 3,000 per mu")),
        ("leaf-loss-before", None, "from", ("原为9%", "from 9%")),
        ("new-tea-share", None, "level", ("1/3", "1/3")),
        ("teacher-ratio-before", None, "from", ("原为1∶18", "from 1∶18")),
        ("logistics-fall", None, "decrease", ("下降11%", "a decrease of 11%")),
        ("unemployment-fall", None, "decrease", ("下降3.5个百分点", "a decrease of 3.5 percentage points")),
        ("sales-growth-2023-h1", None, "increase", ("增长1.5倍", "an increase of 1.5 fold")),
        ("sales-doubled-2022", None, "multiple", ("为原来的2倍", "2 times the earlier amount")),
    ],
)
def test_rates_and_changes_are_served_as_such(
    editions: Editions, figure: str, per: str | None, change: str, texts: tuple[str, str]
) -> None:
    record = read(editions, f"figures/{figure}")
    assert (record["per"], record["change"], (record["text_zh"], record["text_en"])) == (per, change, texts)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("zh/figures/park-investment", "为9.6亿元（规划中），后更正为6.9亿元。"),
        ("en/figures/park-investment", "CNY 960 million (planned), according to Fictional Daily (10 August 2023); later corrected to CNY 690 million."),
        ("zh/figures/herb-area-team", "为2.45万亩，另有不同说法。"),
        ("en/figures/herb-area-office", "26,000 mu as of June 2023, according to Fictional Daily (10 August 2023); another statement differs."),
        ("en/figures/workers-2023", "2,510 people as of June 2023, according to Fictional Daily (10 August 2023)."),
    ],
)  # fmt: skip
def test_a_sentence_to_quote_says_what_is_in_doubt(editions: Editions, page: str, words: str) -> None:
    assert words in editions.client.get(f"/{page}").text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("sources/fictional-daily-2023-08-10", "Fictional Daily"),
        ("sources/fictional-daily-2023-08-10/evidence", "Fictional Daily"),
        ("indicators/yanxi-teams", "Fictional Daily"),
        ("indicators/youth-teams", "Tongren Daily"),
        ("derived-figures/players-per-youth-team", "Tongren Daily"),
        ("figures?indicator_id=yanxi-teams", "Fictional Daily"),
        ("figures", "3 articles"),
        ("embed/figures", "3 articles"),
    ],
)
def test_a_page_says_which_articles_its_figures_are_from(editions: Editions, page: str, words: str) -> None:
    start, _, rest = editions.client.get(f"/en/{page}").text.partition("Figures from ")
    assert start
    assert words in rest.partition("</p>")[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("figures/herb-area-office", "<strong>Conflicts with</strong>"),
        ("figures?fields=value", 'data-title="Source"'),
        ("programs", 'data-title="Source"'),
    ],
)
def test_a_frame_says_what_is_in_doubt_and_whose_each_row_is(editions: Editions, page: str, words: str) -> None:
    assert words in editions.client.get(f"/en/embed/{page}").text


@pytest.mark.slow
def test_a_measured_column_has_the_latest_value_with_its_time(editions: Editions) -> None:
    assert read(editions, "basketball-teams/yanxi-youth-teams")["team_count"] == 96
    assert "96 teams (as of August 2023)" in editions.client.get("/en/basketball-teams/yanxi-youth-teams").text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "why", "way"),
    [
        pytest.param(
            "indicator_id=yanxi-teams", "differ in time", "group_by=time", id="174 teams, those of two years added up"
        ),
        pytest.param(
            "indicator_id=herb-area",
            "add two statements on one thing",
            "id=herb-area-team",
            id="both sides of a conflict",
        ),
        pytest.param(
            "indicator_id=workers-in-xiwan&time=2023-06",
            "'women-2023' is a part of 'workers-2023'",
            "part_of_id__isnull=true",
            id="a part and its whole",
        ),
        pytest.param("indicator_id=leaf-loss", "differ in change", "change=to", id="before and after a change"),
    ],
)
def test_what_would_be_counted_twice_is_not_added_up(editions: Editions, query: str, why: str, way: str) -> None:
    answer = editions.client.get(f"/v1/figures/aggregate?{query}&measure=sum:value")
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert why in error["detail"]
    assert way in error["allowed"]
    assert editions.client.get(f"/v1/figures/aggregate?{query}&measure=sum:value&{way}").status_code == 200


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "times"),
    [
        ("/zh/indicators/workers-in-xiwan", ["2021年", "2022年", "截至2023年6月"]),
        ("/en/figures/workers-2022", ["in 2021", "in 2022", "as of June 2023"]),
        ("/en/figures/women-2023", []),  # a part of a whole that has a series
        ("/en/indicators/herb-area", []),  # two statements of one time
        ("/en/indicators/tea-area", []),  # what is, and what is planned
    ],
)
def test_pages_draw_a_series_in_the_order_of_time(editions: Editions, path: str, times: list[str]) -> None:
    charts = re.findall('<figure class="series">.*?</figure>', editions.client.get(path).text, re.DOTALL)
    assert [re.findall("<li><span>(.*?)</span>", chart) for chart in charts] == [times][: len(times)]


@pytest.mark.slow
def test_its_own_terms_are_served_and_filtered_by(editions: Editions) -> None:
    assert [each["broader_id"] for each in read(editions, "vocabularies?slug=tea")] == [None, "sector-agriculture"]
    assert [each["id"] for each in read(editions, "enterprises?sector__in=agriculture,tea&sort=id")] == [
        "xiwan-qinghe",
        "yanxi-cloud-tea",
    ]
    assert "County side" in editions.client.get("/en/basketball-teams/yanxi-youth-side").text


@pytest.mark.slow
def test_one_enterprise_is_named_by_both_articles(editions: Editions) -> None:
    enterprise = read(editions, "enterprises/xiwan-qinghe?include=mentions")
    assert (enterprise["source_id"], enterprise["as_named"]) == (SECOND, "汐湾青禾农业科技有限公司")
    assert [(each["source_id"], each["as_named"]) for each in enterprise["mentions"]] == [
        (THIRD, "青禾农业"),
        (THIRD, "汐湾青禾农业科技有限公司"),
    ]
    figures = read(editions, "figures?subject_id=xiwan-qinghe&sort=source_id")
    assert [(each["source_id"], each["as_stated"]) for each in figures] == [
        *zip(TEXTS, ("七五折", "60万株"), strict=True)
    ]


@pytest.mark.slow
def test_the_first_source_is_served_as_before(editions: Editions, client: TestClient) -> None:
    query = f"/v1/figures?source_id={FIRST}&sort=id&limit=1000"
    assert editions.client.get(query).json()["data"] == client.get(query).json()["data"]


@pytest.mark.slow
def test_a_correction_is_in_the_diff_with_its_reason(editions: Editions) -> None:
    first, *lines = as_text(compare(editions.old, editions.new)).splitlines()
    assert first.endswith("14 added, 0 removed, 4 values changed")
    assert '~ figures/park-investment  replaced_by_id: null → "park-investment-corrected"' in lines
    assert '~ figures/park-investment  standing: "latest" → "replaced"' in lines
    assert [line for line in lines if "note_en: null" in line and "an editor had swapped the digits" in line]
