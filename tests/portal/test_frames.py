"""In a real browser, frames are shown by a page of another origin: readable, quiet and accessible. Other pages refuse."""

import itertools
from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route, expect

from tests.portal.conftest import Site, opened
from tests.portal.pages import CHARTS
from tests.portal.test_accessibility import RULES, RUN_AXE, SCHEMES, TOO_LOW, TOO_WIDE, UNKNOWN

ELSEWHERE = "http://localhost:1234/"  # another origin: a request for it never leaves the browser
WIDTHS = (320, 800)  # of the frame
ISOLATED = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
KINDS = [
    f"/charts/{CHARTS[0]}",
    "/figures/{id}",
    "/figures?sort=-value&unit=CNY",
    "/programs/{id}",
    "/derived-figures/{id}",
]


@pytest.fixture
def complaints() -> list[str]:
    """Errors and warnings of the tab."""
    return []


@pytest.fixture
def host(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A tab at another site."""
    context: BrowserContext = browser.new_context(viewport={"width": 900, "height": 900})
    page = opened(context)
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


def show(host: Page, html: str) -> None:
    """Load a page of the other site with this in it."""

    def answer(route: Route) -> None:
        document = f'<!doctype html><html lang="en"><title>x</title><body style="margin: 0">{html}'
        route.fulfill(body=document, content_type="text/html; charset=utf-8", headers=ISOLATED)

    host.unroute(ELSEWHERE)
    host.route(ELSEWHERE, answer)
    host.goto(ELSEWHERE, wait_until="load")


def frame_of(host: Page, part: str) -> Frame:
    """Return the frame with an address of this kind."""
    return next(each for each in host.frames if part in each.url)


@pytest.mark.parametrize(
    ("path", "language"),
    [
        (KINDS[1], "en"),
        *(pytest.param(*each, marks=pytest.mark.slow) for each in itertools.product(KINDS, ("zh", "en"))),
    ],
)
def test_a_frame_is_shown_at_another_origin(
    host: Page, site: Site, complaints: list[str], path: str, language: str
) -> None:
    answer = site.client.get(f"{site.base}/oembed", params={"url": site.address(f"/{language}{path}")}).json()
    for width, scheme in itertools.product(WIDTHS, SCHEMES):
        host.set_viewport_size({"width": width, "height": 900})
        host.emulate_media(color_scheme=scheme)
        show(host, answer["html"])
        frame = frame_of(host, "/embed/")
        expect(frame.locator("main")).to_be_visible()
        assert not frame.evaluate(TOO_WIDE), (width, scheme)
        assert not host.evaluate(TOO_WIDE), (width, scheme)
        assert frame.evaluate("[...document.images].every((each) => each.naturalWidth > 0)")
        assert frame.evaluate(UNKNOWN) == []
        frame.evaluate(AXE_SCRIPT)
        assert frame.evaluate(RUN_AXE, [RULES, True]) == [], (width, scheme)
        assert width > 320 or frame.evaluate(TOO_LOW) == []
    assert complaints == []


def test_a_link_in_a_frame_opens_a_tab_that_knows_no_opener(host: Page, site: Site) -> None:
    path = "/en/embed/figures/{id}"
    show(host, f'<iframe src="{site.address(path)}" title="x" width="540" height="320"></iframe>')
    with host.context.expect_page() as opening:
        frame_of(host, "/embed/").locator("h1 a").click()
    tab = opening.value
    tab.wait_for_load_state()
    assert tab.url == site.address("/en/figures/{id}")
    assert tab.evaluate("window.opener === null")


@pytest.mark.slow
def test_a_frame_in_a_sandbox_has_its_colours_and_pictures(host: Page, site: Site, complaints: list[str]) -> None:
    """As WordPress shows what it finds by oEmbed."""
    path = f"/en/embed/charts/{CHARTS[0]}?scheme=dark"
    show(host, f'<iframe src="{site.address(path)}" title="x" sandbox="allow-scripts"></iframe>')
    frame = frame_of(host, "/embed/")
    assert frame.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 26, 24)"
    assert frame.evaluate("[...document.images].every((each) => each.naturalWidth > 0)")
    assert complaints == []


@pytest.mark.parametrize("path", ["/en/figures/{id}", pytest.param("/zh/figures", marks=pytest.mark.slow)])
def test_other_pages_refuse_to_be_framed(host: Page, site: Site, complaints: list[str], path: str) -> None:
    show(host, f'<iframe src="{site.address(path)}" title="x"></iframe>')
    assert any("frame" in each for each in complaints)
    assert [each.locator("main").count() for each in host.frames] == [0, 0]
