"""What people write into addresses and forms: it is text and nothing else, put right where it can be, else named."""

from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest

from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.request.filters import filters
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
    loaded = [str(each.get("src")).partition("?")[0] for each in [*page.all("script"), *page.all("img")]]
    assert loaded == [f"{site.base}/static/portal.js", f"{site.base}/static/mark.svg"]


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
        ("include=parent&facet=theme&theme=industry", "theme=industry"),
    ],
)
def test_what_forms_send_is_written_as_the_api_has_it(site: Site, sent: str, plain: str) -> None:
    answer = site.client.get(f"{site.base}/zh/programs?{sent}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{site.base}/zh/programs{'?' if plain else ''}{plain}"
    assert site.client.get(answer.headers["location"], follow_redirects=False).status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_would_be_right_is_told_or_where_it_stands(site: Site, language: str) -> None:
    few = site.read(f"/{language}/figures?status=abc")
    assert "achieved" in text(few.one("main"))
    many = site.read(f"/{language}/figures?unit=abc")
    assert f"{site.base}/{language}/docs/dictionary" in [each.get("href") for each in many.one("main").iter("a")]


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
@pytest.mark.parametrize(
    ("path", "last"),
    [
        ("/figures?unit=CNY&offset=10000", "/figures?unit=CNY"),
        ("/figures?limit=10&offset=40", "/figures?limit=10&offset=30"),
        ("/search?q=basketball&limit=5&offset=9999", "/search?limit=5&offset=15&q=basketball"),
    ],
)
def test_past_the_end_a_page_leads_to_the_last_one(site: Site, language: str, path: str, last: str) -> None:
    assert site.get("/v1/figures?limit=1").json()["meta"]["total"] == 32
    assert site.get("/v1/search?q=basketball&limit=1").json()["meta"]["total"] == 18
    page = site.read(f"/{language}{path}")
    assert not page.one("main").findall(".//td") + page.all("mark")
    links = [each.get("href") for each in page.one("main").iter("a")]
    assert f"{site.base}/{language}{last}" in links
    assert site.read(f"/{language}{last}").one("main").findall(".//td") + site.read(f"/{language}{last}").all("mark")


def test_a_search_for_nothing_but_counts_shows_its_hits(site: Site) -> None:
    answer = site.client.get(f"{site.base}/zh/search?q=a&limit=0", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{site.base}/zh/search?q=a")


@pytest.mark.parametrize(
    ("query", "zh", "en"),
    [
        ("upper__isnull=true", "上限：空", "Upper bound: empty"),
        ("part_of_id__isnull=false", "所属整体：不为空", "Part of: not empty"),
        ("value__gte=1000000", "值 ≥ 1,000,000", "Value ≥ 1,000,000"),
        ("indicator_id=people-trained", "指标：培养人次", "Indicator: Participations in training"),
        ("unit__ne=person", "单位：不是人", "Unit: not person"),
        ("name_zh__contains=培", "中文名包含“培”", "Chinese name contains “培”"),
    ],
)
def test_a_filter_is_told_as_people_say_it(site: Site, query: str, zh: str, en: str) -> None:
    for language, told in (("zh", zh), ("en", en)):
        chips = site.read(f"/{language}/figures?{query}").all("ul", class_="chips")
        assert told in text(chips[0])


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_every_filter_of_the_api_is_one_of_the_page_too(site: Site, collection: str, language: str) -> None:
    known = filters(COLLECTIONS[collection]).values()
    given = [
        (each.name, ",".join(map(plain, each.example if isinstance(each.example, list) else [each.example])))
        for each in known
    ]
    for start in range(0, len(given), 10):
        some = given[start : start + 10]
        page = site.read(f"/{language}/{collection}?{urlencode(some)}")
        assert page.answer.status_code == 200, some
        [chips] = page.all("ul", class_="chips")
        assert len(chips.findall(".//li")) == len(some) + 1  # and one that removes all


def plain(example: Any) -> str:
    """An example as an address has it."""
    return str(example).lower() if isinstance(example, bool) else str(example)
