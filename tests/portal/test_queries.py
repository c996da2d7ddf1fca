"""User input in addresses and forms: escaped, normalized where possible, otherwise named in the error."""

import re
from typing import Any
from urllib.parse import quote, quote_plus, urlencode

import pytest

from app.http.languages import LANGUAGES
from app.models import COLLECTIONS
from app.portal.tracking import is_tracking
from app.request.controls import page_parameters
from app.request.filters import filters
from app.request.search import search_parameters
from tests.portal.conftest import Site
from tests.portal.html import text

NASTY = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "O'Brien & Söhne", "{{ 7 * 7 }}", "</title><b>"]


@pytest.mark.parametrize("query", NASTY)
@pytest.mark.parametrize("path", ["/zh/search", "/en/programs", "/en/figures"])
def test_a_search_text_is_escaped(site: Site, path: str, query: str) -> None:
    page = site.read(f"{path}?q={quote_plus(query)}")
    assert page.response.status_code == 200
    assert query in [each.get("value") for each in page.all("input", name="q")]
    assert not page.all("b")
    loaded = [str(each.get("src")).partition("?")[0] for each in [*page.all("script"), *page.all("img")]]
    assert loaded == [f"{site.base}/static/portal.js", f"{site.base}/static/mark.svg"]


@pytest.mark.parametrize(
    "path", ["/zh/figures?%s=1", "/en/figures/%s", "/zh/%s", "/en/search?q=a&%s=1", "/zh/charts/%s"]
)
def test_a_wrong_value_is_escaped(site: Site, path: str) -> None:
    page = site.read(path % quote("<b>x", safe=""))
    assert page.response.status_code in {404, 422}
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
        ("sort=theme&sort=-id&q=", "sort=theme,-id"),
        ("limit=0&theme=industry", "theme=industry"),
        ("bom=false&theme=industry", "theme=industry"),
        ("format=csv&theme=industry", "theme=industry"),
        ("include=parent&facet=theme&theme=industry", "theme=industry"),
    ],
)
def test_form_input_redirects_to_the_normalized_address(site: Site, sent: str, plain: str) -> None:
    location = redirect(site, f"/zh/programs?{sent}")
    assert location == f"{site.base}/zh/programs{'?' if plain else ''}{plain}"
    assert site.client.get(location, follow_redirects=False).status_code == 200


