"""Both languages: each page links to the other, and the root negotiates without mixing them up in a cache."""

import re
from urllib.parse import parse_qsl

import pytest

from app.portal.language import TAGS
from tests.portal.conftest import Site
from tests.portal.html import Document
from tests.portal.pages import PATHS, PROBLEMS


@pytest.mark.parametrize("path", PATHS)
def test_a_page_has_the_same_parts_in_both_languages_and_links_to_the_other(site: Site, path: str) -> None:
    pages = {language: site.read(f"/{language}{path}") for language in TAGS}
    zh, en = (skeleton(site, page, language) for language, page in pages.items())
    assert zh == en
    if path in PROBLEMS:
        return
    for language, page in pages.items():
        others = alternates(site, page)
        assert list(others) == list(TAGS.values())
        assert others == {TAGS[each]: canonical(other) for each, other in pages.items()}
        switch = page.one("a", class_="switch")
        (other,) = pages.keys() - {language}
        assert switch.get("hreflang") == TAGS[other]
        assert split(str(switch.get("href"))) == split(pages[other].address)
        assert switch.get("lang") == switch.get("hreflang") != page.root.get("lang")
    chinese = site.get(f"/zh{path}", **{"Accept-Language": "en"})  # the address takes precedence
    assert chinese.content == pages["zh"].response.content


def test_the_root_links_to_the_home_page_in_each_language(site: Site) -> None:
    page = site.read("/")
    others = alternates(site, page)
    assert others == {tag: canonical(site.read(f"/{language}")) for language, tag in TAGS.items()}
    assert others[page.root.attrib["lang"]] == canonical(page)


def split(address: str) -> tuple[str, list[tuple[str, str]]]:
    """Return an address without its query, and the query's parameters, sorted."""
    path, _, query = address.partition("?")
    return path, sorted(parse_qsl(query))


def canonical(page: Document) -> str:
    """Return the canonical address of a page."""
    return str(page.one("link", rel="canonical").get("href"))


def alternates(site: Site, page: Document) -> dict[str, str]:
    """Return the addresses of a page by language tag, after checking the one for no language."""
    links = {str(each.get("hreflang")): str(each.get("href")) for each in page.all("link") if each.get("hreflang")}
    assert links.pop("x-default", f"{site.base}/") == f"{site.base}/"
    return links


def skeleton(site: Site, page: Document, language: str) -> list[tuple[str, str]]:
    """Return the tags of a page, sorted, with the targets of links, without what depends on the language."""
    parts = []
    for each in page.one("main").iter():
        address = str(each.get("href") or each.get("action") or "").removeprefix(site.base)
        same = re.sub(rf"^/{language}(?=[/?#]|$)|(?<=lang=)(zh|en)\b|(?<!\.)name_{language}\b", "", address)
        if each.tag in {"a", "form", "h1", "h2", "h3", "table", "tr", "li", "section", "details", "img"}:
            parts.append((each.tag, same))
    return sorted(parts)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (None, "zh"), ("zh", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("zh-TW", "zh"), ("zh-Hant-HK, en;q=0.5", "zh"),
        ("en", "en"), ("en-GB,en;q=0.9,zh;q=0.8", "en"), ("en;q=0.2, zh;q=0.9", "zh"), ("zh;q=0.2, en;q=0.9", "en"),
        ("fr", "en"), ("fr, zh;q=0.3", "zh"), ("zh;q=0, en", "en"), ("*", "zh"), ("fr, *;q=0.5", "zh"),
        ("de, en;q=0.5, zh;q=0.7", "zh"),
    ],
)  # fmt: skip
def test_the_root_is_in_the_language_that_the_browser_prefers(site: Site, accepted: str | None, expected: str) -> None:
    request = site.client.build_request("GET", f"{site.base}/")
    if accepted is not None:
        request.headers["Accept-Language"] = accepted
    response = site.client.send(request)
    assert response.headers["content-language"] == TAGS[expected]
    assert f'<html lang="{TAGS[expected]}">' in response.text


def test_the_cached_root_is_never_served_in_the_other_language(site: Site) -> None:
    etags: dict[str, set[str]] = {"zh": set(), "en": set()}
    for language in ("zh", "en", "zh", "en", "en", "zh"):
        response = site.get("/", **{"Accept-Language": language})
        assert response.headers["content-language"] == TAGS[language]
        assert "Accept-Language" in response.headers["vary"]
        etags[language].add(response.headers["etag"])
    assert len(etags["zh"] | etags["en"]) == 2
    for language, (tag,) in etags.items():
        other = next(each for each in TAGS if each != language)
        same = site.get("/", **{"Accept-Language": language, "If-None-Match": tag})
        assert same.status_code == 304
        changed = site.get("/", **{"Accept-Language": other, "If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["content-language"] == TAGS[other]


def test_docs_leads_to_the_api_reference_in_the_preferred_or_named_language(site: Site) -> None:
    for preferred, query, language in (("en", "", "en"), ("zh-CN", "", "zh"), ("zh-CN", "?lang=en", "en")):
        (response,) = site.get(f"/docs{query}", **{"Accept-Language": preferred}).history
        assert response.status_code == 307
        assert response.headers["location"] == f"{site.base}/{language}/docs/reference"
        assert "Accept-Language" in response.headers["vary"]
