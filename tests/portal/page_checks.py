"""What the parser and axe do not check on every page: structure, head, headers and language.

A check yields a line per fault. test_accessibility.py has axe and the browser check the rest: names and labels,
lists, nested controls, unknown elements and attributes, code in the page and foreign resources.
"""

import itertools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

from app.portal.language import TAGS
from tests.portal.html import HAN, Document, elements, name, text

Check = Callable[[Document], Iterator[str]]
CHECKS: list[Check] = []

FIRST_CHILD = {"details": "summary", "fieldset": "legend", "table": "caption"}
LANDMARKS = ("main", "header", "footer")
LABELS = ("a", "button", "summary", "h1", "h2", "h3", "th", "dt", "legend", "label", "caption", "title")
ISOLATION = {
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
POLICY = {"default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "frame-ancestors": "'none'", "base-uri": "'none'"}  # fmt: skip
SWAGGER_UI = {"style-src": " 'unsafe-inline'", "img-src": " data:"}
THREE_WORDS = re.compile(r"[A-Za-z][a-z]+ [a-z]+ [a-z]+")
# Where a Chinese page may have English, marked as such: other names, sentences to quote, fields, an untranslated guide.
ENGLISH = {"other", "name", "cited", "dd", "text"}
LOCALES = {"zh-Hans": "zh_CN", "en": "en_GB"}


def check(function: Check) -> Check:
    """Register a check."""
    CHECKS.append(function)
    return function


@check
def media_type(page: Document) -> Iterator[str]:
    if page.response.headers["content-type"] != "text/html; charset=utf-8":
        yield page.response.headers["content-type"]
    if not page.response.text.startswith("<!doctype html>"):
        yield f"begins with {page.response.text[:20]}"


@check
def structure(page: Document) -> Iterator[str]:
    for each in page.all(*FIRST_CHILD):
        if [name(child) for child in each][:1] != [FIRST_CHILD[name(each)]]:
            yield f"<{name(each)}> does not begin with <{FIRST_CHILD[name(each)]}>"
    yield from (f"{len(page.all(tag))} <{tag}>" for tag in LANDMARKS if len(page.all(tag)) != 1)
    names = [each.get("aria-label") for each in page.all("nav")]
    if not all(names) or len(set(names)) != len(names):
        yield f"<nav> named {names}"
    for form in page.all("form"):
        buttons = [each for each in form.iter("button") if each.get("type") == "submit" and text(each)]
        if not (form.get("action") and buttons):
            yield f"a form without an action or a button: {form.attrib}"


@check
def tables(page: Document) -> Iterator[str]:
    for table in page.all("table"):
        if len(widths := {len(row) for row in table.iter("tr")}) != 1:
            yield f"rows of {sorted(widths)} cells"
    yield from (f"a heading without a scope: {text(each)}" for each in page.all("th") if not each.get("scope"))


@check
def outline(page: Document) -> Iterator[str]:
    levels = [int(name(each)[1]) for each in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    steps = [after - before for before, after in itertools.pairwise(levels)]
    if levels[:1] != [1] or levels.count(1) != 1 or max(steps, default=0) > 1:
        yield f"headings of levels {levels}"


@check
def ids(page: Document) -> Iterator[str]:
    known = Counter(each.get("id") for each in elements(page.root) if each.get("id"))
    yield from (f"id {each} {count} times" for each, count in known.items() if count > 1)
    anchors = {href[1:] for each in page.all("a") if (href := each.get("href") or "").startswith("#")}
    labels = {each for element in elements(page.root) for each in (element.get("aria-labelledby") or "").split()}
    referred = anchors | labels | {each.attrib["for"] for each in page.all("label") if "for" in each.attrib}
    yield from (f"nothing has the id {each}" for each in sorted(referred - known.keys()))


@check
def pictures(page: Document) -> Iterator[str]:
    for each in page.all("img"):
        if missing := {"alt", "width", "height"} - each.attrib.keys():
            yield f"{each.get('src')} without {sorted(missing)}"
    unlabelled = [each for each in page.all("svg") if not (each.get("aria-label") or each.get("aria-hidden"))]
    yield from ("a drawing without a label" for _ in unlabelled)
    # The text beside a drawing has the same links, so keys reach each of them once.
    drawn = [link for drawing in page.all("svg") for link in drawing.iter("a")]
    yield from (f"keys reach {link.attrib} in a drawing" for link in drawn if link.get("tabindex") != "-1")


@check
def labels(page: Document) -> Iterator[str]:
    for each in page.all(*LABELS):
        described = any(picture.get("alt") for picture in each.iter("img"))
        if not (text(each) or described or page.is_within(each, "svg")):
            yield f"<{name(each)}> is empty: {each.attrib}"


@check
def links(page: Document) -> Iterator[str]:
    addresses = [each.get("href") or "" for each in page.all("a")]
    yield from (each for each in addresses if not each.startswith(("http://", "https://", "/", "#", "mailto:")))


@check
def head(page: Document) -> Iterator[str]:
    title = "".join(text(each) for each in page.all("title")[:1])
    if not re.search(r"\S · (山海开放数据|Shanhai Open Data)$", title):
        yield f"the title {title}"
    canonical = [each.get("href") for each in page.all("link", rel="canonical")]
    others = [each.get("href") for each in page.all("link") if each.get("hreflang")]
    if page.response.status_code != 200:
        if canonical or others:  # search engines would index them
            yield f"addresses of an error {canonical, others}"
        return
    if len(canonical) != 1 or not canonical[0] or "?" in canonical[0]:
        yield f"canonical addresses {canonical}"
    if [bool(each.get("content")) for each in page.all("meta", name="description")] != [True]:
        yield "no description"
    graph = {each.attrib["property"]: each.get("content") for each in page.all("meta") if "property" in each.attrib}
    expected = {"og:url": canonical[0], "og:locale": LOCALES.get(page.root.get("lang") or ""), "og:type": "website"}
    for key in ("og:image", "og:description", "og:title", *expected):
        if not graph.get(key) or graph[key] != expected.get(key, graph[key]):
            yield f"{key} is {graph.get(key)}"
    if not all(part in (graph.get("og:title") or "") for part in re.split("：|: ", title.rpartition(" · ")[0])):
        yield f"og:title {graph.get('og:title')} and title {title}"


@check
def policy(page: Document) -> Iterator[str]:
    rules = dict(rule.strip().split(" ", 1) for rule in page.response.headers["content-security-policy"].split(";"))
    exceptions = SWAGGER_UI if page.address.endswith("/docs/reference") else {}
    rules = {key: value.removesuffix(exceptions.get(key, "")) for key, value in rules.items()}
    yield from (f"{key} is {rules.get(key)}" for key, value in POLICY.items() if rules.get(key) != value)
    yield from {*" ".join(rules.values()).split()} - {"'none'", "'self'"}


@check
def isolation(page: Document) -> Iterator[str]:
    headers = page.response.headers
    yield from (f"{name} is {headers.get(name)}" for name, value in ISOLATION.items() if headers.get(name) != value)


@check
def cookies(page: Document) -> Iterator[str]:
    if "set-cookie" in page.response.headers:
        yield "a cookie, which the page about this site denies"


@check
def caching(page: Document) -> Iterator[str]:
    headers = page.response.headers
    if page.response.status_code != 200 and headers["cache-control"] != "no-store":
        yield f"a problem with {headers['cache-control']}"
    if page.response.status_code == 200 and not headers.get("etag", "").startswith('"'):
        yield f"the validator {headers.get('etag')}"


@check
def language(page: Document) -> Iterator[str]:
    tag = TAGS[language_of(page)]
    if not page.root.get("lang") == page.response.headers["content-language"] == tag:
        yield f"lang is {page.root.get('lang')}, Content-Language is {page.response.headers['content-language']}"
    yield from map(str, {each.get("lang") for each in page.root.iter()} - {None, "zh-Latn", *TAGS.values()})


@check
def chinese_in_english(page: Document) -> Iterator[str]:
    if language_of(page) == "en":
        query = parse_qs(urlsplit(page.address).query).get("q", ["\0"])[0]  # typed by the reader, in any language
        spoken = [words.replace(query, "") for language, words in page.spoken() if language == "en"]
        yield from (words for words in spoken if HAN.search(words))


@check
def english_in_chinese(page: Document) -> Iterator[str]:
    if language_of(page) == "en":
        return
    code = {text(each) for each in page.all("code")}
    for each in page.all("title", "h1", "button", "label", "legend", "dt"):
        if not HAN.search(text(each)) and text(each) not in code:
            yield text(each)
    yield from (words for language, words in page.spoken() if language != "en" and THREE_WORDS.search(words))
    for each in page.all(lang="en"):
        around = page.parents[each]
        places = {name(around), *f"{each.get('class')} {around.get('class')}".split()}
        if THREE_WORDS.search(text(each)) and not places & ENGLISH:
            yield f"in English: {text(each)[:80]}"


def language_of(page: Document) -> str:
    """Return the language in the address, or Chinese, which the tests' client gets at the root."""
    return urlsplit(page.address).path.strip("/").split("/")[0] or "zh"
