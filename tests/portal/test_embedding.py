"""Charts, records and tables are shown in pages of other sites: what their pages and `/oembed` say, and the frames."""

import re
import struct
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from html5rdf import HTMLParser  # type: ignore[import-untyped]

from app.charts.declared import FOOT_PX
from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.portal.embedding import MAX_ROWS
from app.portal.frames import SCHEME
from app.request.controls import page_parameters
from tests.portal.conftest import BROWSER_ACCEPT, Site
from tests.portal.html import Document, elements, last_number, name, text
from tests.portal.page_checks import CHECKS
from tests.portal.pages import CHARTS

FRAME = re.compile(r'<iframe src="([^"]+)" title="[^"]+" width="(\d+)" height="(\d+)"')
PAPER = {"zh": "《铜仁日报》", "en": "Tongren Daily"}
SHOWN = [f"/charts/{CHARTS[0]}", "/figures/{id}", "/figures?sort=-value&unit=CNY"]
# Every collection, and its first record.
FRAMES = [
    f"/charts/{CHARTS[1]}",
    "/figures",
    "/figures/{id}",
    *(pytest.param(f"/{slug}{step}", marks=pytest.mark.slow) for slug in COLLECTIONS for step in ("", "/{id}")),
]
# Of a page of this site; a frame has neither its masthead nor what search engines and networks read.
NOT_OF_FRAMES = {"structure", "head", "policy", "isolation"}
HOSTILE = [
    '"><script>alert(1)</script>',
    "'\"</iframe><img src=x onerror=alert(1)>",
    "</title></code>&lt;b>",
    "&quot;&#34;",
]


def follow(site: Site, address: object) -> httpx.Response:
    """Return what an address of this site answers."""
    assert site.is_own(str(address))
    return site.get(str(address).removeprefix(site.base))


def framed(site: Site, path: str, language: str) -> Document:
    """Return the frame that stands for a page."""
    return Document(follow(site, site.address(f"/{language}{path}").replace(f"/{language}/", f"/{language}/embed/", 1)))


def oembed(site: Site, url: str, **limits: int) -> dict[str, Any]:
    """Return the response for an address of this site, as a consumer asks for it."""
    response = site.client.get(f"{site.base}/oembed", params={"url": url, "format": "json", "dnt": "1", **limits})
    assert response.headers["content-type"] == "application/json"
    answer: dict[str, Any] = response.raise_for_status().json()
    return answer


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", SHOWN)
def test_a_page_says_how_to_embed_it_with_its_citation(site: Site, path: str, language: str) -> None:
    address = site.address(f"/{language}{path}")
    page = site.read(f"/{language}{path}")
    answer = follow(site, page.one("link", type="application/json+oembed").get("href")).json()
    assert (answer["version"], answer["type"]) == ("1.0", "rich")
    assert {answer["provider_name"], answer["title"]} <= {*map(str, answer.values())} - {""}
    frame = FRAME.match(answer["html"])
    assert frame
    assert frame.groups() == (
        address.replace(f"/{language}/", f"/{language}/embed/", 1).replace("&", "&amp;"),
        str(answer["width"]),
        str(answer["height"]),
    )
    assert f'<a href="{address.replace("&", "&amp;")}">' in answer["html"]
    assert PAPER[language] in answer["html"]
    assert site.get("/v1").json()["meta"]["release"] in answer["html"]
    assert answer["html"] in ["".join(each.itertext()) for each in page.all("code")]
    assert answer == oembed(site, address)


@pytest.mark.parametrize("path", SHOWN[:2])
def test_a_thumbnail_has_the_size_that_is_announced(site: Site, path: str) -> None:
    answer = oembed(site, site.address(f"/en{path}"))
    thumbnail = follow(site, answer["thumbnail_url"]).content
    assert struct.unpack(">II", thumbnail[16:24]) == (answer["thumbnail_width"], answer["thumbnail_height"])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", FRAMES)
