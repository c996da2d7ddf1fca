"""What people write into addresses and forms: it is text and nothing else, put right where it can be, else named."""

from urllib.parse import quote, quote_plus

import pytest

from app.http.languages import LANGUAGES
from tests.portal.conftest import Site
from tests.portal.html import text

NASTY = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "O'Brien & Söhne", "{{ 7 * 7 }}", "</title><b>"]


@pytest.mark.parametrize("query", NASTY)
@pytest.mark.parametrize("path", ["/zh/search", "/en/programs", "/en/figures"])
def test_what_is_searched_for_is_text_on_the_page(site: Site, path: str, query: str) -> None:
    page = site.read(f"{path}?q={quote_plus(query)}")
    assert page.answer.status_code == 200
    assert query in [each.get("value") for each in page.all("input", name="q")]
    assert not page.all("b")
    assert [each.get("src") for each in page.all("script")] == [f"{site.base}/static/portal.js"]
    assert [each.get("src") for each in page.all("img")] == [f"{site.base}/static/mark.svg"]


@pytest.mark.parametrize(
    "path", ["/zh/figures?%s=1", "/en/figures/%s", "/zh/%s", "/en/search?q=a&%s=1", "/zh/charts/%s"]
)
def test_what_is_wrong_is_text_on_the_page_too(site: Site, path: str) -> None:
    page = site.read(path % quote("<b>x", safe=""))
    assert page.answer.status_code in {404, 422}
    assert "<b>x" in text(page.one("main"))
    assert not page.all("b")


@pytest.mark.parametrize(
    ("sent", "plain"),
    [
        ("q=&theme=", ""),
        ("q=+&sort=", ""),
        ("q=+%E7%AF%AE%E7%90%83+", "q=%E7%AF%AE%E7%90%83"),
        ("fields=id&fields=theme&q=", "fields=id,theme"),
        ("fields=id&fields=theme&fields=id", "fields=id,theme"),
        ("theme=industry&theme=society", "theme__in=industry,society"),
        ("sort=theme&sort=-id", "sort=theme,-id"),
        ("format=csv&theme=industry", "theme=industry"),
    ],
)
def test_what_forms_send_is_written_as_the_api_has_it(site: Site, sent: str, plain: str) -> None:
    answer = site.client.get(f"{site.base}/zh/programs?{sent}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{site.base}/zh/programs{'?' if plain else ''}{plain}"
    assert site.client.get(answer.headers["location"], follow_redirects=False).status_code == 200


def test_an_empty_search_asks_for_nothing(site: Site) -> None:
    answer = site.client.get(f"{site.base}/en/search?q=", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{site.base}/en/search")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_parameter_is_named_with_what_would_be_right(site: Site, language: str) -> None:
    page = site.read(f"/{language}/figures?indicator=funds&valu__gte=1")
    assert page.answer.status_code == 422
    told = text(page.one("main"))
    assert "indicator" in told
    assert "valu__gte" in told
    assert "value__gte" in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_page_tells_the_nearest(site: Site, language: str) -> None:
    page = site.read(f"/{language}/figuers")
    assert page.answer.status_code == 404
    assert "figures" in text(page.one("main"))
    links = [each.get("href") for each in page.one("main").iter("a")]
    assert f"{site.base}/{language}" in links
    assert f"{site.base}/{language}/search" in links


def test_a_browser_that_is_lost_gets_a_page_and_a_program_a_problem(site: Site) -> None:
    lost = site.get("/nothing", Accept="text/html,application/xhtml+xml,*/*;q=0.8", **{"Accept-Language": "en"})
    assert lost.headers["content-type"].startswith("text/html")
    assert lost.headers["content-language"] == "en"
    for path, accepted in (("/nothing", "*/*"), ("/v1/nothing", "text/html")):
        problem = site.get(path, Accept=accepted)
        assert problem.status_code == 404
        assert problem.headers["content-type"] == "application/problem+json"


def test_a_search_without_hits_suggests_what_has_some(site: Site) -> None:
    page = site.read("/zh/search?q=%E8%93%9D%E7%90%83")
    suggested = {text(each): each.attrib["href"] for each in page.one("main").iter("a") if "q=" in each.attrib["href"]}
    assert "篮球" in suggested
    assert site.read(suggested["篮球"].removeprefix(site.base)).all("ol", class_="hits")


@pytest.mark.parametrize("language", LANGUAGES)
def test_past_the_end_a_table_leads_back_to_its_beginning(site: Site, language: str) -> None:
    page = site.read(f"/{language}/figures?unit=CNY&offset=10000")
    assert not page.one("main").findall(".//td")
    links = [each.get("href") for each in page.one("main").iter("a")]
    assert f"{site.base}/{language}/figures?unit=CNY" in links
