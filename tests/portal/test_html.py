"""Every page is HTML as the standard has it: read strictly, well ordered, labelled, and free of code."""

import itertools
import re
from collections import Counter

import pytest

from tests.portal.conftest import Site
from tests.portal.html import elements, name, text
from tests.portal.pages import ALL, PROBLEMS

pytestmark = pytest.mark.parametrize("path", ALL)

# What the standard lets stand on each element that we use; anything else is either misspelt or not meant to be used.
EVERYWHERE = {"id", "class", "lang", "title", "tabindex", "role", "hidden"}
OWN = {
    "a": {"href", "hreflang", "rel", "download", "type"},
    "button": {"type"}, "data": {"value"}, "details": {"open", "name"}, "form": {"action", "method"},
    "img": {"src", "alt", "width", "height", "loading"}, "input": {"id", "name", "type", "value", "placeholder", "required", "checked"},
    "label": {"for"}, "link": {"rel", "href", "hreflang", "type", "title"}, "meta": {"charset", "name", "content", "property", "media"},
    "ol": {"start"}, "option": {"value", "selected"}, "script": {"src", "type", "defer"}, "select": {"name"},
    "source": {"media", "srcset", "type"}, "th": {"scope", "colspan"}, "td": {"colspan"}, "time": {"datetime"},
}  # fmt: skip
PLAIN = {
    "html", "head", "title", "body", "header", "nav", "ul", "li", "main", "section", "aside", "footer", "h1", "h2", "h3", "p",
    "span", "code", "pre", "q", "br", "strong", "em", "b", "i", "dl", "dt", "dd", "div", "summary", "figure", "figcaption",
    "picture", "table", "caption", "thead", "tbody", "tr", "fieldset", "legend", "mark", "del", "ins", "small", "abbr", "cite",
}  # fmt: skip
DRAWN = {"svg", "g", "rect", "line", "path", "text", "title", "a", "circle", "desc"}
INSIDE = {
    "ul": {"li"}, "ol": {"li"}, "dl": {"div", "dt", "dd"}, "tr": {"th", "td"}, "tbody": {"tr"}, "thead": {"tr"},
    "table": {"caption", "thead", "tbody"}, "picture": {"source", "img"},
}  # fmt: skip
CONTROLS = ("input", "select", "textarea")


def test_it_answers_with_html(site: Site, path: str) -> None:
    answer = site.read(path).answer
    assert answer.status_code == next((PROBLEMS[each] for each in PROBLEMS if path[3:] == each), 200)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!doctype html>")


def test_every_element_and_attribute_is_of_the_standard(site: Site, path: str) -> None:
    page = site.read(path)
    for each in elements(page.root):
        if page.within(each, "svg") or name(each) == "svg":
            assert name(each) in DRAWN
            continue
        assert name(each) in OWN.keys() | PLAIN
        others = {key for key in each.keys() if not key.startswith(("aria-", "data-"))}  # noqa: SIM118 # no mapping
        assert others <= EVERYWHERE | OWN.get(name(each), set()), (name(each), others)


def test_elements_hold_what_they_may_hold(site: Site, path: str) -> None:
    page = site.read(path)
    for each in elements(page.root):
        if name(each) in INSIDE:
            assert {name(child) for child in each} <= INSIDE[name(each)], each.attrib
        if name(each) in {"a", "button", "label", "summary"} and not page.within(each, "svg"):
            assert not page.within(each, "a", "button"), text(each)
    assert all(name(each[0]) == "summary" for each in page.all("details"))
    assert all(name(each[0]) == "legend" for each in page.all("fieldset"))
    assert all(name(each[0]) == "caption" for each in page.all("table"))


def test_every_row_of_a_table_is_as_wide_as_its_head(site: Site, path: str) -> None:
    for table in site.read(path).all("table"):
        assert len({len(row) for row in table.iter("tr")}) == 1