def test_a_frame_may_be_anywhere_and_names_its_source(site: Site, path: str, language: str) -> None:
    page = framed(site, path, language)
    headers = page.response.headers
    rules = dict(rule.strip().split(" ", 1) for rule in headers["content-security-policy"].split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "'self'",
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "*",
    }
    assert "x-frame-options" not in headers
    assert (headers["cross-origin-resource-policy"], headers["cross-origin-embedder-policy"]) == (
        "cross-origin",
        "require-corp",
    )
    assert not page.all("script", "form", "iframe")
    assert page.one("meta", name="robots").get("content") == "noindex"
    assert page.one("base").get("target") == "_blank"
    whole = page.one("link", rel="canonical").get("href")
    assert follow(site, whole).headers["x-frame-options"] == "DENY"
    assert any(str(href).partition("#")[0] == whole for href in page.hrefs("footer"))
    if "/charts/" not in path:  # whose picture has it
        assert any("/releases#" in href for href in page.hrefs("footer"))
        assert PAPER[language].strip("《》") in text(page.one("main"))
    checks = [each for each in CHECKS if each.__name__ not in NOT_OF_FRAMES]
    assert [f"{check.__name__}: {fault}" for check in checks for fault in check(page)] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "status"), [("/figures/gone", 404), ("/charts/gone", 404), ("/gone", 404), ("/figures?scheme=red", 422)]
)
def test_an_error_is_shown_in_the_frame(site: Site, path: str, status: int, language: str) -> None:
    page = Document(site.get(f"/{language}/embed{path}", Accept=BROWSER_ACCEPT))
    assert page.response.status_code == status
    assert "frame-ancestors *" in page.response.headers["content-security-policy"]
    assert page.response.headers["cache-control"] == "no-store"
    assert page.hrefs("footer") == [f"{site.base}/{language}"]
    checks = [each for each in CHECKS if each.__name__ not in NOT_OF_FRAMES]
    assert [f"{check.__name__}: {fault}" for check in checks for fault in check(page)] == []


def test_a_frame_of_a_chart_shows_a_picture_of_its_size(site: Site) -> None:
    page, answer = framed(site, f"/charts/{CHARTS[1]}", "en"), oembed(site, site.address(f"/en/charts/{CHARTS[1]}"))
    image = page.one("img")
    assert (image.get("width"), image.get("height")) == (str(answer["width"]), str(answer["height"] - FOOT_PX))
    assert follow(site, image.get("src")).status_code == 200


