"""In a real browser, every page is accessible, quiet, and fits: in both colour schemes, on a desk and on a telephone."""

import itertools
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page

from tests.portal.conftest import PATIENCE_MS, Site
from tests.portal.pages import ALL, CHARTS

QUICK = ("/zh", "/en/programs", "/zh/figures/{id}")  # a page of each kind, without waiting for all others
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 390)

# What takes longest, and hangs on nothing that differs between languages: each language is asked in two of the four.
CONTRASTS = {(1280, "light"), (390, "dark")}

RUN = """async ([tags, contrast]) => {
  const rules = { "color-contrast": { enabled: contrast } };
  const found = await axe.run(document, { runOnly: tags, rules, resultTypes: ["violations"] });
  return found.violations.map((each) => [each.id, each.nodes.map((node) => `${node.target} ${node.failureSummary}`)]);
}"""
GIVEN_UP = "net::ERR_ABORTED"  # a picture that is no longer wanted when the colours change
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def heard() -> list[str]:
    """What the tab complained of since it was last looked at."""
    return []


@pytest.fixture(scope="module")
def tab(browser: Browser, site: Site, heard: list[str]) -> Page:
    """One tab for all pages, that writes down whatever goes wrong in it and wherever it asks."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE_MS)
    # That the page itself is a problem is what it is there for; the browser tells it nevertheless.
    page.on(
        "console",
        lambda told: (
            heard.append(told.text) if told.type in {"error", "warning"} and told.location["url"] != page.url else None
        ),
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "requestfailed",
        lambda request: heard.append(f"{request.url}: {request.failure}") if request.failure != GIVEN_UP else None,
    )
    page.on("request", lambda request: None if site.is_here(request.url) else heard.append(f"asks {request.url}"))
    return page


def opened(tab: Page, address: str, chart: bool) -> None:
    """The page, loaded to the end, with axe in it."""
    tab.goto(address, wait_until="load")
    if chart:
        tab.locator(".chart .drawn svg").wait_for(timeout=PATIENCE_MS)  # the first asks the server to put Vega together
    tab.evaluate(AXE_SCRIPT)


@pytest.mark.parametrize(
    "path", [path if path in QUICK else pytest.param(path, marks=pytest.mark.slow) for path in ALL]
)
def test_a_page_is_accessible_and_quiet_and_fits(tab: Page, site: Site, heard: list[str], path: str) -> None:
    heard.clear()
    chart = path.split("/")[-1] in CHARTS
    opened(tab, site.at(path), chart)
    for width, scheme in itertools.product(WIDTHS, SCHEMES):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        if chart:  # is drawn anew for another scheme or width, at its own pace
            opened(tab, site.at(path), chart)
        contrast = ((width, scheme) in CONTRASTS) != path.startswith("/en")
        assert tab.evaluate(RUN, [RULES, contrast]) == [], (width, scheme)
        assert not tab.evaluate(TOO_WIDE), (width, scheme)
    assert heard == []
