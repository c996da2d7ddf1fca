"""Both languages: each page is wholly in its own, leads to the other, and no reader gets what was meant for another."""

import re

import pytest

from app.portal.language import TAGS
from tests.portal.conftest import Site
from tests.portal.html import Document
from tests.portal.pages import PATHS, PROBLEMS


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_the_same_in_both_languages_and_each_leads_to_the_other(site: Site, path: str) -> None:
    pages = {language: site.read(f"/{language}{path}") for language in TAGS}
    zh, en = (skeleton(site, page, language) for language, page in pages.items())
    assert zh == en
    if path in PROBLEMS:
        return
    for page in pages.values():
        others = alternates(site, page)
        assert list(others) == list(TAGS.values())
        assert others == {TAGS[language]: canonical(other) for language, other in pages.items()}
        switch = page.one("a", class_="switch")
        assert others[str(switch.get("hreflang"))] == switch.get("href")
        assert switch.get("lang") == switch.get("hreflang") != page.root.get("lang")
    assert (
        site.get(f"/zh{path}", **{"Accept-Language": "en"}).content == pages["zh"].answer.content
    )  # the address decides


def test_the_root_leads_to_the_home_page_in_each_language(site: Site) -> None:
    page = site.read("/")
    others = alternates(site, page)
    assert others == {tag: canonical(site.read(f"/{language}")) for language, tag in TAGS.items()}
    assert others[page.root.attrib["lang"]] == canonical(page)


def canonical(page: Document) -> str:
    """The address that a page gives as its own."""
    return str(page.one("link", rel="canonical").get("href"))


def alternates(site: Site, page: Document) -> dict[str, str]:
    """The addresses of a page by the tag of their language, but for the one that is for no language."""
    told = {str(each.get("hreflang")): str(each.get("href")) for each in page.all("link") if each.get("hreflang")}
    assert told.pop("x-default", f"{site.base}/") == f"{site.base}/"
    return told


def skeleton(site: Site, page: Document, language: str) -> list[tuple[str, str]]:
    """The parts of a page in order, whatever is said in them; of links, where they lead, as if in one language."""
    parts = []
    for each in page.one("main").iter():
        address = str(each.get("href") or each.get("action") or "").removeprefix(site.base)
        same = re.sub(rf"^/{language}(?=[/?#]|$)|(?<=lang=)(zh|en)\b|name_{language}\b", "", address)
        if each.tag in {"a", "form", "h1", "h2", "h3", "table", "tr", "li", "section", "details", "img"}:
            parts.append((each.tag, same))
    return sorted(parts)


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        (None, "zh"),
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh-TW", "zh"),
        ("zh-Hant-HK, en;q=0.5", "zh"),
        ("en", "en"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("en;q=0.2, zh;q=0.9", "zh"),
        ("zh;q=0.2, en;q=0.9", "en"),
        ("fr", "en"),
        ("fr, zh;q=0.3", "zh"),
        ("zh;q=0, en", "en"),
        ("*", "zh"),
        ("fr, *;q=0.5", "zh"),
        ("de, en;q=0.5, zh;q=0.7", "zh"),
    ],
)
def test_the_root_speaks_what_the_browser_reads(site: Site, accepted: str | None, expected: str) -> None:
    request = site.client.build_request("GET", f"{site.base}/")
    if accepted is not None:
        request.headers["Accept-Language"] = accepted
    answer = site.client.send(request)
    assert answer.headers["content-language"] == TAGS[expected]
    assert f'<html lang="{TAGS[expected]}">' in answer.text


def test_the_root_says_that_it_hangs_on_the_language(site: Site) -> None:
    for language in TAGS:
        assert "Accept-Language" in site.get("/", **{"Accept-Language": language}).headers["vary"]


def test_what_is_kept_for_one_reader_is_not_given_to_another(site: Site) -> None:
    tags: dict[str, set[str]] = {"zh": set(), "en": set()}
    for language in ("zh", "en", "zh", "en", "en", "zh"):
        answer = site.get("/", **{"Accept-Language": language})
        assert answer.headers["content-language"] == TAGS[language]
        tags[language].add(answer.headers["etag"])
    assert len(tags["zh"]) == len(tags["en"]) == 1
    assert tags["zh"] != tags["en"]


def test_a_browser_that_changes_its_language_does_not_keep_the_other_page(site: Site) -> None:
    held = {language: site.get("/", **{"Accept-Language": language}).headers["etag"] for language in TAGS}
    for language, tag in held.items():
        other = next(each for each in TAGS if each != language)
        same = site.get("/", **{"Accept-Language": language, "If-None-Match": tag})
        assert same.status_code == 304
        changed = site.get("/", **{"Accept-Language": other, "If-None-Match": tag})
        assert changed.status_code == 200
        assert changed.headers["content-language"] == TAGS[other]