def test_its_headings_are_an_outline(site: Site, path: str) -> None:
    levels = [int(name(each)[1]) for each in site.read(path).all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels


def test_its_ids_are_unique_and_what_refers_to_them_finds_them(site: Site, path: str) -> None:
    page = site.read(path)
    ids = Counter(each.get("id") for each in elements(page.root) if each.get("id"))
    assert set(ids.values()) == {1}
    anchors = {href[1:] for each in page.all("a") if (href := each.get("href") or "").startswith("#")}
    labels = {each for element in elements(page.root) for each in (element.get("aria-labelledby") or "").split()}
    assert anchors | labels | {each.attrib["for"] for each in page.all("label") if "for" in each.attrib} <= ids.keys()


def test_its_landmarks_are_there_once_and_have_names(site: Site, path: str) -> None:
    page = site.read(path)
    for each in ("main", "header", "footer"):
        page.one(each)
    names = [each.get("aria-label") for each in page.all("nav")]
    assert all(names)
    assert len(set(names)) == len(names)


def test_every_heading_of_a_table_says_what_it_heads(site: Site, path: str) -> None:
    assert {each.get("scope") for each in site.read(path).all("th")} <= {"col", "row"}


def test_every_picture_has_a_text_and_a_size(site: Site, path: str) -> None:
    for each in site.read(path).all("img"):
        assert {"alt", "width", "height"} <= each.attrib.keys()
    for each in site.read(path).all("svg"):
        assert each.get("aria-label") or each.get("aria-hidden")


def test_every_control_has_a_label_and_every_form_a_button(site: Site, path: str) -> None:
    page = site.read(path)
    labelled = {each.get("for") for each in page.all("label")}
    for control in page.all(*CONTROLS):
        if control.get("type") not in {"hidden", "submit"}:
            assert control.get("id") in labelled or page.within(control, "label") or control.get("aria-label")
    for form in page.all("form"):
        assert form.get("action")
        assert [each for each in form.iter("button") if each.get("type") == "submit" and text(each)]


def test_every_link_and_heading_says_something(site: Site, path: str) -> None:
    page = site.read(path)
    for each in page.all("a", "button", "summary", "h1", "h2", "h3", "th", "dt", "legend", "label", "caption", "title"):
        pictures = [picture for picture in each.iter("img") if picture.get("alt")]
        assert text(each) or pictures or page.within(each, "svg"), each.attrib


def test_it_tells_search_engines_and_friends_what_it_is(site: Site, path: str) -> None:
    page = site.read(path)
    title, language = text(page.root.find("head/title")), page.root.get("lang")  # type: ignore[arg-type]
    assert re.search(r"\S · (山海开放数据|Shanhai Open Data)$", title)
    here = page.one("link", rel="canonical").get("href")
    assert here
    if page.answer.status_code != 200:
        return
    assert page.one("meta", name="description").get("content")
    told = {each.attrib["property"]: each.get("content") for each in page.all("meta") if "property" in each.attrib}
    assert told["og:url"] == here
    assert title.startswith(told["og:title"] or "?")
    assert told["og:locale"] == {"zh-Hans": "zh_CN", "en": "en_GB"}[language or ""]
    assert told["og:image"]
    assert told["og:description"]
    assert told["og:type"] == "website"


def test_nothing_in_it_runs_or_styles(site: Site, path: str) -> None:
    page = site.read(path)
    assert not page.all("style")
    for each in elements(page.root):
        assert not [key for key in each.keys() if key == "style" or key.startswith("on")]  # noqa: SIM118 # no mapping
        assert not (each.get("href") or "").startswith("javascript:")
    for script in page.all("script"):
        assert script.get("src") or script.get("type") == "application/ld+json"


def test_the_policy_lets_nothing_in_it_run_or_style(site: Site, path: str) -> None:
    policy = site.read(path).answer.headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert set(" ".join(rules.values()).split()) == {"'none'", "'self'"}


def test_it_loads_only_what_is_here(site: Site, path: str) -> None:
    page = site.read(path)
    loaded = [each.get(key) for each in page.all("img", "script", "source") for key in ("src", "srcset")]
    loaded += [each.get("href") for each in page.all("link") if each.get("rel") in {"stylesheet", "icon", "preload"}]
    loaded += [each.get("action") for each in page.all("form")]
    addresses = [each for each in loaded if each]
    assert addresses
    assert all(site.is_here(each) for each in addresses)


def test_who_has_it_gets_it_no_second_time(site: Site, path: str) -> None:
    page = site.read(path)
    if page.answer.status_code != 200:
        assert page.answer.headers["cache-control"] == "no-store"
        return
    again = site.client.get(page.address, headers={"If-None-Match": page.answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_its_footer_leads_to_the_answer_that_it_shows(site: Site, path: str) -> None:
    page = site.read(path)
    shown = [each.get("href") for line in page.all("p", class_="answer") for each in line.iter("a")]
    if page.answer.status_code != 200 or path.endswith("/search"):
        assert shown == []
        return
    (address,) = shown
    assert page.one("link", rel="alternate", type="application/json").get("href") == address
    assert f'<{address}>; rel="alternate"; type="application/json"' in page.answer.headers["link"]
    answer = site.client.get(str(address))
    assert answer.status_code == 200
    assert "json" in answer.headers["content-type"]
    assert answer.json()
