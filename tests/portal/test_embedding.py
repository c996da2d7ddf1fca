"""What a chart's page links to embeds that chart, and pages of other sites may show it."""

import re
import struct

import httpx
import pytest

from app.http.languages import LANGUAGES
from app.standards.oembed import FOOT_PX
from tests.portal.conftest import Site
from tests.portal.html import text
from tests.portal.pages import CHARTS

FRAME = re.compile(r'<iframe src="([^"]+)" title="[^"]+" width="(\d+)" height="(\d+)"')
PAPER = {"zh": "《铜仁日报》", "en": "Tongren Daily"}


def follow(site: Site, address: object) -> httpx.Response:
    """Return what an address of this site answers."""
    assert site.is_own(str(address))
    return site.get(str(address).removeprefix(site.base))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_is_embedded_with_its_citation(site: Site, language: str) -> None:
    address = site.address(f"/{language}/charts/{CHARTS[0]}")
    page = site.read(f"/{language}/charts/{CHARTS[0]}")
    answer = follow(site, page.one("link", type="application/json+oembed").get("href")).json()
    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    frame = FRAME.match(answer["html"])
    assert frame
    assert frame.groups() == (
        site.address(f"/{language}/embed/charts/{CHARTS[0]}"),
        str(answer["width"]),
        str(answer["height"]),
    )
    assert f'<a href="{address}">' in answer["html"]
    assert PAPER[language] in answer["html"]
    assert answer["html"] in ["".join(each.itertext()) for each in page.all("code")]
    cited = [text(each) for each in page.all("div", class_="cited")]
    assert len(cited) == 2
    assert all(PAPER[language] in each for each in cited)
    thumbnail = follow(site, answer["thumbnail_url"]).content
    assert struct.unpack(">II", thumbnail[16:24]) == (answer["thumbnail_width"], answer["thumbnail_height"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_frame_shows_a_picture_of_its_size_and_may_be_anywhere(site: Site, language: str) -> None:
    chart = f"/{language}/charts/{CHARTS[1]}"
    page = site.read(f"/{language}/embed/charts/{CHARTS[1]}")
    policy = page.response.headers["content-security-policy"]
    assert "frame-ancestors *" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "x-frame-options" not in page.response.headers
    assert site.get(chart).headers["x-frame-options"] == "DENY"
    answer = site.get(f"/oembed?url={site.address(chart)}").json()
    image = page.one("img")
    assert (image.get("width"), image.get("height")) == (str(answer["width"]), str(answer["height"] - FOOT_PX))
    assert follow(site, image.get("src")).status_code == 200
    assert {each.get("href") for each in page.all("a")} == {site.address(chart)}


@pytest.mark.parametrize(("limits", "size"), [("maxwidth=400", (400, ...)), ("maxwidth=200&maxheight=90", (200, 90))])
def test_a_frame_is_within_limits(site: Site, limits: str, size: tuple[int, ...]) -> None:
    url = site.address("/en/embed/charts/jobs")
    answer = site.get(f"/oembed?url={url}&{limits}&dnt=1").json()
    assert answer["width"] == size[0]
    assert size[1] in (..., answer["height"])


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("url={}/en/charts/jobs&format=xml", 422),
        ("url={}/en/charts/jobs&maxwidth=0", 422),
        ("url={}/en/charts/nothing", 404),
        ("url={}/en/figures/jobs", 404),
        ("url=http://elsewhere.example/en/charts/jobs", 404),
        ("url=http://[/en/charts/jobs", 404),
    ],
)
def test_what_cannot_be_embedded_is_reported(site: Site, query: str, status: int) -> None:
    assert site.get(f"/oembed?{query.format(site.address(''))}").status_code == status


@pytest.mark.parametrize("path", ["", "/charts"])
def test_a_gallery_has_the_source_in_each_picture(site: Site, path: str) -> None:
    """Cards stand one below the other in columns, and each has room reserved as high as its picture is."""
    images = site.read(f"/en{path}").one("div", class_="gallery").iter("img")
    for image in list(images)[:2]:
        drawn = follow(site, image.get("src")).text
        assert f'width="{image.get("width")}" height="{image.get("height")}"' in drawn
        assert "not independently" in drawn
