"""A second source, as a curator meets it: what `locate` says, what it proposes, and what is served of its numerals."""

import csv
import io
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from app.cli import cli
from app.db import Database
from app.load import Loaded, load
from app.load.locators import Locators, read_locators, write_locators
from app.migrate import migrate
from tests.conftest import SEED, client_of, loaded, quiet
from tests.load.editing import add_line, edit

pytestmark = pytest.mark.databases("sqlite")

ID = "test-daily-2023-08-10"  # synthetic, like its text
TEXT = ["标题", "", "2023年7月，甲县建成蓄水池4个。", "图：蓄水池", "记者张三，电话010-64035547。", "水渠没有完工。"]
# An invented former name, and a name that the record has already.
MENTIONS = [
    f"test-county,甲县,Oak County,place,bijiang,甲县,{ID},1,",
    f"test-canal,水渠工程,Canal works,program,labour-cooperation,水渠,{ID},3,",
]
FIGURE = f"test-ponds,甲县蓄水池,Ponds,service-functions,program,labour-cooperation,,,achieved,as_of,,,,4个,{ID},1,"


def add_source(seed: Path) -> None:
    """Add the source and its one figure to a seed, not located yet."""
    with (seed / "sources.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    row |= {"id": ID, "title": "甲县", "authors": "张三", "published_on": "2023-08-10", "reposted_on": ""}
    line = io.StringIO()
    csv.DictWriter(line, row, lineterminator="").writerow(row)
    add_line("sources.csv", line.getvalue())(seed)
    add_line("figures.csv", FIGURE)(seed)
    for mention in MENTIONS:
        add_line("mentions.csv", mention)(seed)


@pytest.fixture
def text(seed: Path, tmp_path: Path) -> Path:
    add_source(seed)
    file = tmp_path / "second.txt"
    file.write_text("\n".join(TEXT), "utf-8")
    return file


def locate(seed: Path, text: Path, *options: str) -> Any:
    return CliRunner().invoke(cli, ["locate", str(text), "--seed", str(seed), *options], env={"COLUMNS": "500"})


@pytest.mark.parametrize(
    ("options", "status", "message"),
    [
        ([], 2, f"no located paragraph of 'tongren-daily-2022-08-06'. For the first text of '{ID}', give its id and"),
        (
            ["--source-id", ID],
            2,
            f"'{ID}' was never located. Give the lines of its body with --lines, such as 5-11,13-20.",
        ),
        (
            ["--source-id", "tongren-daily-2022-08-06"],
            2,
            "contains no paragraph of 'tongren-daily-2022-08-06' as it was",
        ),
        (
            ["--source-id", "tongren-daily-2022-08-06", "--lines", "3-6"],
            1,
            "records is in this text. Is it the text of 'tongren-daily-2022-08-06'? Check --source-id and --lines.",
        ),
        (
            ["--source-id", ID, "--lines", "5-6,3"],
            2,
            "'3' is no span of the file's 6 lines after line 6. Write spans in",
        ),
        (["--source-id", ID, "--lines", "3-9"], 2, "'3-9' is no span of the file's 6 lines. Write"),
        (["--source-id", ID, "--lines", "1,3"], 1, "exactly as they are printed. It is in paragraph 2."),
        (["--source-id", "other", "--lines", "3"], 1, "No source has the id 'other'. Add its row first."),
    ],
)
def test_locate_says_what_it_needs(seed: Path, text: Path, options: list[str], status: int, message: str) -> None:
    done = locate(seed, text, *options)
    assert (done.exit_code, message in " ".join(done.stderr.split())) == (status, True), done.stderr
    assert (seed / "locators.csv").read_bytes() == (SEED / "locators.csv").read_bytes()


def test_locate_never_drops_spans_that_it_cannot_read(seed: Path, text: Path) -> None:
    edit("locators.csv", ",", ";", -1)(seed)
    before = (seed / "locators.csv").read_bytes()
    done = locate(seed, text, "--source-id", ID, "--lines", "3")
    assert (done.exit_code, "Restore it, or delete it" in done.stderr) == (1, True), done.stderr
    assert (seed / "locators.csv").read_bytes() == before


def test_locate_proposes_rows_that_load(seed: Path, text: Path) -> None:
    done = locate(seed, text, "--source-id", ID, "--lines", "3,5-6")
    assert done.exit_code == 0, done.stderr
    assert [row[0:1] + row[5:7] + row[8:] for row in csv.reader(done.stdout.splitlines())] == [
        [f"{ID}-p1-0", "date", "2023年7月", "1", ""],
        [f"{ID}-p2-7", "contact", "010-64035547", "2", ""],
    ]
    assert f"{ID}: 6 numerals, 5 in no figure and not excluded" in done.stderr
    assert "paragraph 2 [3:4]: …记者张【三】，电话01" in done.stderr
    located, _ = read_locators(seed)
    assert [each.length for each in located.paragraphs(ID)] == [18, 20, 7]  # without the caption
    assert {*read_locators(SEED)[0].rows} < {*located.rows}  # the first source is as it was


@pytest.fixture(scope="module")
def half_done(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Loaded, TestClient]]:
    """The outcome of a load of both sources, with five numerals of the second not accounted for, and a client."""
    folder = tmp_path_factory.mktemp("half")
    seed, text = Path(shutil.copytree(SEED, folder / "seed")), folder / "second.txt"
    add_source(seed)
    text.write_text("\n".join(TEXT), "utf-8")
    assert locate(seed, text, "--source-id", ID, "--lines", "3,5-6").exit_code == 0
    address = loaded(f"sqlite:///{folder / 'half.sqlite'}")
    with Database(address, "load") as database:
        outcome = load(seed, database, quiet)
    with client_of(address) as client:
        yield outcome, client


