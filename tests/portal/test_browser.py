"""What only a browser can show: highlights, the keyboard, print, running code, and bytes transferred."""

import re

import pytest
from playwright.sync_api import Error, Page, expect

from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from tests.portal.conftest import TIMEOUT_MS, Site
from tests.portal.html import text
from tests.portal.pages import BROWSED, CHARTS

MAX_FIRST_PAGE_BYTES = 150_000  # with everything that it loads

OUTLINE = """() => {
  const style = getComputedStyle(document.activeElement), box = document.activeElement.getBoundingClientRect();
  return [document.activeElement.tagName, style.outlineStyle, parseFloat(style.outlineWidth), box.width > 1 && box.right > 0];
}"""


@pytest.fixture
def evidence(tab: Page, site: Site) -> Page:
    """The map of a source."""
    tab.goto(site.address("/zh/sources/{id}/evidence"))
    return tab


@pytest.mark.parametrize("way", ["hover", "focus"])
def test_a_mark_lights_up_its_line_and_a_line_its_mark(evidence: Page, way: str) -> None:
    mark = evidence.locator("svg.article a[data-mark]").nth(2)
    line = evidence.locator(f".numerals [data-mark='{mark.get_attribute('data-mark')}']")
    for one, other in ((mark, line), (line, mark)):
        evidence.mouse.move(0, 0)
        evidence.locator("#find").focus()
        expect(evidence.locator(".lit")).to_have_count(0)
        if way == "hover":
            one.hover()
        else:
            (one if one is mark else one.locator("a")).focus()
        expect(other).to_have_class(re.compile(r"\blit\b"))
        expect(evidence.locator(".lit")).to_have_count(2)


@pytest.mark.parametrize("language", BROWSED)
def test_the_first_key_leads_past_the_head(tab: Page, language: str) -> None:
    tab.goto(f"/{language}")
    tab.keyboard.press("Tab")
    skip = tab.locator("a.skip")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    tab.keyboard.press("Enter")
    assert tab.url.endswith("#main")
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.querySelector('main').contains(document.activeElement)")


@pytest.mark.parametrize("language", BROWSED)
def test_a_search_needs_no_mouse(tab: Page, language: str) -> None:
    tab.goto(f"/{language}/figures")
    tab.keyboard.press("/")
    expect(tab.locator("#find")).to_be_focused()
    tab.keyboard.type("8740/")  # a slash that is typed is a slash
    expect(tab.locator("#find")).to_have_value("8740/")
    tab.keyboard.press("Backspace")
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(f"{tab.url.split('/search')[0].split(f'/{language}')[0]}/{language}/search?q=8740")


@pytest.mark.parametrize("path", ["/zh", "/en/programs", "/zh/figures/{id}"])
def test_keyboard_focus_is_visible(tab: Page, site: Site, path: str) -> None:
    tab.goto(site.address(path))
    kinds = set()
    for _ in range(25):
        tab.keyboard.press("Tab")
        kind, style, width, visible = tab.evaluate(OUTLINE)
        assert style != "none", kind
        assert width >= 2, kind
        assert visible, kind
        kinds.add(kind)
    assert {"A", "INPUT", "BUTTON"} <= kinds


@pytest.mark.parametrize("path", ["/zh", "/en/programs", "/zh/figures/fiscal-aid-funds", "/en/docs"])
def test_print_hides_controls_and_unfolds_evidence(tab: Page, site: Site, path: str) -> None:
    tab.goto(site.address(path))
    tab.emulate_media(media="print")
    for part in ("nav", ".find", ".switch", ".skip", ".filter", "aside", ".code button"):
        for each in tab.locator(part).all():
            expect(each).to_be_hidden()
    expect(tab.locator("h1")).to_be_visible()
    for unfolded in tab.locator(".steps, .located .hash").all():
        expect(unfolded).to_be_visible()
    printed = "element => getComputedStyle(element, '::after').content"
    addresses = [each.evaluate(printed) for each in tab.locator("[data-address]").all()]
    assert f'" <{site.address(path)}>"' in addresses


