"""Charts: every figure of the query in them and no other, in words and pictures, as catalogues declare them."""

import struct
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import vl_convert
from starlette.testclient import TestClient

from app.amounts import in_words
from app.charts.drawing import VERSION, Setting, drawing
from app.charts.style import DEFAULT_WIDTH_PX, MAX_WIDTH_PX, MIN_WIDTH_PX, PALETTES
from app.db import Database
from app.load import InvalidSeed, load
from app.migrate import migrate
from tests.conftest import SEED, client_of, loaded, quiet

pytestmark = pytest.mark.databases("sqlite")

CHARTS = tomllib.loads((SEED / "catalog.toml").read_text("utf-8"))["charts"]
IDS = [chart["id"] for chart in CHARTS]
VARIANTS = [(chart, language, theme) for chart in IDS for language in ("zh", "en", None) for theme in PALETTES]
SVG = "{http://www.w3.org/2000/svg}"


def ask(chart: str, form: str, language: str | None, theme: str) -> str:
    return f"/v1/charts/{chart}.{form}?theme={theme}" + (f"&lang={language}" if language else "")


def bars(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [bar for panel in spec["vconcat"][:-1] for bar in panel["data"]["values"]]


def test_the_list_names_what_answers(client: TestClient) -> None:
    listed = client.get("/v1/charts").json()["data"]
    assert [each["id"] for each in listed] == IDS
    for each in listed:
        assert {*each["links"]} == {"spec", "svg", "png", "data", "csv"}
        for address in each["links"].values():
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize(("chart", "language", "theme"), VARIANTS)
def test_a_specification_holds_the_figures_of_its_query(
    client: TestClient, chart: str, language: str | None, theme: str
) -> None:
    answer = client.get(ask(chart, "vl.json", language, theme))
    assert answer.headers["content-type"] == "application/vnd.vegalite.v6+json"
    spec = answer.json()
    query = next(each["query"] for each in CHARTS if each["id"] == chart)
    figures = {each["id"]: each for each in client.get(f"/v1/figures?{query}&limit=200").json()["data"]}
    drawn = bars(spec)
    assert {each["id"]: each["value"] for each in drawn} == {each["id"]: each["value"] for each in figures.values()}
    for each in drawn:
        figure = figures[each["id"]]
        amount = figure[f"text_{language or 'zh'}"]
        assert each["amount"].startswith(amount)
        assert amount in spec["description"]
        assert each["as_stated"] == figure["as_stated"]
        assert each["href"].endswith(f"/{language or 'zh'}/figures/{each['id']}")
    assert len(spec["vconcat"]) - 1 == len({each["unit"] for each in figures.values()})
    assert vl_convert.vegalite_to_vega(spec, vl_version=VERSION)["marks"]
    assert spec["usermeta"]["data"].endswith(query)


@pytest.mark.parametrize(("chart", "language", "theme"), VARIANTS)
def test_an_svg_is_a_document_with_a_title(client: TestClient, chart: str, language: str | None, theme: str) -> None:
    answer = client.get(ask(chart, "svg", language, theme))
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    root = ET.fromstring(answer.text)  # noqa: S314 - our own
    assert root.get("role") == "img"
    assert float(root.get("width", 0)) <= 640
    spec = client.get(ask(chart, "vl.json", language, theme)).json()
    assert (root.findtext(f"{SVG}title") or "").startswith(spec["title"]["text"])
    assert root.findtext(f"{SVG}desc") == spec["description"]
    texts = {text for each in root.iter(f"{SVG}text") for text in each.itertext()}
    for each in bars(spec):
        assert {each["label"], each["amount"]} <= texts


@pytest.mark.parametrize("scale", [1, 2, 3])
def test_a_png_has_its_size(client: TestClient, scale: int) -> None:
    answer = client.get(f"/v1/charts/jobs.png?scale={scale}")
    assert answer.headers["content-type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", answer.content[16:24])
    assert width == 640 * scale
    assert height > 150 * scale


@pytest.mark.parametrize("form", ["vl.json", "svg", "png"])
def test_it_is_inline_and_known_again(client: TestClient, form: str) -> None:
    answer = client.get(f"/v1/charts/jobs.{form}?lang=en")
    assert answer.headers["content-disposition"].startswith('inline; filename="shanhai_jobs_en_')
    assert answer.headers["content-disposition"].endswith(f'.{form}"')
    again = client.get(f"/v1/charts/jobs.{form}?lang=en", headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_variants_of_a_chart_have_names_of_their_own(client: TestClient) -> None:
    queries = ["", "?lang=en", "?theme=dark", "?width=480", "?width=480&theme=dark", "?lang=zh&theme=dark&width=400"]
    names = [client.get(f"/v1/charts/jobs.svg{query}").headers["content-disposition"] for query in queries]
    assert len({*names}) == len(queries)
    assert "shanhai_jobs_theme-dark_width-480_" in names[4]
    defaults = client.get("/v1/charts/jobs.svg?theme=light&width=640").headers["content-disposition"]
    assert defaults == names[0]


@pytest.mark.parametrize("wrong", ["svg?lang=fr", "svg?theme=pink", "svg?scale=2", "png?scale=4", "vl.json?colour=red"])
def test_what_is_wrong_is_told(client: TestClient, wrong: str) -> None:
    assert client.get(f"/v1/charts/jobs.{wrong}").status_code == 422


def test_an_unknown_chart_is_told_with_those_that_there_are(client: TestClient) -> None:
    answer = client.get("/v1/charts/nothing.svg")
    assert answer.status_code == 404
    assert ", ".join(IDS) in answer.json()["detail"]


@pytest.mark.parametrize("width", [MIN_WIDTH_PX, 420, DEFAULT_WIDTH_PX, MAX_WIDTH_PX])
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("chart", IDS)
def test_a_picture_is_as_wide_as_it_is_asked_for(client: TestClient, chart: str, language: str, width: int) -> None:
    """Nothing in it stands out: not a long name, nor what is at its foot."""
    picture = ET.fromstring(client.get(f"/v1/charts/{chart}.svg?width={width}&lang={language}").text)  # noqa: S314
    assert abs(float(picture.get("width", 0)) - width) <= 1


def record(**values: Any) -> dict[str, Any]:
    """A figure as it is served."""
    usual = {"value": 5, "lower": 5, "upper": 5, "comparator": "eq", "status": "achieved", "period": "as_of"}
    fields = {
        "unit": "CNY",
        "as_stated": "5元",
        "paragraph": 1,
        "part_of_id": None,
        "source_id": "s",
        "note_zh": None,
        "note_en": None,
    }
    made = {**usual, **fields, "id": "a", "name_zh": "甲", "name_en": "A", **values}
    return made | in_words(made, None)


def test_ranges_open_bounds_and_parts() -> None:
    records = [
        record(id="part", part_of_id="whole"),
        record(id="read", part_of_id="whole", note_en="A reading, not the source’s word.", note_zh="只是一种读法。"),
        record(id="range", value=None, lower=500, upper=6000, comparator="range"),
        record(id="more", upper=None, comparator="gt"),
        record(id="less", lower=None, comparator="lt"),
        record(id="whole", value=9, status="planned"),
        record(id="about", lower=None, upper=None, comparator="approx"),
    ]
    setting = Setting("en", "light", DEFAULT_WIDTH_PX, "http://x", "r", "CC-BY-4.0", "http://l")
    words = {"zh": "图", "en": "Chart"}
    spec = drawing({"id": "c", "title": words, "about": words, "query": "unit=CNY"}, records, [], setting)
    drawn = {each["id"]: each for each in bars(spec)}
    assert [*drawn] == ["range", "more", "less", "whole", "part", "read", "about"]
    assert (drawn["range"]["start"], drawn["range"]["end"]) == (500, 6000)
    assert [each["open"] for each in drawn.values()] == ["", "more", "less", "", "", "", ""]
    assert max(spec["vconcat"][0]["layer"][0]["encoding"]["x"]["scale"]["domain"]) > 6000  # room for an arrow head
    assert drawn["part"]["label"] == "of which: A"
    assert drawn["read"]["label"] == "of which, see note: A *"
    assert vl_convert.vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=[])


CHART = """
[[charts]]
id = "{id}"
query = "{query}"
title = {{ zh = "图", en = "Chart" }}
about = {{ zh = "图", en = "Chart" }}
"""


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A copy of the seed."""
    return copytree(SEED, tmp_path / "seed")


def refused(address: str, seed: Path) -> str:
    with pytest.raises(InvalidSeed) as error, Database(address, "load") as database:
        load(seed, database, quiet)
    return str(error.value)


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        (CHART.format(id="jobs", query="unit=CNY"), "charts: Two charts have the id 'jobs'. Ids are unique."),
        (CHART.format(id="new", query="colour=red"), "charts.new.query: colour: There is no such parameter here."),
        (
            CHART.format(id="new", query="unit=CNY&fields=id"),
            "charts.new.query: fields: This parameter is not for charts",
        ),
        (CHART.format(id="new", query="value__gt=1e15"), "charts.new.query: 'value__gt=1e15' matches no figure."),
    ],
)
def test_a_wrong_chart_is_reported_and_changes_nothing(fresh: str, seed: Path, more: str, fault: str) -> None:
    loaded(fresh)
    with client_of(fresh) as client:
        before = client.get("/v1/charts").content
    path = seed / "catalog.toml"
    path.write_text(path.read_text("utf-8") + more, "utf-8")
    assert f"catalog.toml: {fault}" in refused(fresh, seed)
    with client_of(fresh) as client:
        assert client.get("/v1/charts").content == before
        assert client.get("/v1/figures").json()["meta"]["total"] > 0


def test_a_headline_that_is_no_figure_is_told(new_database: Any, seed: Path) -> None:
    address = new_database("sqlite")
    migrate(address)
    path = seed / "catalog.toml"
    path.write_text(path.read_text("utf-8").replace('"youth-teams",', '"youth-team",'), "utf-8")
    assert "headlines: No figure has the id 'youth-team'. Did you mean 'youth-teams'?" in refused(address, seed)


def test_a_catalogue_without_charts_has_none(new_database: Any, seed: Path) -> None:
    path = seed / "catalog.toml"
    path.write_text(path.read_text("utf-8").split("[[charts]]")[0], "utf-8")
    with client_of(loaded(new_database("sqlite"), seed)) as client:
        assert client.get("/v1/charts").json()["data"] == []
        assert "This release has no charts." in client.get("/v1/charts/jobs.svg").json()["detail"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_source_leaves_open_is_marked_and_told(client: TestClient, language: str) -> None:
    """Whether the cash is part of the donations is not stated; no bar may say so without a sign."""
    spec = client.get(f"/v1/charts/money.vl.json?lang={language}").json()
    noted = {each["id"]: each for each in client.get("/v1/figures?unit=CNY").json()["data"]}
    for each in bars(spec):
        note = noted[each["id"]][f"note_{language}"]
        assert each["label"].endswith(" *") is (note is not None)
        assert each["note"] == (note or "")
        assert (note or "").rstrip("。.") in each["spoken"]
        assert each["spoken"] in spec["description"]
    foot = spec["vconcat"][-1]["data"]["values"][0]["lines"]
    assert foot[0].startswith("* ")
    certain = client.get(f"/v1/charts/youth-basketball.vl.json?lang={language}").json()
    assert not any(line.startswith("*") for line in certain["vconcat"][-1]["data"]["values"][0]["lines"])
