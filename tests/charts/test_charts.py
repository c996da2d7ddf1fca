"""Charts: every figure of the query in them and no other, in words and pictures, as catalogues declare them."""

import re
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
from app.charts.bars import NOTE_MARK
from app.charts.drawing import SHAPES, VERSION, Setting, drawing
from app.charts.style import DEFAULT_WIDTH_PX, MAX_WIDTH_PX, MIN_WIDTH_PX, PALETTES
from app.db import Database
from app.load import InvalidSeed, load
from tests.conftest import SEED, client_of, loaded, migrated, quiet

pytestmark = pytest.mark.databases("sqlite")

CHARTS = tomllib.loads((SEED / "catalog.toml").read_text("utf-8"))["charts"]
IDS = [chart["id"] for chart in CHARTS]
VARIANTS = [(chart, language, theme) for chart in IDS for language in ("zh", "en", None) for theme in PALETTES]
SVG = "{http://www.w3.org/2000/svg}"


def ask(chart: str, form: str, language: str | None, theme: str) -> str:
    return f"/v1/charts/{chart}.{form}?theme={theme}" + (f"&lang={language}" if language else "")


def panels(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """The panels of bars and numbers, without the caveat and the sources."""
    return [panel for row in spec["vconcat"][:-2] for panel in row.get("hconcat", [row])]


def bars(spec: dict[str, Any]) -> list[dict[str, Any]]:
    return [bar for panel in panels(spec) for bar in panel["data"]["values"]]


def foot(spec: dict[str, Any]) -> str:
    """The caveat, the notes and the sources, without the breaks of their lines."""
    return " ".join(line for row in spec["vconcat"][-2:] for line in row["data"]["values"][0]["lines"])


def squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def scale(panel: dict[str, Any]) -> list[float] | None:
    """The ends of a panel's scale, which numbers have not."""
    x = panel["layer"][0]["encoding"]["x"]
    return x["scale"]["domain"] if "field" in x else None


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
    told, caveat = squeezed(foot(spec)), next(each["about"] for each in CHARTS if each["id"] == chart)[language or "zh"]
    for text in (caveat, "未经独立核实" if language != "en" else "not independently verified", f"charts/{chart}"):
        assert squeezed(text) in told
    for each in drawn:
        assert squeezed(each["note"]) in told
    assert vl_convert.vegalite_to_vega(spec, vl_version=VERSION)["marks"]
    assert spec["usermeta"]["data"].endswith(query)


@pytest.mark.parametrize(("chart", "language", "theme"), VARIANTS)
def test_an_svg_is_a_document_with_a_title(client: TestClient, chart: str, language: str | None, theme: str) -> None:
    answer = client.get(ask(chart, "svg", language, theme))
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    root = ET.fromstring(answer.text)  # noqa: S314 - our own
    assert root.get("role") == "img"
    assert float(root.get("width", 0)) == DEFAULT_WIDTH_PX
    spec = client.get(ask(chart, "vl.json", language, theme)).json()
    assert root.findtext(f"{SVG}title") == spec["usermeta"]["title"]
    assert root.findtext(f"{SVG}desc") == spec["description"]
    texts = squeezed("".join(text for each in root.iter(f"{SVG}text") for text in each.itertext()))
    for each in bars(spec):
        assert squeezed(each["label"]) in texts
        assert squeezed(each["amount"]) in texts


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
def test_a_picture_has_the_size_that_is_declared(client: TestClient, chart: str, language: str, width: int) -> None:
    """Nothing stands out, neither a long name nor the foot: what is drawn is hardly made smaller to fit."""
    picture = ET.fromstring(client.get(f"/v1/charts/{chart}.svg?width={width}&lang={language}").text)  # noqa: S314
    assert picture.get("width") == str(width)
    left, top, drawn_width, drawn_height = map(float, picture.get("viewBox", "").split())
    assert top == 0
    assert left <= 0
    assert drawn_width == pytest.approx(width, rel=0.03)
    assert drawn_height / drawn_width == pytest.approx(float(picture.get("height", 0)) / width, rel=0.01)


@pytest.mark.parametrize("chart", IDS)
def test_lengths_are_of_one_scale_or_there_are_none(client: TestClient, chart: str) -> None:
    """Equal lengths are equal amounts everywhere in a chart, and a single amount has no length."""
    spec = client.get(f"/v1/charts/{chart}.vl.json").json()
    figures = {each["id"]: each for each in client.get("/v1/figures?limit=200").json()["data"]}
    scales: dict[str, list[list[float] | None]] = {}
    for panel in panels(spec):
        own = [(figures[each["id"]], each) for each in panel["data"]["values"]]
        unit = own[0][0]["si_unit"] or own[0][0]["unit"]
        assert {figure["si_unit"] or figure["unit"] for figure, _ in own} == {unit}
        assert (scale(panel) is None) == (len(own) == 1)
        if len(own) > 1:
            scales.setdefault(unit, []).append(scale(panel))
            lengths = {(figure["si_value"] or figure["value"]) / drawn["end"] for figure, drawn in own}
            assert max(lengths) == pytest.approx(min(lengths))
    for own_scales in scales.values():
        assert all(each == own_scales[0] for each in own_scales)


@pytest.mark.parametrize("chart", [each["id"] for each in CHARTS if "groups" in each])
def test_figures_are_drawn_in_the_groups_that_are_declared(client: TestClient, chart: str) -> None:
    declared = next(each for each in CHARTS if each["id"] == chart)
    indicators = {each["id"]: each["indicator_id"] for each in client.get("/v1/figures?limit=200").json()["data"]}
    spec = client.get(f"/v1/charts/{chart}.vl.json?lang=en").json()
    drawn = [{indicators[each["id"]] for each in panel["data"]["values"]} for panel in panels(spec)]
    assert len(drawn) == len(declared["groups"])
    for group, own in zip(declared["groups"], drawn, strict=True):
        assert own <= {*group["values"]}
        assert f"{group['title']['en']}: " in spec["description"]


@pytest.mark.parametrize("chart", IDS)
def test_a_slide_is_16_to_9(client: TestClient, chart: str) -> None:
    picture = ET.fromstring(client.get(f"/v1/charts/{chart}.svg?shape=slide&lang=en").text)  # noqa: S314
    assert (picture.get("width"), picture.get("height")) == ("640", "360")
    _, _, width, height = map(float, picture.get("viewBox", "").split())
    assert width / height == pytest.approx(16 / 9, rel=0.01)


def test_a_slide_is_as_large_as_a_screen(client: TestClient) -> None:
    content = client.get("/v1/charts/jobs.png?shape=slide&scale=3&lang=en").content
    assert struct.unpack(">II", content[16:24]) == (1920, 1080)


@pytest.mark.parametrize("shape", SHAPES)
def test_only_a_page_has_the_notes(client: TestClient, shape: str) -> None:
    root = ET.fromstring(client.get(f"/v1/charts/jobs.svg?shape={shape}&lang=en").text)  # noqa: S314
    text = squeezed("".join(text for each in root.iter(f"{SVG}text") for text in each.itertext()))
    note = client.get("/v1/figures/stable-employment").json()["data"]["note_en"]
    assert (squeezed(note) in text) == (shape == "page")
    assert squeezed("As reported, not independently verified.") in text


def record(**values: Any) -> dict[str, Any]:
    """A figure as it is served."""
    usual = {
        "value": 5,
        "lower": 5,
        "upper": 5,
        "comparator": "eq",
        "status": "achieved",
        "per": None,
        "change": "level",
    }
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
    spec = drawing({"id": "c", "title": words, "about": words, "query": "unit=CNY"}, records, [], setting).spec
    drawn = {each["id"]: each for each in bars(spec)}
    assert [*drawn] == ["range", "more", "less", "whole", "part", "read", "about"]
    assert (drawn["range"]["start"], drawn["range"]["end"]) == (500, 6000)
    assert [each["open"] for each in drawn.values()] == ["", "more", "less", "", "", "", ""]
    assert max(spec["vconcat"][0]["layer"][0]["encoding"]["x"]["scale"]["domain"]) > 6000  # room for an arrow head
    assert drawn["part"]["label"] == "of which: A"
    assert drawn["read"]["label"] == f"of which, see note: A{NOTE_MARK}"
    assert vl_convert.vegalite_to_svg(spec, vl_version=VERSION, allowed_base_urls=[])


CHART = """
[[charts]]
id = "{id}"
query = "{query}"
title = {{ zh = "图", en = "Chart" }}
about = {{ zh = "图", en = "Chart" }}
"""


def declared(chart_id: str, query: str = "unit=CNY", by: str = "", values: list[str] | None = None, **text: str) -> str:
    """A chart, with one group if there are values."""
    group = f"groups = [{{ title = {{ zh = '组', en = 'Group' }}, values = {values} }}]\n" if values else ""
    more = "".join(f"{name} = {{ zh = '图', en = '{each}' }}\n" for name, each in text.items())
    return CHART.format(id=chart_id, query=query) + (f"group_by = '{by}'\n" if by else "") + group + more


@pytest.fixture
def seed(tmp_path: Path) -> Path:
    """A copy of the seed."""
    return copytree(SEED, tmp_path / "seed")


def refused(address: str, seed: Path) -> str:
    with pytest.raises(InvalidSeed) as error, Database(address, "load") as database:
        load(seed, database, quiet)
    return str(error.value)


@pytest.mark.parametrize(
    "faults",
    [
        {
            declared("jobs"): "charts: Two charts have the id 'jobs'. Ids are unique.",
            declared("q", "colour=red"): "charts.q.query: colour: There is no such parameter here.",
            declared("f", "unit=CNY&fields=id"): "charts.f.query: fields: This parameter is not for charts",
            declared(
                "c", by="colour"
            ): "charts.c.group_by: Figures have no relation 'colour' to one record. Use one of",
            declared(
                "i", by="indicators"
            ): "charts.i.group_by: Figures have no relation 'indicators' to one record. Did",
            declared("u", by="indicator", values=["funds"]): "charts.u.groups: There is no indicator 'funds'.",
            declared("t", by="indicator", values=["funds-in-place"] * 2): "charts.t.groups: 'funds-in-place' is in two",
            declared("n", values=["funds-in-place"]): "charts.n.groups: Groups need `group_by`",
        },
        {
            declared("m", "value__gt=1e15"): "charts.m.query: 'value__gt=1e15' matches no figure.",
            declared("p", by="part_of"): "charts.p.group_by: The figure 'fiscal-aid-funds' has no part_of.",
            declared(
                "g", by="indicator", values=["funds-in-place"]
            ): "Add 'fiscal-aid-funds' to one, or filter it out.",
            declared("d", finding="{youth-teams}"): "charts.d.finding.en: The chart draws no figure 'youth-teams'.",
            declared("b", finding="{fiscal"): "charts.b.finding.en: The braces are not in pairs",
        },
    ],
    ids=["read", "written"],
)
def test_wrong_charts_are_reported_and_change_nothing(fresh: str, seed: Path, faults: dict[str, str]) -> None:
    loaded(fresh)
    with client_of(fresh) as client:
        before = client.get("/v1/charts").content
    path = seed / "catalog.toml"
    path.write_text(path.read_text("utf-8") + "".join(faults), "utf-8")
    reported = refused(fresh, seed)
    for fault in faults.values():
        assert fault in reported
    with client_of(fresh) as client:
        assert client.get("/v1/charts").content == before
        assert client.get("/v1/figures").json()["meta"]["total"] > 0


def test_a_headline_that_is_no_figure_is_told(new_database: Any, seed: Path) -> None:
    address = migrated(new_database("sqlite"))
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
        assert each["label"].endswith(NOTE_MARK) is (note is not None)
        assert each["note"] == (note or "")
        assert (note or "").rstrip("。.") in each["spoken"]
        assert each["spoken"] in spec["description"]
    assert "* " in foot(spec)
    certain = client.get(f"/v1/charts/youth-basketball.vl.json?lang={language}").json()
    assert "* " not in foot(certain)