def redirect(site: Site, path: str) -> str:
    """Return where a path redirects to."""
    response = site.client.get(f"{site.base}{path}", follow_redirects=False)
    assert response.status_code == 303
    return response.headers["location"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_value_is_answered_with_few_allowed_values_or_a_link(site: Site, language: str) -> None:
    few = site.read(f"/{language}/figures?status=abc")
    assert "achieved" in text(few.one("main"))
    many = site.read(f"/{language}/figures?unit=abc")
    assert f"{site.base}/{language}/docs/dictionary" in many.hrefs()


@pytest.mark.parametrize(
    ("sent", "plain"), [("/en/search?q=", "/en/search"), ("/zh/search?q=a&limit=0", "/zh/search?q=a")]
)
def test_a_search_that_would_show_nothing_is_redirected(site: Site, sent: str, plain: str) -> None:
    assert redirect(site, sent) == f"{site.base}{plain}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_parameter_is_named_with_the_nearest_one(site: Site, language: str) -> None:
    page = site.read(f"/{language}/figures?indicator=funds&valu__gte=1")
    assert page.response.status_code == 422
    assert {"indicator", "valu__gte", "value__gte"} <= set(re.findall(r"\w+", text(page.one("main"))))


@pytest.mark.parametrize(
    ("path", "own"),
    [
        ("/zh/figures?unit=CNY&fbclid=x", "/zh/figures?unit=CNY"),
        ("/zh/figures?from=singlemessage&isappinstalled=0", "/zh/figures"),
        ("/zh/search?q=%E7%AF%AE%E7%90%83&utm_source=x", "/zh/search?q=%E7%AF%AE%E7%90%83"),
        ("/en/figures/youth-teams?share_token=1&gclid=", "/en/figures/youth-teams"),
        ("/?utm_campaign=x", "/"),
        ("/en/docs/dictionary?mc_cid=1", "/en/docs/dictionary"),
    ],
)
def test_tracking_words_are_dropped_by_a_redirect(site: Site, path: str, own: str) -> None:
    assert redirect(site, path) == f"{site.base}{own}"
    assert site.client.get(f"{site.base}{own}").status_code == 200


def test_no_parameter_is_taken_for_a_tracking_word() -> None:
    for entity in COLLECTIONS.values():
        assert not [*filter(is_tracking, page_parameters(entity))]
    assert not [*filter(is_tracking, search_parameters())]


def test_the_api_refuses_tracking_words(site: Site) -> None:
    assert site.get("/v1/figures?utm_source=x").status_code == 422


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "rest"),
    [
        ("/figures?unit=CNY&colour=red", "/figures?unit=CNY"),
        ("/search?q=a&colour=red", "/search?q=a"),
        ("/figures?unit=yuan", "/figures"),
    ],
)
def test_the_page_of_an_error_leads_to_the_address_without_it(site: Site, language: str, path: str, rest: str) -> None:
    page = site.read(f"/{language}{path}")
    assert page.response.status_code == 422
    assert f"{site.base}/{language}{rest}" in page.hrefs()
    assert site.read(f"/{language}{rest}").response.status_code == 200


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_page_names_the_nearest(site: Site, language: str) -> None:
    page = site.read(f"/{language}/figuers")
    assert page.response.status_code == 404
    assert "figures" in text(page.one("main"))
    assert {f"{site.base}/{language}", f"{site.base}/{language}/search"} <= set(page.hrefs())


def test_a_404_is_a_page_for_browsers_and_a_problem_document_for_programs(site: Site) -> None:
    lost = site.get("/nothing", Accept="text/html,application/xhtml+xml,*/*;q=0.8", **{"Accept-Language": "en"})
    assert lost.headers["content-type"].startswith("text/html")
    assert lost.headers["content-language"] == "en"
    for path, accepted in (("/nothing", "*/*"), ("/v1/nothing", "text/html")):
        problem = site.get(path, Accept=accepted)
        assert problem.status_code == 404
        assert problem.headers["content-type"] == "application/problem+json"


def test_a_search_without_hits_suggests_one_with_hits(site: Site) -> None:
    page = site.read("/zh/search?q=%E8%93%9D%E7%90%83")
    suggested = {text(each): each.attrib["href"] for each in page.one("main").iter("a") if "q=" in each.attrib["href"]}
    assert "篮球" in suggested
    assert site.read(suggested["篮球"].removeprefix(site.base)).all("ol", class_="hits")


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (
            "/en/search?q=money+in+Bijiang",
            [
                "Dongguan fiscal aid 东莞财政帮扶资金",
                "CNY 87.4 million · Reported as achieved · 6 August 2022 · Figures",
                "Matches its indicator Fiscal aid funds: Public money from Dongguan to Bijiang.",
            ],
        ),
        (
            "/zh/search?q=%E5%B9%BF%E4%B8%9C%20%E5%B0%B1%E4%B8%9A",
            [
                "在广东稳定就业的农村劳动力 Rural workers in stable employment in Guangdong",
                "843人 · 报道称已实现 · 2022年8月6日 · 数字",
            ],
        ),
        (
            "/en/search?q=12.25",
            [
                "Players per youth basketball team 每支青少年篮球队平均队员数",
                "12.25 people per team · Reported as achieved · 6 August 2022 · Derived figures",
                "Value: 12.25",
            ],
        ),
        (
            "/en/search?q=fiscal+aid+per+project",
            [
                "Fiscal aid per project 每个项目平均财政帮扶资金",
                "about CNY 2.819 million per project · Reported as achieved · 6 August 2022 · Derived figures",
            ],
        ),
    ],
)
def test_a_hit_has_its_value_and_what_it_matches_besides_its_name(site: Site, path: str, lines: list[str]) -> None:
    hit = site.read(path).one("ol", class_="hits").findall("li")[0]
    assert [" ".join(text(line).split()) for line in hit.findall("p")] == lines


