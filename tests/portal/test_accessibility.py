"""In a real browser, every page is accessible, quiet and fits: in both colour schemes, on a desktop and on a phone."""

import itertools
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, Request

from tests.portal.conftest import TIMEOUT_MS, Site
from tests.portal.pages import ALL, CHARTS

QUICK = ("/zh", "/en/programs", "/zh/figures/{id}")  # a page of each kind; all others are slow tests
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 390)

# Contrast takes longest and does not depend on the language: each language is checked in two of the four views.
CONTRASTS = {(1280, "light"), (390, "dark")}

RUN_AXE = """async ([tags, contrast]) => {
  const rules = { "color-contrast": { enabled: contrast }, "target-size": { enabled: true } };
  const { violations } = await axe.run(document, { runOnly: tags, rules, resultTypes: ["violations"] });
  return violations.map((each) => [each.id, each.nodes.map((node) => `${node.target} ${node.failureSummary}`)]);
}"""
# Elements that the browser does not know, and attributes that no property of their element reflects.
UNKNOWN = """() => [...document.body.querySelectorAll("*")].filter((each) => each instanceof HTMLElement).flatMap((each) => {
  const known = new Set(["class", "for"]);
  for (const key in each) known.add(key.toLowerCase());
  const unknown = each.getAttributeNames().filter((name) => !known.has(name) && !/^(aria|data)-/.test(name));
  return [...unknown, ...(each instanceof HTMLUnknownElement ? [""] : [])].map((name) => `<${each.localName} ${name}>`);
})"""
# What a finger cannot hit: WCAG 2.5.8 requires 24 px, less a rounding, though not of links within a sentence.
TOO_LOW = """() => [...document.querySelectorAll("a, button, summary, input")].filter((each) => {
  const { width, height } = each.getBoundingClientRect();
  return width > 1 && height > 0 && height < 23.5 && !each.closest("svg, thead");
}).map((each) => each.outerHTML.slice(0, 200))"""
TOO_WIDE = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
ABORTED = "net::ERR_ABORTED"  # a picture that is no longer needed when the colours change


@pytest.fixture(scope="module")
def complaints() -> list[str]:
    """Errors, warnings, failed and foreign requests of the tab."""
    return []


@pytest.fixture(scope="module")
def tab(browser: Browser, site: Site, complaints: list[str]) -> Page:
    """One tab for all pages, which collects complaints."""
    page = browser.new_page()
    page.set_default_timeout(TIMEOUT_MS)

    def on_console(message: ConsoleMessage) -> None:
        # The browser also reports the status of a problem page itself.
        own_status = message.location["url"] == page.url and message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not own_status:
            complaints.append(message.text)

    def on_failure(request: Request) -> None:
        if request.failure != ABORTED:
            complaints.append(f"{request.url}: {request.failure}")

    def on_request(request: Request) -> None:
        if not site.is_own(request.url):
            complaints.append(f"requests {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", on_failure)
    page.on("request", on_request)
    return page


def open_page(tab: Page, address: str, drawn: str | None) -> None:
    """Load a page completely, with axe in it. `drawn` selects what a script draws."""
    tab.goto(address, wait_until="load")
    if drawn:
        tab.locator(drawn).first.wait_for(timeout=TIMEOUT_MS)  # the first chart makes the server assemble Vega
    tab.evaluate(AXE_SCRIPT)


@pytest.mark.parametrize(
    "path", [path if path in QUICK else pytest.param(path, marks=pytest.mark.slow) for path in ALL]
)
def test_a_page_is_accessible_and_quiet_and_fits(tab: Page, site: Site, complaints: list[str], path: str) -> None:
    complaints.clear()
    name = path.split("/")[-1]
    drawn = ".chart .drawn svg" if name in CHARTS else ".opblock-tag" if name == "reference" else None
    open_page(tab, site.address(path), drawn)
    assert tab.evaluate(UNKNOWN) == []
    for width, scheme in itertools.product(WIDTHS, SCHEMES):
        tab.set_viewport_size({"width": width, "height": 900})
        tab.emulate_media(color_scheme=scheme)
        if drawn:  # it is redrawn for another scheme or width, which takes an unknown time
            open_page(tab, site.address(path), drawn)
        contrast = ((width, scheme) in CONTRASTS) != path.startswith("/en")
        assert tab.evaluate(RUN_AXE, [RULES, contrast]) == [], (width, scheme)
        assert not tab.evaluate(TOO_WIDE), (width, scheme)
        assert width > 390 or tab.evaluate(TOO_LOW) == [], scheme
    assert complaints == []


# HTML added to a sound page, and a part of what must then be reported.
FAULTS = {
    '<img src="/static/mark.svg">': "image-alt",
    '<form action="/zh"><input name="x"></form>': "label",
    '<p><a href="/zh"></a></p>': "link-name",
    '<button type="button"></button>': "button-name",
    '<button type="button">x<a href="/">a</a></button>': "nested-interactive",
    "<h2></h2>": "empty-heading",
    "<ul><p>x</p></ul>": "list",
    "<dl><p>x</p></dl>": "definition-list",
    "<main><p>x</p></main>": "landmark-no-duplicate-main",
    "<wrong>x</wrong>": "<wrong >",
    '<p hreflang="zh">x</p>': "<p hreflang>",
    '<p style="color: red">x</p>': "inline style",
    "<script>x = 1</script>": "inline script",
    '<p onclick="x()">x</p>': "inline event handler",
    '<img src="https://example.org/a.png" alt="">': "https://example.org/a.png",
}


@pytest.mark.slow
@pytest.mark.parametrize("html", FAULTS)
def test_the_browser_reports_a_fault(tab: Page, site: Site, complaints: list[str], html: str) -> None:
    complaints.clear()
    sound = site.get("/zh/programs")
    body = sound.text.replace("</main>", f"</main><section>{html}</section>", 1)
    headers = {"content-type": "text/html", "content-security-policy": sound.headers["content-security-policy"]}
    tab.route("**/zh/programs", lambda route: route.fulfill(body=body, headers=headers), times=1)
    open_page(tab, site.address("/zh/programs"), None)
    reports = [*tab.evaluate(RUN_AXE, [RULES, False]), *tab.evaluate(UNKNOWN), *complaints]
    assert any(FAULTS[html] in str(report) for report in reports), reports
