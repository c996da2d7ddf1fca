"""The example page of charts by address: served from another origin with a policy of its own, and looked at."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app.settings import ROOT
from tests.portal.conftest import Site
from tests.portal.elsewhere import served
from tests.test_readme import BASE

EXAMPLE = ROOT / "examples" / "vega-lite"

pytestmark = pytest.mark.slow


@pytest.fixture
def origin(site: Site, tmp_path: Path) -> Iterator[str]:
    """The address of a server of the page, with the Vega of the site."""
    for name in ("index.html", "page.css", "draw.js", "areas.vl.json"):
        (tmp_path / name).write_text((EXAMPLE / name).read_text("utf-8").replace(BASE, site.base), "utf-8")
    (tmp_path / "vega.js").write_bytes(site.get("/static/vega.js").content)
    with served(tmp_path) as address:
        yield address


def test_both_charts_are_drawn_with_words_caveats_and_citation(site: Site, tab: Page, origin: str) -> None:
    messages: list[str] = []
    tab.on("console", lambda message: messages.append(message.text))
    tab.goto(origin)
    areas = site.get("/v1/figures?si_unit=m2&sort=-si_value").json()
    expect(tab.locator("#cite")).to_contain_text(areas["meta"]["release"])
    expect(tab.locator("#served")).to_contain_text("not independently verified")
    own = tab.locator("#own")
    for area in areas["data"]:
        expect(own).to_contain_text(f"{area['text_en']} ({area['as_stated']})")
    opacities = own.locator(".mark-rect path").evaluate_all("bars => bars.map(bar => bar.getAttribute('opacity'))")
    assert [opacity != "1" for opacity in opacities] == [area["status"] != "achieved" for area in areas["data"]]
    tab.route(re.compile("^https:"), lambda route: route.fulfill(body="the source"))
    own.locator(".mark-rect path").first.click()
    page = areas["data"][0]["source_url"].partition("#")[0]  # Chromium keeps the words to itself, once it is there
    expect(tab).to_have_url(re.compile(f"^{re.escape(page)}"))
    assert messages == []  # the page's policy stopped nothing


def test_a_server_that_does_not_answer_is_named(tab: Page, site: Site, origin: str) -> None:
    tab.route(f"{site.base}/v1/charts/**", lambda route: route.abort())
    tab.goto(origin)
    expect(tab.locator("#served")).to_contain_text("cannot be drawn")