def test_a_load_warns_of_open_numerals_and_of_an_edition_that_exists(half_done: tuple[Loaded, TestClient]) -> None:
    numerals, edition = half_done[0].warnings
    assert numerals.startswith(f"{ID}: 5 of 6 numerals are in no figure and not excluded.")
    assert "calls itself edition" in edition
    assert "change edition and released_on in catalog.toml" in edition


def test_open_numerals_are_served(half_done: tuple[Loaded, TestClient]) -> None:
    paragraphs = half_done[1].get(f"/v1/sources/{ID}").json()["data"]["paragraphs"]
    assert [(each["numerals"], each["unaccounted"]) for each in paragraphs] == [
        (3, [[0, 4], [5, 6]]),
        (3, [[3, 4], [7, 10], [11, 19]]),
        (0, []),
    ]
    first = half_done[1].get("/v1/sources/tongren-daily-2022-08-06").json()["data"]["paragraphs"]
    assert [each["unaccounted"] for each in first] == [[]] * 6


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"/en/sources/{ID}/evidence", "6 numerals in the source, 5 of them neither included nor excluded yet."),
        (f"/en/sources/{ID}/evidence", "Characters 1–4: not accounted for yet"),
        (f"/zh/sources/{ID}/evidence", "第 6 字：尚未处理"),
        (f"/en/sources/{ID}/evidence", "Character 6: not accounted for yet"),
        (f"/en/sources/{ID}", "6 numerals in the source, 5 of them neither included nor excluded yet."),
        ("/zh/sources/tongren-daily-2022-08-06/evidence", "原文共有 50 个数字，均已收录或注明未计入的理由"),
        ("/en/about", "Complete so far: 1 of 2 sources"),
    ],
)
def test_the_site_claims_completeness_of_complete_sources_only(
    half_done: tuple[Loaded, TestClient], path: str, words: str
) -> None:
    assert words in half_done[1].get(path).text


