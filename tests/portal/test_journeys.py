"""User journeys in a real browser, in both languages, with scripts and without."""

import csv
import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from app.http.languages import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.pages import BROWSED

WORDS = {
    "zh": {"copied": "已复制", "find": "篮球"},
    "en": {"copied": "Copied", "find": "basketball"},
}

pytestmark = pytest.mark.parametrize("language", BROWSED)


def parameters(page: Page) -> dict[str, list[str]]:
    """Return the parameters of the current address."""
    return parse_qs(urlsplit(page.url).query)


def names(page: Page) -> list[str]:
    """Return the names of the records in the table."""
    return page.locator("table.records tbody th").all_inner_texts()


def test_a_developer_copies_a_call_from_a_figure_and_opens_its_response(tab: Page, site: Site, language: str) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.base)
    tab.goto(f"/{language}")
    tab.locator("main .cards .name a, main .actions a").first.click()
    if tab.locator("table.records").count():
        tab.locator("table.records tbody th a").first.click()
    figure = tab.url.rsplit("/", 1)[1]
    code = tab.locator(".calls .code").first
    code.get_by_role("button").click()
    expect(code.get_by_role("button")).to_have_text(WORDS[language]["copied"])
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == code.locator("code").inner_text()
    (address,) = re.findall(r"^curl '(.*)'$", copied)
    tab.locator("footer .answer a").click()
    expect(tab).to_have_url(address)
    assert json.loads(tab.locator("pre").inner_text())["data"]["id"] == figure


def test_a_journalist_copies_the_citation_of_a_figure(tab: Page, site: Site, language: str) -> None:
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.base)
    tab.goto(f"/{language}/figures/{site.first('figures')}")
    line = tab.locator("section[aria-labelledby='cite'] .cited").first
    line.get_by_role("button").click()
    expect(line.get_by_role("button")).to_have_text(WORDS[language]["copied"])
    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied == line.locator("p").inner_text()
    assert copied.endswith(tab.url)


def test_a_researcher_filters_a_table_and_downloads_exactly_that(
    visitor: Page, site: Site, language: str, tmp_path: Path
) -> None:
    visitor.goto(f"/{language}/data")
    visitor.locator(f"main a[href$='/{language}/programs']").click()
    choice = visitor.locator("aside details a[href$='theme=culture-and-sport']")
    count = choice.locator(".count").inner_text()
    choice.click()
    expect(visitor.locator("table.records tbody tr")).to_have_count(int(count))
    (facet,) = parameters(visitor)
    visitor.locator("#q").fill(WORDS[language]["find"])
    visitor.locator("#q").press("Enter")
    expect(visitor.locator(".chips a")).to_have_count(3)
    visitor.locator("table.records thead a").first.click()
    assert parameters(visitor).keys() == {facet, "q", "sort"}
    expect(visitor.locator("thead th[aria-sort]")).to_have_count(1)
    before = names(visitor), visitor.url
    visitor.locator(".chooser summary").click()
    for box in visitor.locator(".chooser input[type=checkbox]").all():
        box.set_checked(box.get_attribute("value") in {"id", "theme"})
    visitor.locator(".chooser button").click()
    assert parameters(visitor).keys() == {facet, "q", "sort", "fields"}
    expect(visitor.locator("table.records thead th")).to_have_count(3)
    visitor.go_back()
    assert (names(visitor), visitor.url) == before
    visitor.go_forward()
    with visitor.expect_download() as download:
        visitor.locator(".files a").get_by_text("CSV", exact=True).click()
    download.value.save_as(tmp_path / "table.csv")
    with (tmp_path / "table.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    assert list(rows[0]) == ["id", "theme"]
    links = visitor.locator("table.records tbody th a").all()
    assert [f"{site.base}/{language}/programs/{row['id']}" for row in rows] == [
        link.get_attribute("href") for link in links
    ]


def test_a_fact_checker_follows_a_figure_to_its_words_and_back(visitor: Page, language: str) -> None:
    visitor.goto(f"/{language}/figures")
    visitor.locator("table.records tbody th a").first.click()
    figure, name = visitor.url, visitor.locator("h1").inner_text()
    expect(visitor.locator("svg.article a.here rect").first).to_be_visible()
    words = visitor.locator(".words q").inner_text()
    visitor.locator("main a[href$='/evidence']:not([href*='/v1/'])").first.click()
    mark = visitor.locator(f"svg.article a[href='{figure}']")
    line = visitor.locator(f".numerals li:has(a[href='{figure}'])")
    expect(line.locator("q")).to_have_text(words)
    expect(line.locator("a")).to_contain_text(name)
    mark.locator("rect").first.click()
    expect(visitor).to_have_url(figure)


@pytest.mark.parametrize("path", ["/programs?theme=industry&sort=-name_zh", "/search?q=8740", "/docs/queries", ""])
def test_changing_the_language_preserves_the_page_and_its_query(
    visitor: Page, site: Site, language: str, path: str
) -> None:
    other = next(each for each in LANGUAGES if each != language)
    visitor.goto(f"/{language}{path}")
    query = parameters(visitor)
    visitor.locator("a.switch").click()
    assert visitor.url.split("?")[0] == f"{site.base}/{other}{path}".split("?")[0]
    assert parameters(visitor) == query
    expect(visitor.locator("html")).to_have_attribute("lang", re.compile(f"^{other}"))
    visitor.locator("a.switch").click()
    assert visitor.url.split("?")[0] == f"{site.base}/{language}{path}".split("?")[0]


def test_a_search_from_anywhere_leads_to_a_record(visitor: Page, language: str) -> None:
    visitor.goto(f"/{language}/docs")
    visitor.locator("#find").fill(WORDS[language]["find"])
    visitor.locator(".find button").click()
    expect(visitor.locator("ol.hits mark").first).to_be_visible()
    visitor.locator("ol.hits .name a").first.click()
    expect(visitor.locator("#cite")).to_be_visible()


def test_pages_of_a_table_are_turned(visitor: Page, language: str) -> None:
    visitor.goto(f"/{language}/programs?limit=20")
    first = names(visitor)
    visitor.locator("a[rel=next]").click()
    assert parameters(visitor)["offset"] == ["20"]
    assert not set(first) & set(names(visitor))
    visitor.locator("a[rel=prev]").click()
    assert names(visitor) == first
