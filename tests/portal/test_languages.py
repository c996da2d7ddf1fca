"""Both languages: each page is wholly in its own, leads to the other, and no reader gets what was meant for another."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from app.portal.language import TAGS
from tests.portal.conftest import Site
from tests.portal.html import HAN, Document, text
from tests.portal.pages import ALL, ALL_SOUND, PATHS, SOUND

THREE_WORDS = re.compile(r"[A-Za-z][a-z]+ [a-z]+ [a-z]+")


def language_of(path: str) -> str:
    return path.split("/")[1] or "zh"


@pytest.mark.parametrize("path", ALL)
def test_a_page_says_in_which_language_it_is(site: Site, path: str) -> None:
    page = site.read(path)
    tag = TAGS[language_of(path)]
    assert page.root.get("lang") == page.answer.headers["content-language"] == tag
    assert {each.get("lang") for each in page.root.iter()} <= {None, "zh-Latn", *TAGS.values()}


@pytest.mark.parametrize("path", [path for path in ALL if path.startswith("/en")])
def test_an_english_page_has_no_chinese_that_is_not_called_so(site: Site, path: str) -> None:
    page = site.read(path)
    said = [said.replace(asked(page), "") for language, said in page.spoken() if language == "en"]
    assert [each for each in said if HAN.search(each)] == []


@pytest.mark.parametrize("path", [path for path in ALL if not path.startswith("/en")])
def test_a_chinese_page_has_no_english_sentence_that_is_not_called_so(site: Site, path: str) -> None:
    page = site.read(path)
    assert HAN.search(title(page))
    assert all(
        HAN.search(text(each))
        for each in page.all("h1", "button", "label", "legend", "dt")
        if not inside_code(page, text(each))
    )
    assert [said for language, said in page.spoken() if language != "en" and THREE_WORDS.search(said)] == []


def inside_code(page: Document, said: str) -> bool:
    """Whether a text is nothing but code."""
    return said in {text(each) for each in page.all("code")}


def title(page: Document) -> str:
    return text(page.root.find("head/title"))  # type: ignore[arg-type]


def asked(page: Document) -> str:
    """What somebody typed, in whatever language."""
    return parse_qs(urlsplit(page.address).query).get("q", ["\0"])[0]


@pytest.mark.parametrize("path", ALL_SOUND)
def test_a_page_leads_to_itself_in_each_language(site: Site, path: str) -> None:
    page = site.read(path)
    here = str(page.one("link", rel="canonical").get("href"))
    others = {str(each.get("hreflang")): str(each.get("href")) for each in page.all("link") if each.get("hreflang")}
    assert others.pop("x-default", f"{site.base}/") == f"{site.base}/"
    assert list(others) == list(TAGS.values())
    assert others[page.root.attrib["lang"]] == here
    switch = page.one("a", class_="tongue")
    assert others[str(switch.get("hreflang"))] == switch.get("href")
    assert switch.get("lang") == switch.get("hreflang") != page.root.get("lang")
    # Both ways: the other page says the same of the two.
    other = site.read(str(switch.get("href")).removeprefix(site.base))
    assert {
        str(each.get("hreflang")): each.get("href") for each in other.all("link") if each.get("hreflang")
    }.items() >= others.items()


@pytest.mark.parametrize("path", PATHS)
def test_both_languages_have_the_same_parts_and_links(site: Site, path: str) -> None:
    zh, en = (skeleton(site, site.read(f"/{language}{path}"), language) for language in TAGS)
    assert zh == en


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


@pytest.mark.parametrize("path", SOUND)
def test_the_address_decides_and_not_the_browser(site: Site, path: str) -> None:
    answer = site.get(f"/zh{path}", **{"Accept-Language": "en"})
    assert answer.content == site.read(f"/zh{path}").answer.content