@pytest.mark.parametrize("step", [10, pytest.param(1, marks=pytest.mark.slow)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_card_of_a_figure_has_its_value_and_the_words_of_the_source(site: Site, language: str, step: int) -> None:
    figures = site.get("/v1/figures?limit=200&include=replaced_by,conflicts_with").json()["data"]
    for figure in figures[::step]:
        page = framed(site, f"/figures/{figure['id']}", language)
        assert text(page.one("p", class_="figure")).startswith(figure[f"text_{language}"])
        assert text(page.one("q")) == figure["as_stated"]
        assert any(href.endswith(f"/figures/{figure['id']}#place") for href in page.hrefs("footer"))
        for other in filter(None, (figure["replaced_by"], figure["conflicts_with"])):
            assert any(href.endswith(f"/figures/{other['id']}") for href in page.hrefs())


@pytest.mark.parametrize(
    ("path", "rows"),
    [("/figures", MAX_ROWS), ("/figures?limit=3&unit=CNY", 3), ("/figures?fields=value&limit=999", MAX_ROWS)],
)
def test_a_framed_table_begins_as_the_whole_one_and_says_how_much_there_is(site: Site, path: str, rows: int) -> None:
    page, whole = framed(site, path, "en"), site.read(f"/en{path}")
    assert page.names() == whole.names()[:rows]
    assert last_number(text(page.one("footer").find("p").find("a"))) == whole.total()  # type: ignore[union-attr, arg-type]
    as_stated = "As stated" in [text(each) for each in page.headings()]
    assert as_stated == ("fields" not in path)


@pytest.mark.parametrize("path", [f"/charts/{CHARTS[0]}", "/figures/{id}", "/programs?theme=society"])
def test_a_frame_is_in_the_colours_that_its_address_names(site: Site, path: str) -> None:
    assert framed(site, path, "en").root.get("data-scheme") is None
    page = framed(site, f"{path}{'&' if '?' in path else '?'}scheme=dark", "zh")
    assert page.root.get("data-scheme") == "dark"
    assert [each for each in page.all("source") if "prefers-color-scheme" in str(each.get("media"))] == []
    assert all("theme=dark" in str(each.get("src")) for each in page.all("img"))
    assert site.get("/en/embed/figures?scheme=red").status_code == 422


def test_no_collection_has_a_parameter_for_colours() -> None:
    assert [slug for slug, entity in COLLECTIONS.items() if SCHEME.name in page_parameters(entity)] == []


@pytest.mark.parametrize(("limits", "size"), [((400, 9000), (400, ...)), ((200, 90), (200, 90)), ((9000, 9000), ...)])
@pytest.mark.parametrize("path", ["/en/embed/charts/jobs", "/en/figures/{id}", "/zh/figures"])
def test_a_frame_is_within_limits(site: Site, path: str, limits: tuple[int, int], size: Any) -> None:
    address = site.address(path)
    answer = oembed(site, address, maxwidth=limits[0], maxheight=limits[1])
    natural = oembed(site, address)
    if size is ...:
        assert answer == natural
        return
    assert answer["width"] == size[0]
    assert size[1] in (..., answer["height"])
    assert "thumbnail_url" not in answer


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("url={}/en/charts/jobs&format=xml", 501),
        ("url={}/en/charts/jobs&maxwidth=0", 422),
        ("url={}/en/charts/jobs&url={}/en/charts/money", 422),
        ("url={}/en/charts/nothing", 404),
        ("url={}/en/charts", 404),
        ("url={}/en/figures/jobs", 404),
        ("url={}/en/figures?nothing=1", 404),
        ("url={}/en/figures?" + "unit=CNY%26" * 300, 404),
        ("url={}/en/search?q=a", 404),
        ("url={}/v1/figures", 404),
        ("url={}/en/figures/../charts", 404),
        ("url=http://elsewhere.example/en/charts/jobs", 404),
        ("url={}.elsewhere.example/en/charts/jobs", 404),
        ("url={}@elsewhere.example/en/charts/jobs", 404),
        ("url=http://elsewhere.example/{}/en/charts/jobs", 404),
        ("url=http://[/en/charts/jobs", 404),
        ("url=file:///en/charts/jobs", 404),
        ("url=//elsewhere.example/en/charts/jobs", 404),
        ("url={}/en/figures%0D%0ALocation:x", 404),
        ("url=%00", 404),
    ],
)
def test_what_cannot_be_embedded_is_reported(site: Site, query: str, status: int) -> None:
    response = site.client.get(f"{site.base}/oembed?{query.replace('{}', site.base)}", follow_redirects=False)
    assert response.status_code == status


@pytest.mark.parametrize(
    "address", ["{}/en/figures/{id}#place", "{}/en/figures/{id}/?utm_source=x", "https:{}/en/figures/{id}"]
)
def test_an_address_as_people_share_it_is_known(site: Site, address: str) -> None:
    bare = site.base.removeprefix("http:") if address.startswith("https") else site.base
    url = address.replace("{}", bare).replace("{id}", site.first("figures"))
    assert oembed(site, url)["title"] == oembed(site, site.address("/en/figures/{id}"))["title"]


@pytest.mark.parametrize("words", HOSTILE)
def test_no_words_of_an_address_become_html(site: Site, words: str) -> None:
    query = f"q={quote(quote(words, safe=''))}&name_en__contains={quote(quote(words, safe=''))}".replace("&", "%26")
    response = site.client.get(f"{site.base}/oembed?url={site.base}/en/figures?{query}")
    if response.status_code == 404:
        pytest.fail(response.text)
    html = response.json()["html"]
    tags = [name(each) for each in elements(HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html))]
    assert [each for each in tags if each != "DOCUMENT_FRAGMENT"] == ["iframe", "p", "a"]
    match = FRAME.match(html)
    assert match
    page = Document(follow(site, match[1].replace("&amp;", "&")))
    assert words in text(page.one("h1"))
    assert not page.all("script", "img", "b")


@pytest.mark.parametrize("path", ["", "/charts"])
def test_a_gallery_has_the_source_in_each_picture(site: Site, path: str) -> None:
    """Cards stand one below the other in columns, and each has room reserved as high as its picture is."""
    images = site.read(f"/en{path}").one("div", class_="gallery").iter("img")
    for image in list(images)[:2]:
        drawn = follow(site, image.get("src")).text
        assert f'width="{image.get("width")}" height="{image.get("height")}"' in drawn
        assert "not independently" in drawn