@pytest.mark.parametrize("path", ["/zh/search", "/en/search?q=zzzz"])
def test_a_search_without_hits_says_what_there_is(site: Site, path: str) -> None:
    here, links = f"{site.base}/{path[1:3]}", set(site.read(path).hrefs())
    assert {f"{here}/{slug}" for slug in COLLECTIONS} <= links
    assert f"{here}/figures/fiscal-aid-funds" in links


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("path", "last"),
    [
        ("/figures?unit=CNY&offset=10000", "/figures?unit=CNY"),
        ("/figures?limit=10&offset=40", "/figures?limit=10&offset=30"),
        ("/search?q=basketball&limit=5&offset=9999", "/search?limit=5&offset=15&q=basketball"),
    ],
)
def test_a_page_past_the_end_links_to_the_last_one(site: Site, language: str, path: str, last: str) -> None:
    assert site.get("/v1/figures?limit=1").json()["meta"]["total"] == 32
    assert site.get("/v1/search?q=basketball&limit=1").json()["meta"]["total"] == 18
    page = site.read(f"/{language}{path}")
    assert not page.one("main").findall(".//td") + page.all("mark")
    assert f"{site.base}/{language}{last}" in page.hrefs()
    assert site.read(f"/{language}{last}").one("main").findall(".//td") + site.read(f"/{language}{last}").all("mark")


@pytest.mark.parametrize(
    ("query", "zh", "en"),
    [
        ("upper__isnull=true", "上限：空", "Upper bound: empty"),
        ("upper__isnull=TRUE", "上限：空", "Upper bound: empty"),
        ("upper__isnull=0", "上限：不为空", "Upper bound: not empty"),
        ("as_of__lte=2022", "≤ 2022年", "≤ 2022"),
        ("as_of__gte=2022-08", "≥ 2022年8月", "≥ August 2022"),
        ("as_of=2022-08-06T12:00:00Z", "：2022年8月6日", ": 6 August 2022"),
        ("part_of_id__isnull=false", "所属整体：不为空", "Part of: not empty"),
        ("value__gte=1000000", "值 ≥ 1,000,000", "Value ≥ 1,000,000"),
        ("indicator_id=people-trained", "指标：培养人次", "Indicator: Participations in training"),
        ("unit__ne=person", "单位：不是人", "Unit: not person"),
        ("name_zh__contains=培", "中文名包含“培”", "Chinese name contains “培”"),
    ],
)
def test_a_filter_is_described_in_words(site: Site, query: str, zh: str, en: str) -> None:
    for language, words in (("zh", zh), ("en", en)):
        chips = site.read(f"/{language}/figures?{query}").all("ul", class_="chips")
        assert words in text(chips[0])


@pytest.mark.parametrize("language", ["zh"])  # the query is read before the language is chosen
@pytest.mark.parametrize("collection", COLLECTIONS)
def test_a_page_takes_every_filter_of_the_api(site: Site, collection: str, language: str) -> None:
    known = filters(COLLECTIONS[collection]).values()
    parameters = [
        (each.name, ",".join(map(plain, each.example if isinstance(each.example, list) else [each.example])))
        for each in known
    ]
    for start in range(0, len(parameters), 10):
        chunk = parameters[start : start + 10]
        page = site.read(f"/{language}/{collection}?{urlencode(chunk)}")
        assert page.response.status_code == 200, chunk
        [chips] = page.all("ul", class_="chips")
        assert len(chips.findall(".//li")) == len(chunk) + 1  # and one that removes all


def plain(example: Any) -> str:
    """Return an example as it is written in an address."""
    return str(example).lower() if isinstance(example, bool) else str(example)