def test_a_map_draws_as_many_open_numerals_as_a_page_has_records(
    half_done: tuple[Loaded, TestClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.portal.evidence.MAX_LIMIT", 2)
    page = half_done[1].get(f"/en/sources/{ID}/evidence", headers={"Host": "uncached.example"}).text
    assert len({*re.findall(r'data-mark="(open-[^"]+)"', page)}) == 2
    assert "Only the first 3 are drawn." in page


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/zh/places/bijiang", r'又名<a [^>]*test-county"><q lang="zh-Hans">甲县</q></a>，见<a [^>]*>《铜仁日报》</a>（2023年8月10日刊发'),
        ("/en/places/bijiang", r'Also named <a [^>]*test-county"><q lang="zh-Hans">甲县</q></a> \(Oak County\), in <a [^>]*>Tongren Daily</a> \(10 August 2023'),
        ("/zh/programs/labour-cooperation", r'<q lang="zh-Hans">水渠</q></a>（水渠工程），见'),
        ("/en/places/bijiang", r'"alternateName":\["甲县","Oak County","碧江",'),
        (f"/en/sources/{ID}", r'href="[^"]*/en/mentions\?[^"]*source_id=test-daily-2023-08-10">Mentions <span class="count">2<'),
    ],
)  # fmt: skip
def test_a_page_says_how_and_where_a_second_source_names_its_record(
    half_done: tuple[Loaded, TestClient], path: str, shown: str
) -> None:
    assert re.search(shown, half_done[1].get(path).text)


@pytest.mark.parametrize("query", ["甲县", "Oak County"])
def test_a_record_is_found_by_the_name_that_a_second_source_gives_it(
    half_done: tuple[Loaded, TestClient], query: str
) -> None:
    client = half_done[1]
    first = client.get("/v1/search", params={"q": query}).json()["data"][0]
    found = {"collection": "places", "id": "bijiang", "name_zh": "碧江区", "field": "mentions", "text": query}
    assert {name: first[name] for name in found} == found
    assert first["links"]["related"].endswith("/v1/mentions/test-county")
    assert [each["id"] for each in client.get("/v1/places", params={"q": query}).json()["data"]] == ["bijiang"]
    page = client.get("/en/search", params={"q": query}).text
    assert re.search(r'Matches its mention <a href="[^"]*/en/mentions/test-county"', page)


def test_mentions_are_served_with_their_record_and_cited(half_done: tuple[Loaded, TestClient]) -> None:
    client = half_done[1]
    place = client.get("/v1/places/bijiang?include=mentions").json()["data"]
    assert [each["id"] for each in place["mentions"]] == ["bijiang-in-opening", "test-county"]
    (mention,) = client.get(f"/v1/mentions?subject_id=bijiang&source_id={ID}&include=subject").json()["data"]
    assert (mention["start"], mention["end"], mention["subject"]["id"]) == (8, 10, place["id"])


@pytest.mark.slow
def test_a_source_of_unknown_numerals_claims_nothing(seed: Path, fresh: str) -> None:
    """As located by a version that did not look for numerals."""
    located, _ = read_locators(seed)
    write_locators(seed, Locators(row for row in located.rows if row.collection != "numerals"))
    migrate(fresh)
    with Database(fresh, "load") as database:
        (warning,) = load(seed, database, quiet).warnings
    assert "its numerals were never located. Run `shanhai locate FILE`" in warning
    with client_of(fresh) as client:
        assert client.get("/v1/sources.csv").status_code == 200
        page = client.get("/en/sources/tongren-daily-2022-08-06/evidence").text
        assert "The numerals of this source have not been counted." in page
        assert "No numerals." not in page


@pytest.mark.slow
def test_an_edition_that_is_renamed_brings_no_warning(seed: Path, fresh: str) -> None:
    with Database(loaded(fresh), "load") as database:
        edit("catalog.toml", 'edition = "', 'edition = "9')(seed)
        assert load(seed, database, quiet).warnings == ()
