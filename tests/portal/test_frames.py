"""In a real browser, frames are shown by a page of another origin: readable, quiet and accessible. Other pages refuse."""

import itertools
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, FrameLocator, Page, expect

from app.http.languages import LANGUAGES
from tests.portal.conftest import Site, opened
from tests.portal.pages import CHARTS
from tests.portal.test_accessibility import RULES, RUN_AXE, SCHEMES, TOO_LOW, TOO_WIDE, UNKNOWN

pytestmark = pytest.mark.slow

WIDTHS = (320, 800)  # of the frame
ISOLATED = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Opener-Policy": "same-origin"}
DRAWN = "[...document.images].every((each) => each.complete && each.naturalWidth > 0)"
KINDS = [
    f"/charts/{CHARTS[0]}",
    "/figures/{id}",
    "/figures?sort=-value&unit=CNY",
    "/programs/{id}",
    "/derived-figures/{id}",
]


class Elsewhere:
    """A site at another origin with one page, and a tab that shows it."""

    def __init__(self, tab: Page) -> None:
        self.tab, self.complaints = tab, list[str]()
        self.html, self.headers = "", ISOLATED
        tab.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, self))
        Thread(target=self._server.serve_forever, daemon=True).start()

    def show(self, html: str) -> FrameLocator:
        """Load the page with this HTML in it; return its frame."""
        self.html = html
        self.tab.goto(f"http://127.0.0.1:{self._server.server_port}/", wait_until="load")
        return self.tab.frame_locator("iframe")

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """Answers every request with the page."""

    def __init__(self, elsewhere: Elsewhere, *arguments: Any) -> None:
        self.page = elsewhere
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Send the page."""
        icon = '<link rel="icon" href="data:,">'
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        for header in self.page.headers.items():
            self.send_header(*header)
        self.end_headers()
        document = f'<!doctype html><html lang="en"><title>x</title>{icon}<body style="margin: 0">{self.page.html}'
        self.wfile.write(document.encode())

    def log_message(self, *_: Any) -> None:
        """Write nothing."""


@pytest.fixture
def elsewhere(browser: Browser) -> Iterator[Elsewhere]:
    """Another site."""
    context = browser.new_context(viewport={"width": 900, "height": 900})
    site = Elsewhere(opened(context))
    yield site
    site.close()
    context.close()


@pytest.mark.parametrize(
    ("path", "language"),
    [*itertools.product(KINDS, LANGUAGES)],
)
def test_a_frame_is_shown_at_another_origin(elsewhere: Elsewhere, site: Site, path: str, language: str) -> None:
    answer = site.client.get(f"{site.base}/oembed", params={"url": site.address(f"/{language}{path}")}).json()
    for width, scheme in itertools.product(WIDTHS, SCHEMES):
        elsewhere.tab.set_viewport_size({"width": width, "height": 900})
        elsewhere.tab.emulate_media(color_scheme=scheme)
        shown = elsewhere.show(answer["html"])
        expect(shown.locator("main")).to_be_visible()
        frame = elsewhere.tab.frames[1]
        frame.wait_for_load_state("load")
        assert not frame.evaluate(TOO_WIDE), (width, scheme)
        assert not elsewhere.tab.evaluate(TOO_WIDE), (width, scheme)
        assert frame.evaluate(DRAWN)
        assert frame.evaluate(UNKNOWN) == []
        frame.evaluate(AXE_SCRIPT)
        assert frame.evaluate(RUN_AXE, [RULES, True]) == [], (width, scheme)
        assert width > 320 or frame.evaluate(TOO_LOW) == []
    assert elsewhere.complaints == []


def test_a_link_in_a_frame_opens_a_tab_that_knows_no_opener(elsewhere: Elsewhere, site: Site) -> None:
    address = site.address("/en/figures/{id}")
    html = f'<iframe src="{address.replace("/en/", "/en/embed/", 1)}" title="x" width="540" height="320"></iframe>'
    link = elsewhere.show(html).locator("h1 a")
    with elsewhere.tab.context.expect_page() as opening:
        link.click()
    opening.value.wait_for_url(address)
    assert opening.value.evaluate("window.opener === null")


def test_a_frame_in_a_sandbox_has_its_colours_and_pictures(elsewhere: Elsewhere, site: Site) -> None:
    """As WordPress shows what it finds by oEmbed."""
    address = site.address(f"/en/embed/charts/{CHARTS[0]}?scheme=dark")
    shown = elsewhere.show(f'<iframe src="{address}" title="x" sandbox="allow-scripts"></iframe>')
    expect(shown.locator("body")).to_have_css("background-color", "rgb(22, 26, 24)")
    assert elsewhere.tab.frames[1].evaluate(DRAWN)
    assert elsewhere.complaints == []


@pytest.mark.parametrize("path", ["/en/figures/{id}", "/zh/figures"])
def test_other_pages_refuse_to_be_framed(elsewhere: Elsewhere, site: Site, path: str) -> None:
    elsewhere.headers = {}  # or else another header would be missing, too
    with elsewhere.tab.expect_event("requestfailed") as failing:
        shown = elsewhere.show(f'<iframe src="{site.address(path)}" title="x"></iframe>')
    assert failing.value.failure == "net::ERR_BLOCKED_BY_RESPONSE"
    assert shown.locator("main").count() == 0