def test_the_javascript_sample_returns_the_record(tab: Page, site: Site) -> None:
    page = site.read("/zh/figures/{id}")
    (code,) = [text(each) for each in page.all("pre") if each.get("aria-label") == "JavaScript"]
    tab.goto(f"{site.base}/zh")
    record = tab.evaluate(f"async () => {{ {code}; return data; }}")
    assert record["id"] == site.first("figures")
    wrong = code.replace("?", "?nothing=1&")
    with pytest.raises(Error, match="nothing: There is no such parameter here"):
        tab.evaluate(f"async () => {{ {wrong} }}")


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_cards_shows_figures_or_what_is_wrong(tab: Page, site: Site, language: str) -> None:
    (element,) = [each for each in site.read(f"/{language}/docs").all("pre") if each.get("aria-label") == "HTML"]
    code = "".join(element.itertext())
    figure = site.client.get(f"{site.base}/v1/figures?sort=paragraph,start&limit=1&include=subject").json()["data"][0]
    tab.set_content(code)
    expect(tab.locator("article")).to_have_count(6)
    shown = [figure[f"name_{language}"], figure[f"text_{language}"], figure["subject"][f"name_{language}"]]
    expect(tab.locator("article").first.locator("p")).to_have_text(shown)
    tab.set_content(code.replace("?", "?nothing=1&"))
    expect(tab.locator("body")).to_contain_text("nothing: There is no such parameter here")


@pytest.mark.parametrize("language", BROWSED)
def test_the_first_page_is_small(tab: Page, language: str) -> None:
    session = tab.context.new_cdp_session(tab)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    sizes: list[float] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    tab.goto(f"/{language}", wait_until="networkidle")
    tab.mouse.wheel(0, 20_000)  # pictures further down load when they scroll into view
    tab.wait_for_load_state("networkidle")
    assert len(sizes) >= 4
    assert sum(sizes) < MAX_FIRST_PAGE_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("visitor", ["without scripts"], indirect=True)
@pytest.mark.parametrize("language", BROWSED)
@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_a_picture_without_scripts(visitor: Page, chart: str, language: str) -> None:
    visitor.goto(f"/{language}/charts/{chart}", wait_until="load")
    picture = visitor.locator(".chart img")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", value=True)
    assert picture.evaluate("each => each.naturalWidth") > 0
    expect(visitor.locator("table.records tbody tr").first).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("chart", CHARTS[:1])
def test_a_chart_reacts_to_the_pointer_and_the_colour_scheme(tab: Page, chart: str) -> None:
    tab.emulate_media(color_scheme="light")
    tab.goto(f"/en/charts/{chart}")
    drawn = tab.locator(".chart .drawn svg")
    drawn.wait_for(timeout=TIMEOUT_MS)  # the first one makes the server assemble Vega
    bar = drawn.locator(".mark-rect path[aria-label]").first
    bar.hover()
    expect(tab.locator("#vg-tooltip-element")).to_be_visible()
    before = bar.get_attribute("fill")
    tab.emulate_media(color_scheme="dark")
    expect(bar).not_to_have_attribute("fill", str(before))


@pytest.mark.slow
@pytest.mark.parametrize("language", BROWSED)
def test_a_bar_links_to_its_figure_by_keyboard(tab: Page, language: str) -> None:
    tab.goto(f"/{language}/charts/money")
    bars = tab.locator(".chart .drawn .mark-rect path[role=link]")
    bars.first.wait_for(timeout=TIMEOUT_MS)
    figures = tab.locator("table.records tbody th a").all()
    assert bars.count() == len(figures)
    label = str(bars.first.get_attribute("aria-label"))
    address = next(each.get_attribute("href") for each in figures if each.inner_text() in label)
    bars.first.focus()
    tab.keyboard.press("Enter")
    expect(tab).to_have_url(str(address))


BROKEN = """() => [...document.querySelectorAll(".records tbody td")].filter(cell => {
  const range = document.createRange();
  range.selectNodeContents(cell);
  const lines = new Set([...range.getClientRects()].map(each => Math.round(each.bottom)));
  return /^[!-~]+$/.test(cell.textContent.trim()) && lines.size > 1;
}).map(cell => cell.textContent)"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [900, 1280])
@pytest.mark.parametrize("path", ["/figures?sort=-value&unit=CNY", "/charts/money", "/programs", "/derived-figures"])
def test_no_word_of_a_table_is_broken(tab: Page, path: str, width: int) -> None:
    tab.set_viewport_size({"width": width, "height": 900})
    tab.goto(f"/en{path}")
    assert tab.evaluate(BROKEN) == []
    assert tab.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
@pytest.mark.parametrize("language", BROWSED)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_the_usual_columns_fit_a_screen(tab: Page, collection: str, language: str) -> None:
    tab.set_viewport_size({"width": 1280, "height": 900})
    tab.goto(f"/{language}/{collection}")
    assert tab.evaluate("(at => at.scrollWidth - at.clientWidth)(document.querySelector('.scroll'))") <= 0
